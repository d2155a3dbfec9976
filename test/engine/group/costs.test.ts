// What groups cost: store operations, and units as the account bills them.

import { expect, test } from 'vitest';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { memberFetch, type NamedPartition } from '../../../shared/engine/group/member-fetch.ts';
import { subscribe } from '../../../shared/engine/group/subscribe.ts';
import { topicsCheckMillis } from '../../../shared/limits.ts';
import { type Consumer, consumer, polled } from '../../world/group-story.ts';
import type { Bill } from '../../world/simulated-account.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

async function billed(world: World, work: () => Promise<unknown>): Promise<Partial<Bill>> {
  const before = { ...world.account.bill };
  await work();
  const { writeUnits, readUnits, objectReads } = world.account.bill;
  return {
    writeUnits: writeUnits - before.writeUnits,
    readUnits: readUnits - before.readUnits,
    objectReads: objectReads - before.objectReads,
  };
}

async function settled(world: World, members: number, partitions: number): Promise<Consumer[]> {
  await world.createTopic({ name: 'orders', partitions });
  const all: Consumer[] = [];
  for (let one = 0; one < members; one++) {
    all.push(await consumer(world, { instance: `consumer-${one}` }, { autoCommit: false }));
  }
  for (let polls = 0; polls < 3; polls++) for (const one of all) await polled(world, one);
  return all;
}

test('a poll that finds nothing: a write unit, a read unit a partition, one for the group', () =>
  inWorld(1, async (world) => {
    const [one] = await settled(world, 20, 80);
    const warm = await billed(world, () => polled(world, one as Consumer));
    expect(warm).toEqual({ writeUnits: 1, readUnits: 4 + 1, objectReads: 0 });
    const cold = world.newEngine();
    const first = await billed(world, () => polled(world, one as Consumer, { in: cold }));
    // And the target, and the topic.
    expect(first).toEqual({ writeUnits: 1, readUnits: 4 + 3, objectReads: 0 });
  }));

test('a member’s fetch costs what a poll does, and no write more when it gives records', () =>
  inWorld(7, async (world) => {
    const [one] = (await settled(world, 20, 80)) as [Consumer];
    const { engine, ...name } = one;
    const fetch = (named: readonly NamedPartition[]) =>
      memberFetch(engine, world.call(engine), {
        ...name,
        named,
        waitMillis: 0,
        bytesMax: 1_000_000,
      });
    const { held } = await fetch([]);
    const named = held.map(({ isRevoked: _, ...place }) => ({ ...place, offset: 0 }));
    expect(named).toHaveLength(4);
    const idle = { writeUnits: 1, readUnits: 4 + 1, objectReads: 0 };
    expect(await billed(world, () => fetch(named))).toEqual(idle);
    const [{ partition }] = named as [NamedPartition];
    await produce(world, engine, ['a'], { partition });
    expect(await billed(world, () => fetch(named))).toMatchObject({
      writeUnits: 1,
      readUnits: 4 + 1,
    });
  }));

test('a session is renewed by a write unit among up to 40 members, and by two among 50', () =>
  inWorld(6, async (world) => {
    const [one] = await settled(world, 40, 1);
    expect(await billed(world, () => polled(world, one as Consumer))).toMatchObject({
      writeUnits: 1,
    });
    for (let more = 40; more < 50; more++) await consumer(world, { instance: `consumer-${more}` });
    await polled(world, one as Consumer);
    expect(await billed(world, () => polled(world, one as Consumer))).toMatchObject({
      writeUnits: 2,
    });
  }));

test('one that gives records also moves its positions', () =>
  inWorld(2, async (world) => {
    const [one] = await settled(world, 2, 8);
    const engine = world.newEngine();
    for (let partition = 0; partition < 8; partition++) {
      await produce(world, engine, ['a'], { partition });
    }
    const units = await billed(world, () => polled(world, one as Consumer));
    expect(units).toMatchObject({ writeUnits: 2, readUnits: 4 + 1 });
  }));

test('a commit: a write unit a partition, and a look at the instance and its group', () =>
  inWorld(3, async (world) => {
    const [one] = (await settled(world, 2, 8)) as [Consumer];
    const engine = world.newEngine();
    for (let partition = 0; partition < 8; partition++) {
      await produce(world, engine, ['a'], { partition });
    }
    const given = await polled(world, one);
    const commit = () => commitOffsets(one.engine, world.call(one.engine), one, undefined);
    expect(given).toHaveLength(4);
    expect(await billed(world, commit)).toMatchObject({ writeUnits: 4, readUnits: 2 });
  }));

test('an instance that commits of itself does so once for what it was given', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' }, { autoCommit: true });
    await produce(world, world.newEngine(), ['a']);
    await polled(world, one);
    // Its session, the commit, and that it knows of it.
    expect(await billed(world, () => polled(world, one))).toMatchObject({ writeUnits: 3 });
    expect(await billed(world, () => polled(world, one))).toMatchObject({ writeUnits: 1 });
  }));

test('who subscribes to a pattern lists the topics once in a while, not at each poll', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' }, { topics: [] });
    const wanted = { kind: 'pattern', pattern: 'ord.*' } as const;
    await subscribe(one.engine, world.call(one.engine), one, wanted);
    for (let polls = 0; polls < 3; polls++) await polled(world, one);
    expect(await billed(world, () => polled(world, one))).toMatchObject({ readUnits: 1 + 1 });
    await world.time.sleep(topicsCheckMillis);
    expect(await billed(world, () => polled(world, one))).toMatchObject({ readUnits: 1 + 1 + 1 });
    expect(await billed(world, () => polled(world, one))).toMatchObject({ readUnits: 1 + 1 });
  }));
