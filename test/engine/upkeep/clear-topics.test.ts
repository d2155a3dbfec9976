// What a deleted topic leaves is cleared away, whoever was cut off before; and what comes late, or
// has the name since, is untouched.

import { expect, test, vi } from 'vitest';
import { openCall } from '../../../shared/engine/engine.ts';
import { createTopic, deleteTopic } from '../../../shared/engine/make-topics.ts';
import { clearTopics } from '../../../shared/engine/upkeep/clear-topics.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { sweepGraceMillis } from '../../../shared/housekeeping-limits.ts';
import type { EpochMillis, ProducerKey, TopicId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { groupPk, leaseSksOf } from '../../../shared/store/group-items.ts';
import {
  doomedKey,
  headKey,
  partitionPk,
  producerStateKey,
  topicKey,
} from '../../../shared/store/items.ts';
import { routeKey, routesPk } from '../../../shared/store/trigger-items.ts';
import { committed, consumer, leave, polled } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';
import { Acknowledged, day, patientCall, valuesIn, valuesNamed } from './household.ts';

const groups = ['shop', 'bill'];
const limit = 1_000_000;

function clear(world: World, graceMillis = 0, engine = world.newEngine()) {
  return clearTopics(engine, patientCall(engine), { graceMillis });
}

/** Two partitions of `name`, one of them merged, that both groups have read, and a route. */
async function lived(world: World, name: string): Promise<TopicId> {
  const { id: topicId } = await world.createTopic({ name, partitions: 2 });
  const engine = world.newEngine();
  for (const partition of [0, 1]) {
    for (const value of valuesNamed(name, 2 * refsPerChunk + 1)) {
      await produce(world, engine, [value], { topic: name, partition });
      await engine.background.idle();
    }
  }
  for (const group of groups) {
    const one = await consumer(world, { group, instance: name }, { topics: [name] });
    for (let polls = 0; polls < 4; polls++) await polled(world, one);
    await leave(world, one);
  }
  await world.time.sleep(day);
  const id = { topicId, partition: 1 };
  await mergePartition(engine, patientCall(engine), id, 'none');
  const { stored } = world.account;
  await stored.write({ put: { ...producerStateKey(id, 'p' as ProducerKey), k: 1 } });
  await stored.write({ put: { ...routeKey(topicId, 'on'), q: 1 } });
  return topicId;
}

/** The sort keys of all that the table holds of it, but for its name and its mark. */
function left({ account: { stored } }: World, topicId: TopicId): readonly string[] {
  const ranges = [
    ...[0, 1].map((partition) => ({ pk: partitionPk({ topicId, partition }) })),
    { pk: routesPk(topicId) },
    ...groups.map((group) => ({ pk: groupPk(group), ...leaseSksOf(topicId) })),
  ];
  return ranges.flatMap((range) => stored.peekRange({ ...range, limit }).map(({ sk }) => sk));
}

async function remove(world: World, name: string, engine = world.newEngine()): Promise<void> {
  await deleteTopic(engine, patientCall(engine), name);
}

test('nothing is left of it in the table but the mark, once those at work on it are done', () =>
  inWorld(1, async (world) => {
    const past = await lived(world, 'past');
    const orders = await lived(world, 'orders');
    const before = left(world, orders);
    expect(await committed(world)).toEqual(Array(4).fill(2 * refsPerChunk + 1));
    await remove(world, 'past');
    const whole = left(world, past);
    // Two heads are gone, and all that was beside them is there.
    expect(whole).toHaveLength(before.length - 2);
    expect(await clear(world, sweepGraceMillis)).toEqual({ topics: 0, items: 0 });
    expect(left(world, past)).toEqual(whole);
    await world.time.sleep(sweepGraceMillis);
    const cleared = { topics: 1, items: whole.length };
    expect(await clear(world, sweepGraceMillis)).toEqual(cleared);
    expect(left(world, past)).toEqual([]);
    expect(left(world, orders)).toEqual(before);
    expect(await committed(world)).toEqual(Array(2).fill(2 * refsPerChunk + 1));
    const { stored } = world.account;
    expect(stored.peek(doomedKey(past))).toMatchObject({ name: 'past', cleared: true });
    const engine = world.newEngine();
    expect(await clear(world, sweepGraceMillis, engine)).toEqual({ topics: 0, items: 0 });
    expect(engine.operations).toMatchObject({ tableQueries: 1, tableReads: 0, tableWrites: 0 });
  }));

test('a deletion that froze anywhere is ended at once; who wakes ends nothing else', async () => {
  let steps = 0;
  for (let isFrozen = true; isFrozen; steps++) {
    await inWorld(1 + steps, async (world) => {
      const { id } = await world.createTopic({ name: 'orders', partitions: 2 });
      await produce(world, world.newEngine(), ['of the past']);
      const frozen = await freezing(world, steps, (engine) => remove(world, 'orders', engine));
      isFrozen = frozen.isFrozen;
      const { stored } = world.account;
      const isDoomed = stored.peek(doomedKey(id)) !== undefined;
      await clear(world, sweepGraceMillis);
      const isThere = stored.peek(topicKey('orders')) !== undefined;
      expect([steps, isThere]).toEqual([steps, !isDoomed]);
      const hasHeads = [0, 1].map((partition) => stored.peek(headKey({ topicId: id, partition })));
      expect(hasHeads.map((head) => head !== undefined)).toEqual([!isDoomed, !isDoomed]);
      if (!isDoomed) return;
      await world.createTopic({ name: 'orders', partitions: 2 });
      const acknowledged = new Acknowledged();
      await acknowledged.produce(world, { values: ['a', 'b'] });
      await clear(world);
      expect(await frozen.thaw()).toBeUndefined();
      await clear(world);
      expect(left(world, id)).toEqual([]);
      await acknowledged.check(world);
      expect(await valuesIn(world, world.newEngine(), 0)).toEqual(['a', 'b']);
    });
  }
  expect(steps).toBeGreaterThan(4);
});

test('a clearing that froze at any step is ended by the next, and undoes nothing', async () => {
  let steps = 0;
  for (let isFrozen = true; isFrozen; steps += 3) {
    await inWorld(100 + steps, async (world) => {
      const past = await lived(world, 'orders');
      await remove(world, 'orders');
      const frozen = await freezing(world, steps, (engine) => clear(world, 0, engine));
      isFrozen = frozen.isFrozen;
      const next = await lived(world, 'orders');
      const before = left(world, next);
      await clear(world);
      expect([steps, left(world, past)]).toEqual([steps, []]);
      expect(await frozen.thaw()).not.toBeInstanceOf(Error);
      expect([steps, left(world, past)]).toEqual([steps, []]);
      expect(left(world, next)).toEqual(before);
      expect(world.account.stored.peek(doomedKey(past))).toMatchObject({ cleared: true });
      expect(world.account.stored.peek(doomedKey(next))).toBeUndefined();
    });
  }
  expect(steps).toBeGreaterThan(20);
});

test('what one run has no time for, the next ones do, and it is not called cleared before', () =>
  inWorld(3, async (world) => {
    const past = await lived(world, 'past');
    await remove(world, 'past');
    let runs = 0;
    for (let isCleared = false; !isCleared; runs++) {
      const engine = world.newEngine();
      const deadline = (world.time.now() + 30) as EpochMillis;
      const run = clearTopics(engine, openCall(engine, { deadline }), { graceMillis: 0 });
      await run.catch((error) => expect(error).toMatchObject({ outcome: 'retriable' }));
      isCleared = world.account.stored.peek(doomedKey(past))?.['cleared'] !== undefined;
      if (left(world, past).length > 0) expect(isCleared).toBe(false);
      expect(runs).toBeLessThan(50);
    }
    expect(runs).toBeGreaterThan(1);
    expect(left(world, past)).toEqual([]);
  }));

test('a head that comes after the clearing is refused', () =>
  inWorld(4, async (world) => {
    const engine = world.newEngine();
    world.faults.next('transact', undefined, 'late');
    const { id } = await createTopic(engine, patientCall(engine), { name: 'orders' });
    await remove(world, 'orders');
    await clear(world);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
    expect(left(world, id)).toEqual([]);
  }));

test('a topic of an engine that did not say when it was deleted is cleared at once', () =>
  inWorld(5, async (world) => {
    const past = await lived(world, 'past');
    await remove(world, 'past');
    const actions = [{ remove: 'deletedAt' }];
    await world.account.stored.write({ update: doomedKey(past), actions });
    expect(await clear(world, sweepGraceMillis)).toMatchObject({ topics: 1 });
    expect(left(world, past)).toEqual([]);
  }));

test('each group is asked once for all topics that are due', () =>
  inWorld(6, async (world) => {
    const names = ['first', 'second', 'third'];
    const past: TopicId[] = [];
    for (const name of names) past.push(await lived(world, name));
    const orders = await lived(world, 'orders');
    const before = left(world, orders);
    for (const name of names) await remove(world, name);
    const engine = world.newEngine();
    const query = vi.spyOn(engine.table, 'query');
    expect(await clear(world, 0, engine)).toMatchObject({ topics: 3 });
    const asked = query.mock.calls.map(([{ pk }]) => pk).filter((pk) => pk.startsWith('group#'));
    expect(asked.toSorted()).toEqual(groups.map(groupPk).toSorted());
    for (const topicId of past) expect(left(world, topicId)).toEqual([]);
    expect(left(world, orders)).toEqual(before);
  }));
