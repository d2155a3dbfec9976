// `sluice consume --group`: what is printed is committed, and nothing else is.

import { expect, test } from 'vitest';
import { newShell } from '../shell-story.ts';

test('it prints what the group has not had, commits it, and leaves the group', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['a\nb\nc\n'] });
  expect((await sluice('consume orders --group g')).out).toBe('a\nb\nc\n');
  expect((await sluice('groups describe g --json')).json()).toMatchObject([
    { group: 'g', state: 'Empty', members: [] },
  ]);
  expect((await sluice('groups lag g --json')).json()).toMatchObject({ totalLag: 0 });
  await sluice('produce orders -p 1', { stdin: ['d'] });
  expect((await sluice('consume orders --group g')).out).toBe('d\n');
});

test('of what it has not printed nothing is committed', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['a\nb\nc\n'] });
  expect((await sluice('consume orders --group g --count 2')).out).toBe('a\nb\n');
  const closed = await sluice('consume orders --group g --follow', { readsWrites: 0 });
  expect([closed.code, closed.out, closed.err]).toEqual([0, '', '0 messages of orders\n']);
  expect((await sluice('consume orders --group g --count 1')).out).toBe('c\n');
});

test('asked to end, it commits what it has printed, and leaves', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['a\nb\n'] });
  const ends = new AbortController();
  const said = await sluice('consume orders --group g --follow', {
    interrupted: ends.signal,
    onWrite: () => ends.abort(),
  });
  expect([said.code, said.out]).toEqual([0, 'a\nb\n']);
  expect((await sluice('groups lag g --json')).json()).toMatchObject({ totalLag: 0 });
  expect((await sluice('groups describe g')).out).toBe('g: Empty, 0 members\n');
});

test('a group that begins at the end is given what comes later', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['a'] });
  expect((await sluice('consume orders --group g --from end --idle 100')).out).toBe('');
});

test('what cannot be printed ends it, and is not tried again for ever, nor committed', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['a\nb\n'] });
  for (const words of ['--idle 10', '--follow']) {
    const full = { readsWrites: 0, isDiskFull: true };
    const said = await sluice(`consume orders --group g ${words}`, full);
    expect([said.code, said.err]).toEqual([1, expect.stringContaining('ENOSPC')]);
  }
  expect((await sluice('consume orders --group g --idle 10')).out).toBe('a\nb\n');
});

test('a last commit that fails is told', async () => {
  const { sluice, wire } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['a'] });
  wire.fateOf = ({ path }) => (path.endsWith('/offsets') && path.includes('g') ? 'lost' : 'passes');
  const said = await sluice('consume orders --group g --count 1');
  expect([said.code, said.out]).toEqual([5, 'a\n']);
  wire.fateOf = () => 'passes';
  expect((await sluice('consume orders --group g --count 1')).out).toBe('a\n');
});
