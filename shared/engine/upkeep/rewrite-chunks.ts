// Writing the object of a rewrite: the records of each chunk as few batches, one entry a chunk, put
// whole before any chunk names it. What is read for it is kept for nobody: whoever reads a log from
// end to end would only drive out what others read again and again.

import { EngineError } from '../../errors.ts';
import type { PartitionId, SegmentId } from '../../ids.ts';
import { decompressedBytesMax } from '../../limits.ts';
import type { Chunk } from '../../log/chunk.ts';
import { encodeRef } from '../../log/ref.ts';
import type { Swap } from '../../log/rewrite.ts';
import { type CombineOptions, combineBatches } from '../../record/combine-batches.ts';
import { buildSegment, type SegmentEntry } from '../../segment/segment.ts';
import type { Call, Engine } from '../engine.ts';
import { putSegment } from '../put-segment.ts';
import { bytesOfChunk, type ChunkBatches, readChunkBatches } from './chunk-batches.ts';

export type ChunksToRewrite = {
  readonly id: PartitionId;
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

/** @returns undefined: an object is not there any more, since the chunks are old.
 * @throws EngineError DAMAGED: what is stored cannot be read; THROTTLED, UNAVAILABLE */
export async function rewriteChunks(
  engine: Engine,
  call: Call,
  { id, object, chunks, options }: ChunksToRewrite,
): Promise<Rewritten | undefined> {
  const entries: SegmentEntry[] = [];
  let bytesIn = 0;
  for await (const read of readChunkBatches(engine, call, chunks)) {
    if (read === 'missing') return undefined;
    entries.push(entryOf(id, read, options));
    bytesIn += bytesOfChunk(read.chunk);
  }
  const segment = buildSegment(entries);
  const stored = await putSegment(engine, call, object, segment);
  const swaps = chunks.map((chunk, index): Swap => {
    const { position, length } = segment.placed[index] as { position: number; length: number };
    const { timestampMax } = entries[index] as SegmentEntry;
    const count = chunk.endOffset - chunk.baseOffset;
    const ref = encodeRef({ segment: stored, position, length, count, timestampMax });
    return { chunk, ref };
  });
  const bytesOut = segment.placed.reduce((sum, { length }) => sum + length, 0);
  return { object: stored, swaps, bytesIn, bytesOut };
}

function entryOf(
  { topicId, partition }: PartitionId,
  { chunk: { baseOffset, endOffset }, batches }: ChunkBatches,
  options: ChunksToRewrite['options'],
): SegmentEntry {
  const combined = combineBatches(batches, { ...options, decompressedBytesMax });
  if (combined.kind === 'malformed') {
    throw new EngineError('DAMAGED', `stored records cannot be read: ${combined.reason}`);
  }
  const { timestampMax } = combined;
  const count = endOffset - baseOffset;
  return { topicId, partition, batches: combined.batches, count, timestampMax };
}
