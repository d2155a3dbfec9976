// Writing the object of a rewrite: the records of each chunk as few batches, one entry a chunk, put
// whole before any chunk names it. What is read for it is kept for nobody: whoever reads a log from
// end to end would only drive out what others read again and again.
//
// It is cut, at a chunk, once it is as large as an object may be, or half of the time is over: what
// its chunks become is not known before, and a run that kept nothing would only be made again.

import { assert } from '../../assert.ts';
import { EngineError } from '../../errors.ts';
import { mergeBytesAim, rewrittenRefBytesAim } from '../../housekeeping-limits.ts';
import type { PartitionId, SegmentId } from '../../ids.ts';
import { storedRecordsBytesMax } from '../../limits.ts';
import type { Chunk } from '../../log/chunk.ts';
import { encodeRef } from '../../log/ref.ts';
import { gapIn } from '../../log/refs.ts';
import type { Swap } from '../../log/rewrite.ts';
import { readBatchHeader } from '../../record/batch-header.ts';
import { type CombineOptions, combineBatches } from '../../record/combine-batches.ts';
import { buildSegment, type PlacedEntry, type SegmentEntry } from '../../segment/segment.ts';
import type { Call, Engine } from '../engine.ts';
import { headIfThere } from '../heads.ts';
import { putSegment } from '../put-segment.ts';
import { type ChunkBatches, readChunkBatches } from './chunk-batches.ts';

export type ChunksToRewrite = {
  readonly id: PartitionId;
  /** Where the first of them begins, or the log. */
  readonly from: number;
  /** The id that the object gets. */
  readonly object: SegmentId;
  /** At least one, in their order. */
  readonly chunks: readonly Chunk[];
  readonly options: Omit<CombineOptions, 'decompressedBytesMax'>;
};

export type Rewritten = {
  /** The id that it got. */
  readonly object: SegmentId;
  readonly swaps: readonly Swap[];
  /** Stored, before and after. */
  readonly bytesIn: number;
  readonly bytesOut: number;
};

/** As many of them as go into one object, at least one.
 * @returns undefined: a chunk or an object is not there any more, since others were at it.
 * @throws EngineError DAMAGED: what is stored cannot be read, or a chunk is lost; THROTTLED,
 *   UNAVAILABLE */
export async function rewriteChunks(
  engine: Engine,
  call: Call,
  { id, object, chunks, from, options }: ChunksToRewrite,
): Promise<Rewritten | undefined> {
  const gap = gapIn(chunks, from);
  if (gap !== undefined) {
    await checkDropped(engine, call, id, gap);
    return undefined;
  }
  const rewritten: RewrittenChunk[] = [];
  let [bytesIn, bytesOut] = [0, 0];
  const until = (engine.clock.now() + call.deadline) / 2;
  for await (const read of readChunkBatches(engine, call, id, chunks)) {
    if (read === 'missing') return undefined;
    const { chunk } = read;
    const entries = entriesOf(id, read, options);
    rewritten.push({ chunk, entries });
    bytesIn += chunk.bytes;
    bytesOut += entries.reduce((sum, { batches }) => sum + lengthOf(batches), 0);
    if (bytesOut >= mergeBytesAim || engine.clock.now() >= until) break;
  }
  const segment = buildSegment(rewritten.flatMap(({ entries }) => entries));
  const stored = await putSegment(engine, call, object, segment);
  const placed = segment.placed.values();
  const swaps = rewritten.map(({ chunk, entries }): Swap => {
    const refs = entries.map(({ count, timestampMax }) => {
      const { position, length } = placed.next().value as PlacedEntry;
      return encodeRef({ segment: stored, position, length, count, timestampMax });
    });
    return { chunk, refs };
  });
  return { object: stored, swaps, bytesIn, bytesOut };
}

type RewrittenChunk = { readonly chunk: Chunk; readonly entries: readonly SegmentEntry[] };

/** Retention takes chunks below a log start that it has raised before.
 * @throws EngineError DAMAGED: it was not retention. Over a lost chunk nothing is rewritten: what a
 *   repair knows of it stands in its neighbours as they were. */
async function checkDropped(
  engine: Engine,
  call: Call,
  id: PartitionId,
  gap: { readonly from: number; readonly to: number },
): Promise<void> {
  const head = await headIfThere(engine, call, id);
  if (head === undefined || gap.to <= head.logStart) return;
  const offsets = `${gap.from} to ${gap.to - 1}`;
  throw new EngineError('DAMAGED', `the index has nothing of offsets ${offsets}`);
}

/** One, unless it would be large: under one ref everybody reads all of it. */
function entriesOf(
  { topicId, partition }: PartitionId,
  { chunk: { baseOffset, endOffset }, batches }: ChunkBatches,
  options: ChunksToRewrite['options'],
): readonly SegmentEntry[] {
  const decompressedBytesMax = storedRecordsBytesMax;
  const combined = combineBatches(batches, { ...options, decompressedBytesMax });
  if (combined.kind === 'malformed') {
    throw new EngineError('DAMAGED', `stored records cannot be read: ${combined.reason}`);
  }
  if (lengthOf(combined.batches) <= rewrittenRefBytesAim) {
    const { timestampMax } = combined;
    const count = endOffset - baseOffset;
    return [{ topicId, partition, batches: combined.batches, count, timestampMax }];
  }
  return stretchesOf(combined.batches).map((stretch) => {
    return { topicId, partition, batches: stretch, ...coveredBy(stretch) };
  });
}

/** Of about the bytes of one ref each. */
function stretchesOf(batches: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const stretches: Uint8Array[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const batch of batches) {
    if (bytes + batch.length > rewrittenRefBytesAim) {
      stretches.push([]);
      bytes = 0;
    }
    stretches.at(-1)?.push(batch);
    bytes += batch.length;
  }
  return stretches;
}

/** The batches are well formed, since they were written a moment ago. */
function coveredBy(batches: readonly Uint8Array[]): Pick<SegmentEntry, 'count' | 'timestampMax'> {
  let [count, timestampMax] = [0, -1];
  for (const batch of batches) {
    const read = readBatchHeader(batch, 0);
    assert(read.kind === 'header', 'a batch that was written has a header');
    count += read.header.lastOffsetDelta + 1;
    timestampMax = Math.max(timestampMax, read.header.maxTimestamp);
  }
  return { count, timestampMax };
}

function lengthOf(batches: readonly Uint8Array[]): number {
  return batches.reduce((sum, { length }) => sum + length, 0);
}
