// A store that is as it should be has nothing that a check would say, whatever shape it has.

import { expect, test } from 'vitest';
import { deleteRecords } from '../../../../shared/engine/delete-records.ts';
import { deleteTopic } from '../../../../shared/engine/make-topics.ts';
import { produceRecords } from '../../../../shared/engine/produce.ts';
import { clearTopics } from '../../../../shared/engine/upkeep/clear-topics.ts';
import { retainPartition } from '../../../../shared/engine/upkeep/retain-partition.ts';
import { collectIntervalMillis, sweepGraceMillis } from '../../../../shared/housekeeping-limits.ts';
import { refsPerChunk } from '../../../../shared/limits.ts';
import { readBatchHeader } from '../../../../shared/record/batch-header.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import { produce, produceStamped } from '../../../world/story.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  chunkOf,
  compact,
  found,
  headOf,
  merge,
  newLog,
  pastTheGrace,
  patientCall,
  produceEach,
  sweep,
} from './checked.ts';

const twoChunks = 2 * refsPerChunk;

const waitingIn = async (world: World) => (await check(world)).looked.waiting;

async function expectHealthy(world: World): Promise<void> {
  expect(await found(world, { depth: 'quick' })).toEqual([]);
  expect(await found(world, { depth: 'deep' })).toEqual([]);
}

test('nothing at all, a topic without a record, and a few records', () =>
  inWorld(1, async (world) => {
    await expectHealthy(world);
    await world.createTopic({ name: 'orders', partitions: 3 });
    await expectHealthy(world);
    await produce(world, world.newEngine(), ['a', 'b'], { partition: 2 });
    await expectHealthy(world);
    const { looked } = await check(world);
    expect(looked).toMatchObject({ topics: 1, partitions: 3, chunks: 0, refs: 1 });
  }));

test('chunks and a tail, of objects that hold several partitions', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 3 });
    const engine = world.newEngine();
    for (let round = 0; round < twoChunks + 3; round++) {
      const send = (partition: number) => produce(world, engine, [`${round}`, 'x'], { partition });
      await Promise.all([send(0), send(1), send(0)]);
      await engine.background.idle();
    }
    await expectHealthy(world);
    const { looked } = await check(world);
    expect(looked.chunks).toBeGreaterThan(3);
    expect(looked.stored.objects).toBeLessThan(looked.refs);
  }));

test('refs to a part of an append, of which other batches were repeats', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const send = (id: number, sequence: number) =>
      produceStamped(world, engine, ['v'], { id, epoch: 0, sequence });
    await Promise.all([send(1, 0), send(2, 0), send(3, 0)]);
    // The first of them is under way when the others gather.
    await Promise.all([send(1, 1), send(3, 1), send(2, 0), send(1, 2)]);
    await expectHealthy(world);
  }));

test('what is merged, before its old objects are swept and after', () =>
  inWorld(4, async (world) => {
    const id = await newLog(world, 6 * refsPerChunk + 3);
    await pastTheGrace(world);
    await merge(world, id);
    expect(chunkOf(world, id, 0).length).toBe(1);
    // They are old: a sweep takes them when it comes, and it may not have come yet.
    const merged = { topics: 0, objects: 6 * refsPerChunk };
    for (const millis of [0, sweepGraceMillis + 1.5 * collectIntervalMillis]) {
      await world.time.sleep(millis);
      await expectHealthy(world);
      expect(await waitingIn(world)).toMatchObject(merged);
    }
    await pastTheGrace(world);
    const overdue = await found(world);
    expect(overdue.length).toBe(6 * refsPerChunk);
    expect(overdue.every((one) => one.startsWith('orphaned-object'))).toBe(true);
    await sweep(world);
    await expectHealthy(world);
    expect(await waitingIn(world)).toEqual({ topics: 0, objects: 0, bytes: 0 });
    await produceEach(world, ['more']);
    await expectHealthy(world);
  }));

