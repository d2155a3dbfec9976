// The next chunks that a compaction rewrites together: as many as make one object, and all of those
// that name an object together, so that nothing names it afterwards and it can be deleted.

import { mergeBytesAim } from '../../housekeeping-limits.ts';
import type { PartitionId } from '../../ids.ts';
import type { Chunk } from '../../log/chunk.ts';
import type { Pass } from '../../log/compaction.ts';
import type { Call, Engine } from '../engine.ts';
import { chunksBetween } from './read-chunks.ts';

/** @param wanted.chunksMax of them. A chunk that reaches past the pass's end comes alone.
 * @returns none: the pass is over. @throws EngineError THROTTLED, UNAVAILABLE */
export async function takeChunks(
  engine: Engine,
  call: Call,
  id: PartitionId,
  wanted: Pick<Pass, 'at' | 'to' | 'logStart'> & { readonly chunksMax: number },
): Promise<readonly Chunk[]> {
  const { at, to, logStart, chunksMax } = wanted;
  const taken: Chunk[] = [];
  let bytes = 0;
  let whole = 0;
  for await (const chunk of chunksBetween(engine, call, id, { from: at, to })) {
    if (chunk.endOffset <= logStart) continue;
    bytes += chunk.bytes;
    if (!isOfSameObject(taken.at(-1), chunk)) whole = taken.length;
    const isFull = bytes > mergeBytesAim || taken.length >= chunksMax || chunk.endOffset > to;
    if (isFull && taken.length > 0) return taken.slice(0, whole === 0 ? taken.length : whole);
    taken.push(chunk);
  }
  return taken;
}

function isOfSameObject(before: Chunk | undefined, chunk: Chunk): boolean {
  if (before === undefined || before.length > 1 || chunk.length > 1) return false;
  return before.at(0).segment === chunk.at(0).segment;
}
