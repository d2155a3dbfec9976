// The batches that chunks name, read for whoever rewrites them. What is read is kept for nobody:
// whoever reads a log from end to end would only drive out what others read again and again.

import { assert } from '../../assert.ts';
import { EngineError } from '../../errors.ts';
import type { PartitionId, SegmentId } from '../../ids.ts';
import type { Chunk } from '../../log/chunk.ts';
import type { PlacedRef } from '../../log/ref.ts';
import { segmentKey } from '../../segment/keys.ts';
import type { Call, Engine } from '../engine.ts';
import { readRanges } from '../ranges.ts';
import { chunksBetween } from './read-chunks.ts';

/** What is read at once, in stored bytes and in refs, each of which may be a GET: some seconds. One
 * chunk may be more. */
const bytesAtOnce = 8 * 1024 * 1024;
const refsAtOnce = 1_024;

export type ChunkBatches = {
  readonly chunk: Chunk;
  readonly batches: readonly Uint8Array[];
  /** The next one is yet to be read. */
  readonly isLastRead: boolean;
};

/** One after the other, in their order; several are read at once.
 * @returns 'missing', and then no more: an object is not there any more, since the chunks are old.
 * @throws EngineError DAMAGED: also when it is missing though they are not; THROTTLED,
 *   UNAVAILABLE */
export async function* readChunkBatches(
  engine: Engine,
  call: Call,
  id: PartitionId,
  chunks: Iterable<Chunk> | AsyncIterable<Chunk>,
): AsyncGenerator<ChunkBatches | 'missing'> {
  for await (const group of groupsOf(chunks)) {
    const how = { keeps: false, inFlight: engine.settings.rewriteReadsInFlight };
    const read = await readRanges(engine, call, group.flatMap(refsOf), how);
    if (read.kind === 'missing') {
      await checkReplaced(engine, call, id, group, read.segment);
      yield 'missing';
      return;
    }
    let first = 0;
    for (const chunk of group) {
      // What is done with a chunk is work without a pause: requests of this process come between.
      await engine.clock.turn();
      const ranges = read.ranges.slice(first, first + chunk.length);
      const batches = ranges.flatMap((range) => range.batches.map(({ bytes }) => bytes));
      yield { chunk, batches, isLastRead: chunk === group.at(-1) };
      first += chunk.length;
    }
  }
}

/** Whoever deletes an object sees to it first that no chunk names it.
 * @throws EngineError DAMAGED: one does all the same */
async function checkReplaced(
  engine: Engine,
  call: Call,
  id: PartitionId,
  chunks: readonly Chunk[],
  missing: SegmentId,
): Promise<void> {
  const old = chunks.find((chunk) => refsOf(chunk).some(({ segment }) => segment === missing));
  assert(old, 'what was read is what the chunks name');
  const { baseOffset: from, packed } = old;
  for await (const now of chunksBetween(engine, call, id, { from, to: from + 1, first: 1 })) {
    if (Buffer.compare(now.packed, packed) !== 0) continue;
    throw new EngineError('DAMAGED', `the index names ${segmentKey(missing)}, which is not stored`);
  }
}

async function* groupsOf(
  chunks: Iterable<Chunk> | AsyncIterable<Chunk>,
): AsyncGenerator<readonly Chunk[]> {
  let group: Chunk[] = [];
  let bytes = 0;
  let refs = 0;
  for await (const chunk of chunks) {
    const own = chunk.bytes;
    const isFull = bytes + own > bytesAtOnce || refs + chunk.length > refsAtOnce;
    if (isFull && group.length > 0) {
      yield group;
      group = [];
      bytes = 0;
      refs = 0;
    }
    group.push(chunk);
    bytes += own;
    refs += chunk.length;
  }
  if (group.length > 0) yield group;
}

function refsOf(chunk: Chunk): readonly PlacedRef[] {
  return Array.from({ length: chunk.length }, (_, index) => chunk.at(index));
}
