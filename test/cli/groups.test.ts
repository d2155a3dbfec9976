// `sluice groups`: who reads together, how far they are, and moving them.

import { expect, test } from 'vitest';
import { newShell } from './shell-story.ts';

/** A group that has read two of three records of orders. */
async function behind() {
  const story = await newShell();
  const { sluice, wire } = story;
  await sluice('produce orders -p 1', { stdin: ['a\nb\n'] });
  await sluice('consume orders --group g --idle 50');
  await sluice('produce orders -p 1', { stdin: ['c'] });
  await wire.world.time.run(wire.host.clock.sleep(60_000));
  return story;
}

test('groups are listed, and how far they are is told', async () => {
  const { sluice } = await behind();
  expect((await sluice('groups list')).out).toBe('g\n');
  expect((await sluice('groups list --json')).json()).toEqual(['g']);
  const lag = await sluice('groups lag g');
  expect(lag.out).toMatch(/^g: 1 record behind, 6\d(\.\d)? s\nTOPIC +PARTITION +COMMITTED/);
  expect((await sluice('groups lag g --json')).json()).toMatchObject({
    ...{ groupId: 'g', totalLag: 1, maxLag: 1 },
    partitions: [{ partition: 1, offset: 2, logEndOffset: 3, lag: 1, memberId: null }],
  });
});

test('who is in a group, and what he reads', async () => {
  const { begin, run, wire } = await behind();
  const ends = new AbortController();
  const [described, shown, refused] = await run(async () => {
    const member = begin('consume orders --group g --follow', { interrupted: ends.signal });
    await wire.host.clock.sleep(10_000);
    const said = [
      await begin('groups describe g --json'),
      await begin('groups describe g'),
      await begin('groups reset g --to end'),
    ] as const;
    ends.abort();
    await member;
    return said;
  });
  expect(described.json()).toMatchObject([
    { group: 'g', state: 'Stable', members: [{ reads: { orders: [0, 1, 2, 3] } }] },
  ]);
  expect(shown.out).toMatch(/^g: Stable, 1 member\nMEMBER.*READS\n/);
  expect([refused.code, refused.out]).toEqual([1, '']);
});

test('a group goes on where it is told to, all of it or a part', async () => {
  const { sluice } = await behind();
  const committed = async () => {
    const { partitions } = (await sluice('groups lag g --json')).json() as {
      readonly partitions: readonly { readonly partition: number; readonly offset: number }[];
    };
    return partitions.find(({ partition }) => partition === 1)?.offset;
  };
  const dry = await sluice('groups reset g --to beginning --dry-run --json');
  expect(dry.json()).toContainEqual({ topic: 'orders', partition: 1, offset: 0 });
  expect(await committed()).toBe(2);
  await sluice('groups reset g --to beginning');
  expect(await committed()).toBe(0);
  expect((await sluice('groups reset g -t orders -p 1 --to -1 --json')).json()).toEqual([
    { topic: 'orders', partition: 1, offset: 2 },
  ]);
  expect(await committed()).toBe(2);
  await sluice('groups reset g --topic orders --to end');
  expect(await committed()).toBe(3);
  await sluice('groups reset g --to 2020-01-01');
  expect(await committed()).toBe(0);
  expect((await sluice('groups reset new --topic orders --to 1')).code).toBe(0);
  expect((await sluice('groups list')).out).toBe('g\nnew\n');
});

test('that a group cannot go on where it is told to is said', async () => {
  const { sluice } = await behind();
  const there = await sluice('groups reset g -t orders -p 1 --to 3');
  expect([there.code, there.err]).toEqual([0, '']);
  const far = await sluice('groups reset g -t orders -p 1 --to 99999999 --json');
  expect([far.code, far.json()]).toEqual([0, [{ topic: 'orders', partition: 1, offset: 3 }]]);
  expect(far.err).toBe('orders has no offset 99999999 in partition 1: the nearest is taken\n');
});

test('what is not there, and what makes no sense', async () => {
  const { sluice } = await behind();
  for (const line of ['lag nope', 'describe nope', 'delete nope', 'reset nope --to end']) {
    expect([line, (await sluice(`groups ${line}`)).code]).toEqual([line, 3]);
  }
  expect((await sluice('groups reset g -t orders -p 9 --to end')).code).toBe(3);
  expect((await sluice('groups reset g -p 1 --to end')).code).toBe(2);
  expect((await sluice('groups reset g')).code).toBe(2);
  const deleted = await sluice('groups delete nope g --json');
  expect([deleted.code, deleted.json()]).toEqual([3, { deleted: ['g'] }]);
  expect((await sluice('groups list')).err).toBe('no groups\n');
});
