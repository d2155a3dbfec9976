// Logs as compaction leaves them: chunks of which nothing is left but an empty batch that covers
// their offsets, and chunks of which a part is left.

import { createEngine, type EngineSettings } from '../../shared/engine/engine.ts';
import { type PartitionId, segmentIdOf } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { chunkOf } from '../../shared/log/chunk.ts';
import { newHead } from '../../shared/log/head.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { setBaseOffset } from '../../shared/record/batch-header.ts';
import { combineBatches } from '../../shared/record/combine-batches.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import { buildSegment, type SegmentEntry } from '../../shared/segment/segment.ts';
import { headItem } from '../../shared/store/items.ts';
import { seededChance } from './seeded-chance.ts';
import type { World } from './world.ts';

/** Offsets of each chunk. */
export const perChunk = refsPerChunk;

/** Of one chunk: the offsets, counted from its first, of which there still is a record. */
export type Left = readonly number[];

/** A log of chunks alone, in one object. Records have their offset as value, and as their time, in
 * seconds; what a chunk says of time it had before it was compacted.
 * @param batches that each chunk is of. */
export async function emptiedLog(
  world: World,
  chunks: readonly Left[],
  batches = 1,
): Promise<PartitionId> {
  const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
  const id = { topicId, partition: 0 };
  const segment = segmentIdOf(world.time.now(), new Uint8Array(10));
  const entries = chunks.map((left, at): SegmentEntry => {
    const all = batchesOf(at * perChunk, left, batches);
    const timestampMax = ((at + 1) * perChunk - 1) * 1_000;
    return { ...id, batches: all, count: perChunk, timestampMax };
  });
  const { parts, placed, crc32c } = buildSegment(entries);
  await world.account.objects.put({ key: segmentKey(segment), parts, crc32c });
  for (const [at, { position, length }] of placed.entries()) {
    const { timestampMax, count } = entries[at] as SegmentEntry;
    const ref = encodeRef({ segment, position, length, count, timestampMax });
    const chunk = { baseOffset: at * perChunk, refs: [ref], timeThrough: timestampMax };
    await world.account.stored.write({ put: chunkOf(id, chunk) });
  }
  const end = chunks.length * perChunk;
  const ends = { [headItem.nextOffset]: end, [headItem.tailBase]: end };
  const timeBefore = { [headItem.timeBefore]: (end - 1) * 1_000 };
  await world.account.stored.write({ put: { ...newHead(id), ...ends, ...timeBefore } });
  // What was there before is not read any more.
  await world.time.sleep(2_000);
  return id;
}

export function nothingLeft(chunks: number): readonly Left[] {
  return Array.from({ length: chunks }, () => []);
}

/** The same world to processes whose reads are all strong: of a long log the weak ones take long to
 * be made up. */
export function readStrongly(world: World, settings: Partial<EngineSettings> = {}): World {
  const { objects, table } = world.account;
  const query: typeof table.query = (range) => table.query({ ...range, strong: true });
  const parts = { objects, table: { ...table, query }, clock: world.time, settings };
  return { ...world, newEngine: () => createEngine({ ...parts, chance: seededChance(1) }) };
}

function batchesOf(baseOffset: number, left: Left, batches: number): readonly Uint8Array[] {
  const count = perChunk / batches;
  return Array.from({ length: batches }, (_, part) => {
    const base = baseOffset + part * count;
    const records = Array.from({ length: count }, (_none, at) => ({
      key: Buffer.from('k'),
      value: Buffer.from(String(base + at)),
      headers: [],
      timestamp: (base + at) * 1_000,
    }));
    const whole = encodeBatch({ records, compression: 'none' });
    setBaseOffset(whole, 0, base);
    return keepOnly(whole, (offset) => left.includes(offset - baseOffset));
  });
}

function keepOnly(batch: Uint8Array, isLeft: (offset: number) => boolean): Uint8Array {
  const combined = combineBatches([batch], {
    compression: 'none',
    decompressedBytesMax: batch.length,
    keep: ({ offset }) => isLeft(offset),
  });
  if (combined.kind === 'malformed' || combined.batches.length !== 1) throw new Error('one batch');
  return combined.batches[0] as Uint8Array;
}
