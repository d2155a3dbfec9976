// Rare things beside a lost chunk: what only looks like its records is not taken for them, and who
// else is at work is not passed over.

import { expect, test } from 'vitest';
import { deleteTopic } from '../../../../shared/engine/make-topics.ts';
import { produceRecords } from '../../../../shared/engine/produce.ts';
import { repairStore } from '../../../../shared/engine/upkeep/fsck/repair-store.ts';
import { type PartitionId, segmentIdOf } from '../../../../shared/ids.ts';
import { refsPerChunk } from '../../../../shared/limits.ts';
import { chunkOf as chunkItemOf } from '../../../../shared/log/chunk.ts';
import { encodeRef, type Ref } from '../../../../shared/log/ref.ts';
import { fenceRewrites } from '../../../../shared/log/rewrite.ts';
import { readBatchHeader, setBaseOffset } from '../../../../shared/record/batch-header.ts';
import { encodeBatch } from '../../../../shared/record/encode-batch.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import { buildSegment } from '../../../../shared/segment/segment.ts';
import type { Item } from '../../../../shared/store/algebra.ts';
import {
  chunkKey,
  headItem,
  headKey,
  partitionPk,
  rewriteItem,
  rewriteKey,
} from '../../../../shared/store/items.ts';
import { interruptedEngine } from '../../../world/interrupted-engine.ts';
import { produce, produceStamped } from '../../../world/story.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  chunkOf,
  found,
  headOf,
  merge,
  newLog,
  pastTheGrace,
  patientCall,
  plant,
  repair,
  sweep,
} from './checked.ts';

const chunk = (index: number) => index * refsPerChunk;

const lose = ({ account }: World, id: PartitionId, base: number) =>
  account.stored.write({ delete: chunkKey(id, base) });

const outcomes = async (world: World) =>
  (await repair(world)).map(({ isMended, detail }) => `${isMended} ${detail}`);

const unsure = 'false nothing says for certain what was there, or in which order';

/** A batch of so many records of that value, which says that it begins there. */
function batchAt(baseOffset: number, count: number, value: string): Uint8Array {
  const record = { timestamp: 1, key: null, value: Buffer.from(value), headers: [] };
  const records = Array.from({ length: count }, () => record);
  const batch = encodeBatch({ records, compression: 'none' });
  setBaseOffset(batch, 0, baseOffset);
  return batch;
}

/** Puts an object of these batches, one entry each. @returns a ref to each. */
async function putObject(
  world: World,
  id: PartitionId,
  batches: readonly Uint8Array[],
): Promise<readonly Ref[]> {
  const counts = batches.map((batch) => {
    const read = readBatchHeader(batch, 0);
    return read.kind === 'header' ? read.header.lastOffsetDelta + 1 : 0;
  });
  const rows = batches.map((batch, at) => {
    return { ...id, batches: [batch], count: counts[at] ?? 0, timestampMax: 1 };
  });
  const built = buildSegment(rows);
  const segment = segmentIdOf(world.time.now(), new Uint8Array(10));
  await world.account.objects.put({ key: segmentKey(segment), ...built });
  return built.placed.map(({ position, length }, at) => {
    return { segment, position, length, count: counts[at] ?? 0, timestampMax: 1 };
  });
}

/** Four chunks in one object, and a tail. */
async function mergedLog(world: World): Promise<PartitionId> {
  const id = await newLog(world, chunk(4) + 1);
  await pastTheGrace(world);
  await merge(world, id);
  await sweep(world);
  return id;
}

/** In the place of a chunk's refs. */
async function name(world: World, id: PartitionId, baseOffset: number, refs: readonly Ref[]) {
  const { timeThrough } = chunkOf(world, id, baseOffset);
  const packed = refs.map(encodeRef);
  await world.account.stored.write({
    put: chunkItemOf(id, { baseOffset, refs: packed, timeThrough }),
  });
}

test('an object that passes over the chunk is found to hold other offsets', () =>
  inWorld(2, async (world) => {
    const id = await mergedLog(world);
    const batches = [0, 2].map((index) => batchAt(chunk(index), refsPerChunk, `${index}`));
    const [first, third] = await putObject(world, id, batches);
    await name(world, id, 0, [first as Ref]);
    await name(world, id, chunk(2), [third as Ref]);
    await lose(world, id, chunk(1));
    expect(await outcomes(world)).toEqual([
      'false the object that is beside it holds other offsets',
    ]);
  }));

