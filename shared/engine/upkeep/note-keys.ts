// The last offsets of the keys of a stretch of log: the first half of a compaction's run, as far as
// memory and time allow. A stretch that is too large for them is cut, and what is left comes with
// the next pass.

import { EngineError } from '../../errors.ts';
import { compactionKeysMax } from '../../housekeeping-limits.ts';
import type { EpochMillis, PartitionId } from '../../ids.ts';
import { storedRecordsBytesMax } from '../../limits.ts';
import type { Chunk } from '../../log/chunk.ts';
import { LastOffsets } from '../../log/last-offsets.ts';
import { eachRecord } from '../../record/each-record.ts';
import type { Call, Engine } from '../engine.ts';
import { readChunkBatches } from './chunk-batches.ts';
import { chunksBetween } from './read-chunks.ts';

export type Stretch = {
  /** The base of the chunk in which it begins. */
  readonly chunk: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Chunks that end below may be there again, and their objects gone. */
  readonly logStart: number;
};

export type NotedKeys = {
  readonly lastOffsets: LastOffsets;
  /** As far as they are noted: above `from`. */
  readonly to: number;
};

/** @param stretch.until when it is cut, after what was read by then.
 * @returns undefined: an object is gone, since others have rewritten some of it.
 * @throws EngineError DAMAGED, THROTTLED, UNAVAILABLE */
export async function noteKeys(
  engine: Engine,
  call: Call,
  id: PartitionId,
  stretch: Stretch & { readonly until: EpochMillis; readonly keysMax?: number },
): Promise<NotedKeys | undefined> {
  const { from, to, until, keysMax = compactionKeysMax } = stretch;
  const lastOffsets = new LastOffsets(keysMax);
  const chunks = chunksOf(engine, call, id, stretch);
  for await (const read of readChunkBatches(engine, call, id, chunks)) {
    if (read === 'missing') return undefined;
    for (const batch of read.batches) {
      const full = noteBatch(lastOffsets, batch, { from, to });
      if (full !== undefined) return { lastOffsets, to: full };
    }
    const { endOffset } = read.chunk;
    const isOver = read.isLastRead && engine.clock.now() >= until;
    if (isOver && endOffset < to) return { lastOffsets, to: endOffset };
  }
  return { lastOffsets, to };
}

async function* chunksOf(
  engine: Engine,
  call: Call,
  id: PartitionId,
  { chunk: from, to, logStart }: Stretch,
): AsyncGenerator<Chunk> {
  for await (const chunk of chunksBetween(engine, call, id, { from, to })) {
    if (chunk.endOffset > logStart) yield chunk;
  }
}

/** @returns the offset of a record whose key has no room.
 * @throws EngineError DAMAGED */
function noteBatch(
  lastOffsets: LastOffsets,
  batch: Uint8Array,
  { from, to }: Pick<Stretch, 'from' | 'to'>,
): number | undefined {
  let full: number | undefined;
  const seen = eachRecord(batch, storedRecordsBytesMax, ({ offset, key }) => {
    if (offset >= to) return false;
    if (offset < from || key === null || lastOffsets.set(key, offset)) return true;
    full = offset;
    return false;
  });
  if (typeof seen === 'boolean') return full;
  throw new EngineError('DAMAGED', `stored records cannot be read: ${seen.reason}`);
}
