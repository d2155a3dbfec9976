// What holds of all commands: help with examples, data alone on standard output, one code for each
// kind of end.

import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { faultOf } from '../../cli/faults.ts';
import { programOf } from '../../cli/program.ts';
import { Shell } from '../../cli/shell.ts';
import { tableOf } from '../../cli/table.ts';
import { SluiceError } from '../../client/errors.ts';
import { newShell, type ShellStory } from './shell-story.ts';

/** Words of each command that does something. */
async function commandsOf(): Promise<readonly string[]> {
  const unused = { words: [], stdout: {}, stderr: {} };
  const walk = (command: Command, words: string): readonly string[] => {
    const own = command.commands.filter((one) => one.name() !== 'help');
    if (own.length === 0) return [words];
    return own.flatMap((one) => walk(one, `${words} ${one.name()}`.trim()));
  };
  return walk(await programOf(new Shell(unused as never), '1.2.3'), '');
}

const passedOn = ['serve', 'fsck', 'price', 'keys offline'];

test('every command has help, with examples, on standard output', async () => {
  const { begin } = await newShell();
  const commands = await commandsOf();
  expect(commands.length).toBeGreaterThan(35);
  for (const words of ['', ...commands]) {
    const said = await begin(`${words} --help`.trim());
    expect([words, said.code, said.err]).toEqual([words, 0, '']);
    expect(said.out, words).toContain('Examples:\n  $ ');
    if (words !== 'completion') expect(said.out, words).toContain(`$ sluice ${words}`.trim());
    const isRoot = words === '' || passedOn.includes(words) || words === 'completion';
    if (!isRoot) expect(said.out, words).toContain('--profile <name>');
  }
  expect((await begin('--help')).out).toContain('Exit codes:\n  0  done');
  expect((await begin('--version')).out).toBe('1.2.3\n');
});

test('words that make no sense are told on standard error, and end with 2', async () => {
  const { begin } = await newShell();
  const lines = [
    'tpoics',
    'topics lst',
    'topics',
    'topics list --nope',
    'consume',
    'acls',
    'price --x',
  ];
  for (const line of [...lines, 'completion tcsh', 'serve --port x', 'serve --json']) {
    const said = await begin(line);
    expect([line, said.code, said.out]).toEqual([line, 2, '']);
    expect(said.err).not.toBe('');
  }
  expect((await begin('tpoics')).err).toMatch(/^sluice: .*'tpoics'\n\(Did you mean topics\?\)/);
  for (const [line, complaint] of [
    ['tpoics', 'Did you mean topics?'],
    ['topics', 'a command is missing'],
    ['consume', "missing required argument 'topic'"],
    ['consume orders --count 0', 'It must be a whole number'],
    ['consume orders --follow --to end', '--follow and --to'],
  ] as const) {
    const { code, out, err } = await begin(`${line} --json`);
    expect([line, code, out]).toEqual([line, 2, '']);
    const message = expect.stringContaining(complaint);
    expect([line, JSON.parse(err)]).toEqual([line, { error: { message, exitCode: 2 } }]);
  }
});

test('help is of all the words behind it', async () => {
  const { begin } = await newShell();
  const usage = async (line: string) => (await begin(line)).out.split('\n')[0];
  expect(await usage('help topics create')).toBe(
    'Usage: sluice topics create [options] <names...>',
  );
  expect(await usage('help topics')).toBe('Usage: sluice topics [options] [command]');
  expect(await usage('help')).toBe('Usage: sluice [options] [command]');
});

/** A line for each command that asks an engine for something; what takes away comes last. */
const askingLines = [
  ...['topics list', 'topics create new', 'topics describe orders', 'topics offsets orders'],
  ...['topics alter orders -s retention.ms=1', 'topics grow orders -p 9', 'produce orders'],
  ...['consume orders', 'consume orders --group h --idle 10', 'groups list', 'groups lag g'],
  ...['groups describe g', 'groups reset g -t orders --to end', 'subscriptions list'],
  ...['subscriptions describe s', 'subscriptions pause s'],
  ...['subscriptions alter s --batch-size 2', 'subscriptions seek s --to end'],
  ...['subscriptions resume s', 'subscriptions dead-letters s', 'subscriptions redrive s'],
  ...['keys list', 'keys create --principal User:a', 'acls list', 'bench --messages 20'],
  ...['profiles list', 'groups delete g', 'subscriptions delete s', 'topics delete new'],
];

