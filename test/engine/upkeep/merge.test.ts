// Merging: many small appends become one object, and nobody who reads sees a difference.

import { expect, test } from 'vitest';
import { createEngine } from '../../../shared/engine/engine.ts';
import { fetchRecords } from '../../../shared/engine/fetch.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { rewrittenRefBytesAim } from '../../../shared/housekeeping-limits.ts';
import type { PartitionId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { readChunk } from '../../../shared/log/chunk.ts';
import { chunkKey, headItem, headKey, partitionPk } from '../../../shared/store/items.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const day = 24 * 60 * 60 * 1000;

async function readAll(world: World, partition = 0) {
  const engine = world.newEngine();
  const records: string[] = [];
  for (let offset = 0; ; ) {
    const request = { topic: 'orders', partition, offset, maxBytes: 1_000_000, waitMillis: 0 };
    const got = await fetchRecords(engine, world.call(engine), request);
    for (const one of got.records) {
      records.push(`${one.offset} ${one.timestamp} ${Buffer.from(one.value ?? []).toString()}`);
    }
    if (got.nextOffset === offset) return records;
    offset = got.nextOffset;
  }
}

/** Appends, a little later. @returns their partition. */
async function appended(world: World, id: PartitionId, appends: number): Promise<PartitionId> {
  const engine = world.newEngine();
  for (let append = 0; append < appends; append++) {
    await produce(world, engine, ['v'], { partition: id.partition });
    await engine.background.idle();
  }
  await world.time.sleep(day);
  return id;
}

test('a merge reads each append once, puts one object, and writes two units a chunk', () =>
  inWorld(2, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = await appended(world, { topicId, partition: 0 }, 4 * refsPerChunk);
    const merge = async () => {
      const merger = world.newEngine();
      const before = { ...world.account.bill };
      await mergePartition(merger, world.call(merger), id, 'zstd');
      const { objectReads, objectPuts, writeUnits, readUnits } = world.account.bill;
      return {
        objectReads: objectReads - before.objectReads,
        objectPuts: objectPuts - before.objectPuts,
        writeUnits: writeUnits - before.writeUnits,
        readUnits: readUnits - before.readUnits,
      };
    };
    // The cursors' item is put, with the question whether the topic is doomed; then it is moved.
    const cursors = 4 + 2;
    const first = await merge();
    expect(first).toMatchObject({ objectReads: 4 * refsPerChunk, objectPuts: 1 });
    expect(first.writeUnits).toBe(cursors + 2 * 4);
    await appended(world, id, 16 * refsPerChunk);
    const second = await merge();
    // What was merged before is one GET more, and its chunks are written again.
    expect(second).toMatchObject({ objectReads: 16 * refsPerChunk + 1, objectPuts: 1 });
    expect(second.writeUnits).toBe(2 + 2 * (4 + 16));
    // All chunks are merged: the cursors and the head say so.
    expect(await merge()).toEqual({ objectReads: 0, objectPuts: 0, writeUnits: 0, readUnits: 2 });
  }));

test('over a chunk that is lost nothing is merged: a repair needs what is beside it', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = await appended(world, { topicId, partition: 0 }, 4 * refsPerChunk);
    const range = { pk: partitionPk(id), limit: 100, strong: true };
    for (const lost of [2 * refsPerChunk, 0]) {
      await world.account.stored.write({ delete: chunkKey(id, lost) });
      const before = await world.account.stored.query({ ...range, from: 'chunk#', to: 'chunk$' });
      const merger = world.newEngine();
      const merge = mergePartition(merger, world.call(merger), id, 'zstd');
      await expect(merge).rejects.toMatchObject({ code: 'DAMAGED' });
      const after = await world.account.stored.query({ ...range, from: 'chunk#', to: 'chunk$' });
      expect(after).toEqual(before);
    }
    // Below the log start nothing is missed.
    const logStart = { set: headItem.logStart, to: { value: 3 * refsPerChunk } };
    await world.account.stored.write({ update: headKey(id), actions: [logStart] });
    const merger = world.newEngine();
    await mergePartition(merger, world.call(merger), id, 'zstd');
  }));

test('what was merged reads as it did before', () =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const id: PartitionId = { topicId, partition: 0 };
    const engine = world.newEngine();
    for (let round = 0; round < 100; round++) await produce(world, engine, [`v${round}`, 'w']);
    const before = await readAll(world);
    await world.time.sleep(day);
    const merger = world.newEngine();
    const merged = await mergePartition(merger, world.call(merger), id, 'zstd');
    expect(merged).toMatchObject({ objects: 1, chunks: 6 });
    // Weak reads may show it later.
    await world.time.sleep(day);
    const bill = { ...world.account.bill };
    expect(await readAll(world)).toEqual(before);
    // Six chunks in one object, and four refs of the tail.
    expect(world.account.bill.objectReads - bill.objectReads).toBeLessThanOrEqual(1 + 4);
    // Nothing more is due.
    const again = await mergePartition(merger, world.call(merger), id, 'zstd');
    expect(again).toMatchObject({ objects: 0 });
  }));

test('what becomes large is cut: a ref of some MiB, an object of some refs', () =>
  inWorld(4, async (world) => {
    const configs = new Map([['compression.type', 'zstd']]);
    const { id: topicId } = await world.createTopic({ name: 'orders', configs });
    const id: PartitionId = { topicId, partition: 0 };
    const engine = world.newEngine();
    const value = 'v'.repeat(450_000);
    for (let append = 0; append < 7 * refsPerChunk; append++) {
      await produce(world, engine, [value, value]);
      await engine.background.idle();
    }
    await world.time.sleep(day);
    const merger = world.newEngine();
    // As if the topic were not to be compressed any more.
    const merged = await mergePartition(merger, world.call(merger), id, 'none');
    expect(merged).toMatchObject({ objects: 2, chunks: 7 });
    const range = { pk: partitionPk(id), from: 'chunk#', to: 'chunk$', limit: 100, strong: true };
    const chunks = (await world.account.stored.query(range)).map(readChunk);
    for (const chunk of chunks) {
      expect(chunk.length).toBe(4);
      for (let at = 0; at < chunk.length; at++) {
        expect(chunk.at(at).length).toBeLessThanOrEqual(rewrittenRefBytesAim);
      }
    }
    // It is not taken for unmerged again.
    const again = await mergePartition(merger, world.call(merger), id, 'none');
    expect(again.objects).toBe(0);
    await world.time.sleep(day);
    const all = await readAll(world);
    expect(all).toHaveLength(2 * 7 * refsPerChunk);
    expect(all.every((one) => one.endsWith(value))).toBe(true);
  }));

test('so many appends are read at once as the process may', () =>
  inWorld(5, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = await appended(world, { topicId, partition: 0 }, 4 * refsPerChunk);
    const { table, objects, clock, chance } = world.newEngine();
    let [under, most] = [0, 0];
    const read: typeof objects.read = async (range) => {
      under++;
      most = Math.max(most, under);
      const bytes = await objects.read(range);
      under--;
      return bytes;
    };
    const settings = { rewriteReadsInFlight: 7 };
    const parts = { objects: { ...objects, read }, table, clock, chance, settings };
    const merger = createEngine(parts);
    await mergePartition(merger, world.call(merger), id, 'zstd');
    expect(most).toBe(7);
  }));