test('what a log start leaves below it waits for retention, and then for a sweep', () =>
  inWorld(9, async (world) => {
    const id = await newLog(world, twoChunks + 5);
    await pastTheGrace(world);
    const engine = world.newEngine();
    const call = patientCall(world, engine);
    await deleteRecords(engine, call, { topic: 'orders', partition: 0, before: twoChunks });
    await expectHealthy(world);
    expect((await check(world)).looked.staleChunks).toBe(2);
    await retainPartition(engine, call, id, { millis: undefined, bytes: undefined });
    await expectHealthy(world);
    expect((await check(world)).looked.staleChunks).toBe(0);
    expect(await waitingIn(world)).toMatchObject({ objects: twoChunks });
    await sweep(world);
    await expectHealthy(world);
    expect(await waitingIn(world)).toMatchObject({ objects: 0 });
  }));

test('a log start within a chunk, and one within the tail', () =>
  inWorld(5, async (world) => {
    const id = await newLog(world, twoChunks + 5);
    const engine = world.newEngine();
    const call = patientCall(world, engine);
    const startAt = async (before: number) => {
      await deleteRecords(engine, call, { topic: 'orders', partition: 0, before });
      await retainPartition(engine, call, id, { millis: undefined, bytes: undefined });
    };
    for (const before of [3, refsPerChunk + 7, twoChunks, twoChunks + 2, twoChunks + 5]) {
      await startAt(before);
      expect(headOf(world, id).logStart).toBe(before);
      await expectHealthy(world);
    }
    await produceEach(
      world,
      Array.from({ length: twoChunks }, () => 'again'),
    );
    await expectHealthy(world);
  }));

test('a compaction that left nothing of a chunk but an empty batch', () =>
  inWorld(6, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = { topicId, partition: 0 };
    const engine = world.newEngine();
    for (let round = 0; round < 4 * refsPerChunk + 1; round++) {
      const record = { key: Buffer.from('a'), value: Buffer.from(`${round}`), headers: [] };
      const request = { topic: 'orders', records: [record] };
      await produceRecords(engine, world.call(engine), request);
      await engine.background.idle();
    }
    await compact(world, id);
    const { account } = world;
    const ref = chunkOf(world, id, 0).at(0);
    const bytes = (await account.objects.read({
      ...ref,
      key: segmentKey(ref.segment),
    })) as Uint8Array;
    expect(readBatchHeader(bytes, 0)).toMatchObject({ header: { count: 0, lastOffsetDelta: 15 } });
    await expectHealthy(world);
    await pastTheGrace(world);
    await sweep(world);
    await expectHealthy(world);
  }));

test('a topic that was deleted, and cleared away', () =>
  inWorld(7, async (world) => {
    await newLog(world, twoChunks + 1);
    await pastTheGrace(world);
    const engine = world.newEngine();
    const call = patientCall(world, engine);
    await deleteTopic(engine, call, 'orders');
    await expectHealthy(world);
    await world.time.sleep(sweepGraceMillis + 1.5 * collectIntervalMillis);
    await expectHealthy(world);
    expect(await waitingIn(world)).toMatchObject({ topics: 1, objects: twoChunks + 1 });
    await pastTheGrace(world);
    await clearTopics(engine, call);
    await sweep(world);
    await expectHealthy(world);
  }));

test('what nothing names is no finding while it may be on its way', () =>
  inWorld(8, async (world) => {
    await newLog(world, 1);
    await world.account.objects.put({
      key: 'segments/00/01ARZ3NDEKTSV4RRFFQ69G5F00',
      parts: [],
      crc32c: 0,
    });
    const engine = world.newEngine();
    world.faults.next('write', 'before', 'before');
    await produce(world, engine, ['lost']).catch(() => undefined);
    const { findings, looked } = await check(world);
    expect(findings.map(({ kind }) => kind)).toEqual(['unreadable-footer']);
    expect(looked.waiting).toMatchObject({ objects: 1 });
    await pastTheGrace(world);
    expect((await check(world)).findings.map(({ kind }) => kind)).toContain('orphaned-object');
  }));