async function withEach(story: ShellStory): Promise<void> {
  await story.sluice('produce orders', { stdin: ['a\nb\n'] });
  await story.sluice('consume orders --group g --idle 10');
  await story.sluice('topics create dead');
  const target = '--lambda f --dead-letter-topic dead';
  await story.sluice(`subscriptions create s --topic orders ${target}`);
}

test('with --json standard output is one JSON value, or lines of them, or nothing', async () => {
  const story = await newShell();
  await withEach(story);
  for (const line of askingLines) {
    const clients = story.engines.length;
    const said = await story.sluice(`${line} --json`, { stdin: ['x'] });
    expect([line, story.engines.length - clients]).toEqual([
      line,
      line === 'profiles list' ? 0 : 1,
    ]);
    const isRefused = /^(keys|acls)/.test(line);
    expect([line, said.code !== 0, said.err]).toEqual([line, isRefused, expect.any(String)]);
    if (isRefused) {
      expect([line, said.out]).toEqual([line, '']);
      expect(JSON.parse(said.err)).toMatchObject({ error: { exitCode: said.code } });
    } else if (line.startsWith('consume')) {
      expect([line, said.lines().length]).toEqual([line, 3]);
    } else {
      expect(() => said.json(), line).not.toThrow();
    }
  }
});

test('what an engine answers decides how each command ends', async () => {
  const story = await newShell();
  await withEach(story);
  const { wire, sluice } = story;
  const answers: [status: number, code: number, exit: number][] = [
    [401, 40101, 4],
    [403, 40301, 4],
    [404, 40401, 3],
    [422, 42206, 1],
    [503, 50004, 5],
    [503, 50003, 5],
  ];
  for (const [status, code, exit] of answers) {
    wire.fateOf = () =>
      Response.json(
        { error_code: code, message: 'no' },
        { status, headers: { 'Retry-After': '0' } },
      );
    for (const line of ['topics list', 'consume orders', 'groups list', 'subscriptions pause s']) {
      const said = await sluice(line);
      expect([line, status, said.code, said.out]).toEqual([line, status, exit, '']);
    }
  }
  wire.fateOf = () => 'lost';
  expect((await sluice('topics list')).code).toBe(5);
});

test('what is to be asked again much later is told, and not waited for', async () => {
  const { sluice, wire } = await newShell();
  const { clock } = wire.host;
  const answers: [seconds: string, body: string, said: string][] = [
    ['3600', '{"error_code":429,"message":"too much"}', 'too much'],
    ['6', '<html>', 'HTTP 429'],
  ];
  for (const [seconds, body, said] of answers) {
    wire.fateOf = () => new Response(body, { status: 429, headers: { 'Retry-After': seconds } });
    const before = clock.now();
    const { code, err } = await sluice('topics list');
    expect([code, err]).toEqual([5, expect.stringContaining(said)]);
    expect(err).toContain('asks to come back in ');
    expect(clock.now() - before).toBeLessThan(1_000);
  }
  let asked = 0;
  wire.fateOf = () => {
    if (asked++ > 0) return 'passes';
    return new Response('', { status: 429, headers: { 'Retry-After': '4' } });
  };
  expect((await sluice('topics list')).code).toBe(0);
});

test('nobody there is told with what to do', () => {
  const away = { code: 0, outcome: 'refused', retriable: true } as const;
  const error = new SluiceError('GET /topics: connect ECONNREFUSED', away);
  expect(faultOf(error, 'http://there')).toMatchObject({
    ...{ exitCode: 5, advice: expect.stringContaining('an engine at http://there?') },
  });
  expect(faultOf(new Error('disk full'), undefined)).toMatchObject({ exitCode: 1 });
});

test('colours are for terminals, and letters that order one about are not printed', async () => {
  const { sluice } = await newShell();
  await sluice('topics create bills');
  const described = async (isTerminal: boolean) =>
    (await sluice('topics offsets orders', { isTerminal })).out.includes('\u001b[1m');
  expect([await described(true), await described(false)]).toEqual([true, false]);
  expect(tableOf([{ key: 'a\u001b[2J\u202eb' }])).toEqual(['KEY', 'a?[2J?b']);
  const group = 'g\u001b[2J\u202e';
  await sluice(['groups', 'reset', group, '--topic', 'orders', '--to', 'beginning']);
  for (const words of [['list'], ['describe', group], ['lag', group]]) {
    const { code, out } = await sluice(['groups', ...words], { isTerminal: true });
    expect([code, out]).toEqual([0, expect.stringMatching(/^g\?\[2J\?/)]);
  }
  const wrong = await sluice(['topics', 'create', 'bills', '--config', 'a\u001b[2J=1']);
  expect([wrong.code, wrong.err.includes('\u001b')]).toEqual([1, false]);
});
