// What a sweep takes and what it leaves, and that those who append and read meanwhile go on.

import { expect, test } from 'vitest';
import { segmentsPrefix } from '../../../shared/contract.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import { nothingSwept } from '../../../shared/engine/upkeep/sweep-objects.ts';
import { sweepGraceMillis } from '../../../shared/housekeeping-limits.ts';
import { type EpochMillis, type PartitionId, segmentIdOf } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { readHead } from '../../../shared/log/head.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import { headKey } from '../../../shared/store/items.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { fetchFrom, produce, valuesOf } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';
import {
  Acknowledged,
  day,
  engineAhead,
  minute,
  orphans,
  patientCall,
  storedObjects,
  sweep,
  valuesIn,
  valuesNamed,
} from './household.ts';

/** An object that its writer never came to name: he reads the topic and the head, and is no more.
 * */
async function orphan(world: World): Promise<void> {
  const dead = await freezing(world, 2, (engine) => produce(world, engine, ['never']));
  expect(dead.isFrozen).toBe(true);
  await world.time.sleep(1_000);
}

async function merge(world: World, id: PartitionId): Promise<void> {
  const engine = world.newEngine();
  const merged = await mergePartition(engine, patientCall(engine), id, 'none');
  expect(merged.objects).toBeGreaterThan(0);
}

function sweptBefore({ account }: World, id: PartitionId): EpochMillis {
  return readHead(account.stored.peek(headKey(id)) as Item).sweptBefore;
}

test('what nothing names goes once it is old enough, and says what it was', () =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = { topicId, partition: 0 };
    const acknowledged = new Acknowledged();
    await acknowledged.produce(world, { values: valuesNamed('old', refsPerChunk + 2) });
    await orphan(world);
    const [lost] = await orphans(world, [id]);
    const listed = (await storedObjects(world)).length;
    const [object] = await world.account.objects.list({ prefix: lost as string, limit: 1 });
    const none = nothingSwept;
    expect(await sweep(world, world.newEngine(), sweepGraceMillis)).toEqual(none);
    expect(sweptBefore(world, id)).toBe(0);
    await world.time.sleep(sweepGraceMillis);
    const swept = { ...none, listed, deleted: 1, bytes: object?.length, fenced: 1 };
    expect(await sweep(world, world.newEngine(), sweepGraceMillis)).toEqual(swept);
    expect(await orphans(world, [id])).toEqual([]);
    expect(await sweep(world)).toEqual({ ...none, listed: listed - 1 });
    await acknowledged.check(world);
  }));

test('an object whose footer says nothing stays, and is counted; a strange name is no object', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    await produce(world, world.newEngine(), ['a']);
    const id = segmentIdOf(world.time.now(), new Uint8Array(10));
    const strange = [segmentKey(id), `${segmentsPrefix}00/${'a'.repeat(26)}`, `${segmentsPrefix}x`];
    for (const key of strange) {
      await world.account.objects.put({ key, parts: [Buffer.from('strange')], crc32c: 0 });
    }
    const empty = segmentKey(segmentIdOf(world.time.now(), new Uint8Array(10).fill(1)));
    await world.account.objects.put({ key: empty, parts: [], crc32c: 0 });
    await world.time.sleep(day);
    const before = await storedObjects(world);
    expect(await sweep(world)).toMatchObject({ listed: 3, deleted: 0, left: 2, fenced: 0 });
    expect(await storedObjects(world)).toEqual(before);
  }));

test('an object of many partitions goes when its last part is merged, or expired', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 3 });
    const partitions = [0, 1, 2].map((partition) => ({ topicId, partition }));
    const [first, second, third] = partitions as [PartitionId, PartitionId, PartitionId];
    const engine = world.newEngine();
    for (const value of valuesNamed('of all', 2 * refsPerChunk)) {
      const records = partitions.map(({ partition }) => {
        return { key: null, value: Buffer.from(value), headers: [], partition };
      });
      await produceRecords(engine, world.call(engine), { topic: 'orders', records });
      await engine.background.idle();
    }
    const shared = await storedObjects(world);
    expect(shared).toHaveLength(2 * refsPerChunk);
    const left = async () => (await storedObjects(world)).filter((key) => shared.includes(key));
    await world.time.sleep(day);
    const steps = [
      () => merge(world, first),
      () =>
        retainPartition(engine, patientCall(engine), second, {
          millis: undefined,
          bytes: 0,
        }),
    ];
    for (const step of steps) {
      await step();
      await world.time.sleep(day);
      expect(await sweep(world)).toMatchObject({ deleted: 0, left: 0 });
      expect(await left()).toEqual(shared);
    }
    await merge(world, third);
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ deleted: shared.length, fenced: 3 });
    expect(await orphans(world, partitions)).toEqual([]);
    for (const partition of [0, 2]) {
      const values = await valuesIn(world, world.newEngine(), partition);
      expect(values).toEqual(valuesNamed('of all', 2 * refsPerChunk));
    }
  }));

