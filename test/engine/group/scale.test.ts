// A large group settles in a few polls, and so does what is left of it.

import { expect, test } from 'vitest';
import { readGroup } from '../../../shared/group/group.ts';
import { readLease } from '../../../shared/group/lease.ts';
import { groupKey, groupPk, leaseSks } from '../../../shared/store/group-items.ts';
import { type Consumer, consumer, polled } from '../../world/group-story.ts';
import { inWorld, type World } from '../../world/world.ts';

const members = 64;
const partitions = 256;
const sessionMillis = 10_000;

/** How many partitions each owner who is in the group has; those of nobody are not counted. */
function owned({ account: { stored } }: World): ReadonlyMap<string, number> {
  const range = { pk: groupPk('shop'), ...leaseSks, limit: partitions };
  const { sessions } = readGroup('shop', stored.peek(groupKey('shop')) ?? expect.fail());
  const counts = new Map<string, number>();
  for (const item of stored.peekRange(range)) {
    const { owner } = readLease(item);
    if (owner !== undefined && sessions.has(owner)) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Everyone polls once, all at the same time. */
async function everyonePolls(world: World, all: readonly Consumer[]): Promise<void> {
  await Promise.all(all.map((one) => polled(world, one)));
}

async function pollsUntilOwned(world: World, all: readonly Consumer[]): Promise<number> {
  for (let polls = 1; polls <= 10; polls++) {
    await everyonePolls(world, all);
    if (total(owned(world)) === partitions) return polls;
  }
  return expect.fail('it does not settle');
}

test('64 members share 256 partitions after three polls at most, and so do half of them', () =>
  inWorld(64, async (world) => {
    await world.createTopic({ name: 'orders', partitions });
    const all: Consumer[] = [];
    for (let one = 0; one < members; one++) {
      all.push(await consumer(world, { instance: `m${one}` }, { sessionMillis }));
      // Those who are there go on meanwhile.
      if (one % 8 === 7) await everyonePolls(world, all);
    }
    const polls = await pollsUntilOwned(world, all);
    expect([...owned(world).values()]).toEqual(Array(members).fill(partitions / members));

    const left = all.filter((_, at) => at % 2 === 0);
    const diedAt = world.time.now();
    while (world.time.now() < diedAt + sessionMillis) {
      await everyonePolls(world, left);
      await world.time.sleep(1_000);
    }
    const afterwards = await pollsUntilOwned(world, left);
    expect([...owned(world).values()]).toEqual(Array(members / 2).fill((2 * partitions) / members));
    console.log(
      `polls of each until all is owned: ${polls} at first, ${afterwards} for half of them`,
    );
    expect(Math.max(polls, afterwards)).toBeLessThanOrEqual(3);
  }));

test('64 that come at once', () =>
  inWorld(65, async (world) => {
    await world.createTopic({ name: 'orders', partitions });
    const all = await Promise.all(
      Array.from({ length: members }, (_, one) => consumer(world, { instance: `m${one}` })),
    );
    expect(await pollsUntilOwned(world, all)).toBeLessThanOrEqual(3);
    expect(owned(world).size).toBe(members);
  }));