test('an append whose producer wrote offsets of its own is not taken for a rewrite', () =>
  inWorld(3, async (world) => {
    const id = await newLog(world, chunk(2) + 1);
    // As when some plain and some stamped requests share an object: two entries of one partition.
    const batches = [batchAt(0, 1, 'first'), batchAt(chunk(1), refsPerChunk, 'never committed')];
    const [first] = await putObject(world, id, batches);
    const before = chunkOf(world, id, 0);
    const rest = Array.from({ length: refsPerChunk - 1 }, (_, at) => before.at(at + 1));
    await name(world, id, 0, [first as Ref, ...rest]);
    await lose(world, id, chunk(1));
    expect(await outcomes(world)).toContain(unsure);
  }));

test('nor is one that the tail names', () =>
  inWorld(4, async (world) => {
    const id = await newLog(world, chunk(2) + 1);
    const batches = [batchAt(chunk(1), refsPerChunk, 'never committed'), batchAt(0, 1, 'last')];
    const [, last] = await putObject(world, id, batches);
    await plant(world, headKey(id), { [headItem.tail]: [encodeRef(last as Ref)] });
    await lose(world, id, chunk(1));
    expect(await outcomes(world)).toContain(unsure);
  }));

const stamped = (world: World, id: number, sequence: number, values: readonly string[]) =>
  produceStamped(world, world.newEngine(), values, { id, epoch: 0, sequence });

/** Each ends its roll. */
async function stampedEach(world: World, id: number, from: number, count: number): Promise<void> {
  const engine = world.newEngine();
  for (let sequence = from; sequence < from + count; sequence++) {
    await produceStamped(world, engine, [`${id}/${sequence}`], { id, epoch: 0, sequence });
    await engine.background.idle();
  }
}

async function newPartition(world: World): Promise<PartitionId> {
  const { id: topicId } = await world.createTopic({ name: 'orders' });
  return { topicId, partition: 0 };
}

test('another producer before the gap than behind it, though the sequences would fit', () =>
  inWorld(5, async (world) => {
    const id = await newPartition(world);
    await stamped(
      world,
      8,
      0,
      Array.from({ length: refsPerChunk }, () => 'eight'),
    );
    await stampedEach(world, 7, 0, refsPerChunk - 2);
    await stamped(world, 7, refsPerChunk - 2, ['seven', 'seven']);
    await stampedEach(world, 8, refsPerChunk, refsPerChunk + 1);
    const base = 2 * refsPerChunk;
    expect(chunkOf(world, id, base).length).toBe(refsPerChunk);
    await lose(world, id, base);
    expect(await outcomes(world)).toContain(unsure);
  }));

test('a plain append in the gap, and a repeat that would fill its place', () =>
  inWorld(6, async (world) => {
    const id = await newPartition(world);
    await stampedEach(world, 7, 0, 2 * refsPerChunk - 1);
    await produce(world, world.newEngine(), ['plain']);
    await stampedEach(world, 7, 2 * refsPerChunk - 1, 2);
    await stamped(world, 7, 2 * refsPerChunk - 1, ['a repeat']);
    const engine = world.newEngine();
    await produce(world, engine, ['x']);
    await engine.background.idle();
    await lose(world, id, chunk(1));
    expect(await outcomes(world)).toContain(unsure);
  }));

test('a chunk of one producer that only lost its last refs', () =>
  inWorld(7, async (world) => {
    const id = await newPartition(world);
    await stampedEach(world, 7, 0, 2 * refsPerChunk + 1);
    const whole = chunkOf(world, id, 0);
    await name(
      world,
      id,
      0,
      Array.from({ length: 14 }, (_, at) => whole.at(at)),
    );
    expect(await outcomes(world)).toContain(unsure);
  }));