test('the objects of a deleted topic go, and those it shares with others stay', () =>
  inWorld(4, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    await world.createTopic({ name: 'past', partitions: 2 });
    const acknowledged = new Acknowledged();
    await acknowledged.produce(world, { values: ['a', 'b'] });
    const engine = world.newEngine();
    await produce(world, engine, ['of the past'], { topic: 'past', partition: 1 });
    await deleteTopic(engine, world.call(engine), 'past');
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ listed: 3, deleted: 1, fenced: 0 });
    expect(await orphans(world, [{ topicId, partition: 0 }])).toEqual([]);
    await acknowledged.check(world);
  }));

test('a writer that is refused writes again, and no fence is above what goes', () =>
  inWorld(5, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = { topicId, partition: 0 };
    const writer = world.newEngine();
    await produce(world, writer, ['a']);
    const asleep = await freezing(world, 2, (engine) => produce(world, engine, ['late']));
    await world.time.sleep(1_000);
    // It sees everything as old, and its clock is years ahead.
    await sweep(world, engineAhead(world, 3_000 * day));
    expect(sweptBefore(world, id)).toBeLessThan(world.time.now());
    const puts = writer.operations.objectPuts;
    expect(await produce(world, writer, ['b'])).toEqual([1]);
    expect(writer.operations.objectPuts - puts).toBe(1);
    const stored = world.account.bill.objectPuts;
    expect(await asleep.thaw()).toEqual([2]);
    expect(world.account.bill.objectPuts - stored).toBe(1);
    expect(await valuesIn(world, world.newEngine(), 0)).toEqual(['a', 'b', 'late']);
  }));

test('a writer whose clock is behind writes once more, and then knows', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders' });
    await orphan(world);
    await sweep(world);
    const writer = engineAhead(world, -10 * minute);
    expect(await produce(world, writer, ['a'])).toEqual([0]);
    expect(writer.operations.objectPuts).toBe(2);
    expect(await produce(world, writer, ['b'])).toEqual([1]);
    expect(writer.operations.objectPuts).toBe(3);
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(await valuesIn(world, world.newEngine(), 0)).toEqual(['a', 'b']);
  }));

test.each([1, 2, 3, 4])('a reader that keeps a chunk of before reads on, told %d times', (seed) =>
  inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const values = valuesNamed('old', 4 * refsPerChunk + 1);
    await new Acknowledged().produce(world, { values });
    await world.time.sleep(day);
    const reader = world.newEngine();
    const first = await fetchFrom(world, reader, 0, { maxBytes: 1 });
    expect(valuesOf(first)).toEqual(['old 0']);
    await merge(world, { topicId, partition: 0 });
    // Weak reads may show the chunks of before for a while, to sweeps and to readers.
    let swept = await sweep(world);
    while (swept.deleted === 0) swept = await sweep(world);
    expect((await valuesIn(world, reader, 0)).slice(1)).toEqual(values.slice(1));
    await world.time.sleep(day);
    await sweep(world);
    expect(await orphans(world, [{ topicId, partition: 0 }])).toEqual([]);
    expect(await valuesIn(world, reader, 0)).toEqual(values);
  }),
);

test('of the young a page a section is listed, and of the named the index is read once', () =>
  inWorld(8, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const acknowledged = new Acknowledged();
    const values = valuesNamed('old', refsPerChunk + 1);
    for (const partition of [0, 1]) await acknowledged.produce(world, { partition, values });
    const engine = world.newEngine();
    await sweep(world, engine, day);
    const { objectLists, ...rest } = engine.operations;
    expect(objectLists).toBeLessThanOrEqual(9);
    expect(Object.values(rest).every((count) => count === 0)).toBe(true);
    await world.time.sleep(day);
    const other = world.newEngine();
    await sweep(world, other);
    expect(other.operations).toMatchObject({
      tableReads: 2,
      tableQueries: 3,
      tableWrites: 0,
      objectReads: 0,
      objectDeletes: 0,
    });
  }));
