// What a shell is told of what may come next: commands, options, and names of what is there.

import { afterEach, expect, test, vi } from 'vitest';
import { newWire } from '../client/wire.ts';
import { newShell, type ShellStory } from './shell-story.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What may come in the place of the last word. */
async function completing({ sluice, begin }: ShellStory) {
  const written: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void written.push(line));
  // What is loaded is loaded before virtual time begins.
  await begin('complete -- t');
  return async (...words: string[]) => {
    written.length = 0;
    const { err } = await sluice(['complete', '--', ...words]);
    expect(err).toBe('');
    // What comes last tells the shell not to look for files.
    return written.slice(0, -1).map((line) => line.split('\t')[0]);
  };
}

test('commands, options and words of options', async () => {
  const complete = await completing(await newShell());
  expect(await complete('to')).toContain('topics');
  expect(await complete('topics', '')).toEqual(
    expect.arrayContaining(['list', 'create', 'offsets']),
  );
  expect(await complete('produce', '--fo')).toContain('--format');
  expect(await complete('produce', '--format', '')).toEqual(
    expect.arrayContaining(['lines', 'ndjson', 'file']),
  );
  expect(await complete('acls', 'create', '--permission', '')).toEqual(['allow', 'deny']);
});

test('names of topics, groups, subscriptions and profiles', async () => {
  const story = await newShell();
  const { sluice, engines } = story;
  await sluice('produce orders', { stdin: ['a'] });
  await sluice('consume orders --group billing --idle 10');
  await sluice('subscriptions create mail --topic orders --lambda f');
  await sluice('profiles set prod --url http://prod.test');
  const complete = await completing(story);
  expect(await complete('topics', 'describe', 'o')).toEqual(['orders']);
  expect(await complete('topics', 'describe', 'orders', '')).toEqual(['orders']);
  expect(await complete('topics', 'create', 'o')).toEqual([]);
  expect(await complete('groups', 'reset', 'b')).toEqual(['billing']);
  expect(await complete('groups', 'reset', 'billing', '--topic', 'or')).toEqual(['orders']);
  expect(await complete('subscriptions', 'pause', '')).toEqual(['mail']);
  expect(await complete('profiles', 'use', '')).toEqual(['prod']);
  await complete('--profile', 'prod', 'topics', 'describe', '');
  expect(engines.at(-1)?.url).toBe('http://prod.test');
});

test('an engine that is away, or slow, has no names, and nobody waits long', async () => {
  const wire = await newWire();
  const { clock } = wire.host;
  const hanging: typeof wire.host.fetch = (_, init) => {
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  };
  const slow = await newShell(undefined, {
    ...wire,
    newClient: (options) => wire.newClient(options, { ...wire.host, fetch: hanging }),
  });
  const complete = await completing(slow);
  const before = clock.now();
  expect(await complete('consume', '')).toEqual([]);
  expect(clock.now() - before).toBeLessThan(2_000);
  const away = await newShell();
  away.wire.fateOf = () => 'lost';
  expect(await (await completing(away))('consume', '')).toEqual([]);
  expect(away.wire.sent).toHaveLength(1);
});

test('a script for each shell', async () => {
  const written: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void written.push(line));
  const { begin } = await newShell();
  for (const shell of ['zsh', 'fish']) {
    written.length = 0;
    expect((await begin(['completion', shell])).code).toBe(0);
    expect(written.join('\n')).toContain('sluice complete --');
  }
  const bash = await begin('--profile prod completion bash');
  expect([bash.code, bash.out]).toEqual([0, expect.stringContaining('sluice complete --')]);
  const json = await begin('--json completion bash');
  expect([json.code, json.out]).toEqual([2, '']);
  expect((await begin('completion --help')).out).toContain('source <(sluice completion bash)');
});