test('what was built again carries its offsets, and no time falls', () =>
  inWorld(8, async (world) => {
    const id = await newPartition(world);
    const engine = world.newEngine();
    for (let sequence = 0; sequence < 3 * refsPerChunk + 1; sequence++) {
      const record = {
        key: null,
        value: Buffer.from('v'),
        headers: [],
        timestamp: 1_000 - sequence,
      };
      const producer = { id: 7, epoch: 0, sequences: new Map([[0, sequence]]) };
      const request = { topic: 'orders', records: [{ ...record, partition: 0 }] };
      await produceRecords(engine, world.call(engine), { ...request, identity: { producer } });
      await engine.background.idle();
    }
    await lose(world, id, chunk(1));
    expect(await outcomes(world)).toEqual(['true 1 chunks built again']);
    expect(await found(world, { depth: 'deep' })).toEqual([]);
    expect(chunkOf(world, id, chunk(1)).timeThrough).toBe(1_000);
    const ref = chunkOf(world, id, chunk(1)).at(0);
    const key = segmentKey(ref.segment);
    const bytes = (await world.account.objects.read({ ...ref, key })) as Uint8Array;
    expect(readBatchHeader(bytes, 0)).toMatchObject({ header: { baseOffset: chunk(1) } });
  }));

/** Repairs the loss of the second chunk, while something else happens just before it is put. */
async function repairedBeside(world: World, id: PartitionId, by: () => Promise<unknown>) {
  await lose(world, id, chunk(1));
  const report = await check(world);
  const engine = interruptedEngine(world, {
    at: ({ operation, keys }) =>
      operation === 'transact' && keys.some(({ sk }) => sk.startsWith('chunk#')),
    by,
  });
  const options = { graceMillis: 0 };
  const [repaired] = await repairStore(engine, patientCall(world, engine), report, options);
  expect(repaired).toMatchObject({ isMended: false });
}

test('who puts the chunk at the same time is not passed over', () =>
  inWorld(9, async (world) => {
    const id = await mergedLog(world);
    const item = world.account.stored.peek(chunkKey(id, chunk(1))) as Item;
    await repairedBeside(world, id, () => world.account.stored.write({ put: item }));
    expect(world.account.stored.peek(chunkKey(id, chunk(1)))).toEqual(item);
  }));

test('who rewrites between the gap and the chunk that is put into it may have left some out', () =>
  inWorld(13, async (world) => {
    const id = await mergedLog(world);
    await lose(world, id, chunk(1));
    const report = await check(world);
    const rewrites = world.account.stored.peek(rewriteKey(id)) as Item;
    const version = Number(rewrites[rewriteItem.version]) + 1;
    const engine = interruptedEngine(world, {
      at: ({ operation }) => operation === 'read',
      by: () => plant(world, rewriteKey(id), { [rewriteItem.version]: version }),
      withObjects: true,
    });
    const options = { graceMillis: 0 };
    const repairs = await repairStore(engine, patientCall(world, engine), report, options);
    expect(repairs).toMatchObject([{ isMended: false }]);
    expect(world.account.stored.peek(chunkKey(id, chunk(1)))).toBeUndefined();
    expect(await outcomes(world)).toEqual(['true 1 chunks built again']);
  }));

test('nothing is put under a topic that is deleted at the same time', () =>
  inWorld(10, async (world) => {
    const id = await mergedLog(world);
    await repairedBeside(world, id, async () => {
      const engine = world.newEngine();
      await deleteTopic(engine, patientCall(world, engine), 'orders');
    });
    expect(world.account.stored.peek(chunkKey(id, chunk(1)))).toBeUndefined();
  }));

test('nothing is put that a sweep may have taken at the same time', () =>
  inWorld(11, async (world) => {
    const id = await mergedLog(world);
    const fence = () => world.account.stored.write(fenceRewrites(id, world.time.now()));
    await repairedBeside(world, id, fence);
    expect(world.account.stored.peek(chunkKey(id, chunk(1)))).toBeUndefined();
  }));

test('what retention has taken since is not built again', () =>
  inWorld(12, async (world) => {
    const id = await mergedLog(world);
    await lose(world, id, chunk(1));
    const report = await check(world);
    await plant(world, headKey(id), { [headItem.logStart]: chunk(2) });
    const before = world.account.stored.peekRange({ pk: partitionPk(id), limit: 100 });
    const engine = world.newEngine();
    const options = { graceMillis: 0 };
    const repairs = await repairStore(engine, patientCall(world, engine), report, options);
    expect(repairs).toMatchObject([{ isMended: false }]);
    expect(world.account.stored.peekRange({ pk: partitionPk(id), limit: 100 })).toEqual(before);
    expect(headOf(world, id).logStart).toBe(chunk(2));
  }));
