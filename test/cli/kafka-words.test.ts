// Words of other command lines, and what is said here instead.

import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { hints } from '../../cli/kafka-words.ts';
import { programOf } from '../../cli/program.ts';
import { Shell } from '../../cli/shell.ts';
import { newShell } from './shell-story.ts';

test('who types a word of Kafka’s tools or kcat’s is told ours', async () => {
  const { begin } = await newShell();
  const hints = [
    ['topics list --bootstrap-server=a:9092', '--url'],
    ['topics describe --topic orders', 'sluice topics describe orders'],
    ['topics alter orders --partitions 6', 'sluice topics grow orders --partitions 6'],
    ['consume orders --from-beginning', 'leave it out'],
    ['consume -C -t orders', 'sluice consume orders'],
    ['groups reset billing --to-earliest', '--to earliest'],
    ['acls create --allow-principal User:a --operation READ', '--principal User:shop'],
    ['topics list --region eu-west-1', 'AWS_REGION'],
  ];
  for (const [line, hint] of hints) {
    const said = await begin(line as string);
    expect([line, said.code, said.out]).toEqual([line, 2, '']);
    expect(said.err).toMatch(/^sluice: (unknown|required) option '--?\w/);
    expect(said.err).toContain(hint);
    expect(said.err).not.toContain('Did you mean');
  }
  expect((await begin('consume orders --nope')).err).toMatch(/^sluice: .*\n\(add --help/);
});

test('what is said instead is there', async () => {
  const unused = { words: [], stdout: {}, stderr: {} };
  const program = await programOf(new Shell(unused as never), '1.2.3');
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
  const flagsOf = (commands: readonly Command[]) => {
    return new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)));
  };
  const everywhere = flagsOf(all(program));
  for (const hint of Object.values(hints)) {
    const [, line = ''] = /sluice ([a-z].*)$/.exec(hint) ?? [];
    const words = line.replaceAll(' --help', '').split(' ');
    const command = words.reduce((found, word) => {
      return found.commands.find((one) => one.name() === word) ?? found;
    }, program);
    expect([hint, command === program]).toEqual([hint, line === '']);
    const flags = hint.match(/--[a-z-]+/g)?.filter((flag) => flag !== '--help') ?? [];
    const known = line === '' ? everywhere : flagsOf([command]);
    expect([hint, flags.filter((flag) => !known.has(flag))]).toEqual([hint, []]);
  }
});
