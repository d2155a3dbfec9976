// Compacting some chunks: they are looked at, and written anew if that changes anything. Of a log
// in which nothing is superseded nothing is written, however often it is looked at.

import { EngineError } from '../../errors.ts';
import type { PartitionId, SegmentId } from '../../ids.ts';
import { storedRecordsBytesMax } from '../../limits.ts';
import type { Chunk } from '../../log/chunk.ts';
import { type Cleaned, type Cleaning, verdictOn } from '../../log/compaction.ts';
import { isEmptied } from '../../log/emptied-ref.ts';
import { isUnmerged } from '../../log/merge-plan.ts';
import { refLength } from '../../log/ref.ts';
import type { Compression } from '../../record/codec.ts';
import type { RecordToJudge } from '../../record/each-record.ts';
import { eachRecord } from '../../record/each-record.ts';
import type { Call, Engine } from '../engine.ts';
import { readChunkBatches } from './chunk-batches.ts';
import { type Rewritten, rewriteChunks } from './rewrite-chunks.ts';

export type ChunksToCompact = {
  readonly id: PartitionId;
  /** Where the first of them begins, or the log. */
  readonly from: number;
  /** The id that what is written gets. */
  readonly object: SegmentId;
  /** At least one, in their order. */
  readonly chunks: readonly Chunk[];
  readonly cleaning: Cleaning;
  readonly compression: Compression;
};

export type CompactedChunks = {
  /** Up to an offset. */
  readonly cleanedAt: (end: number) => Cleaned;
  /** Absent: all stays as it is. */
  readonly rewritten?: Rewritten;
  /** Records that were left out. */
  readonly records: number;
};

/** Nobody sees it before it is swapped in.
 * @returns undefined: an object is gone, since others have rewritten some of them.
 * @throws EngineError DAMAGED, THROTTLED, UNAVAILABLE */
export async function compactChunks(
  engine: Engine,
  call: Call,
  { id, from, object, chunks, cleaning, compression }: ChunksToCompact,
): Promise<CompactedChunks | undefined> {
  const look = await lookAt(engine, call, { id, chunks, cleaning });
  if (look === 'missing') return undefined;
  if (!look.changes) {
    const cleanedAt = cleanedBy(chunks.map(sizeOf), look.tombstonesUntil);
    return { cleanedAt, records: 0 };
  }
  let records = 0;
  let tombstonesUntil = -1;
  const keep = (record: RecordToJudge) => {
    const verdict = verdictOn(record, cleaning);
    if (verdict.kind !== 'stays') records++;
    else tombstonesUntil = Math.max(tombstonesUntil, verdict.until ?? -1);
    return verdict.kind === 'stays';
  };
  const { deleteHorizon } = cleaning;
  const rewritten = await rewriteChunks(engine, call, {
    id,
    from,
    object,
    chunks,
    options: { compression, keep, ...(isWithin(chunks, cleaning) ? { deleteHorizon } : {}) },
  });
  if (rewritten === undefined) return undefined;
  const sizes = rewritten.swaps.map(({ chunk, refs }) => {
    return { ...sizeOf(chunk), bytes: refs.reduce((sum, ref) => sum + refLength(ref), 0) };
  });
  return { cleanedAt: cleanedBy(sizes, tombstonesUntil), rewritten, records };
}

/** Past the end of the pass nobody has looked for what is older than a tombstone: it is not told
 * yet until when it stays. Nor are those before it in that chunk: the next pass does it. */
function isWithin(chunks: readonly Chunk[], { to }: Cleaning): boolean {
  return chunks.every(({ endOffset }) => endOffset <= to);
}

type Look = { readonly changes: boolean; readonly tombstonesUntil: number };

/** Ends with the first thing that changes. */
async function lookAt(
  engine: Engine,
  call: Call,
  { id, chunks, cleaning }: Pick<ChunksToCompact, 'id' | 'chunks' | 'cleaning'>,
): Promise<Look | 'missing'> {
  const isAllWithin = isWithin(chunks, cleaning);
  let tombstonesUntil = -1;
  const isAsItStays = (record: RecordToJudge) => {
    const verdict = verdictOn(record, cleaning);
    if (verdict.kind !== 'stays') return false;
    if (verdict.until === undefined) return true;
    tombstonesUntil = Math.max(tombstonesUntil, verdict.until);
    return record.deleteHorizon !== undefined || !isAllWithin;
  };
  if (chunks.some(isUnmerged)) return { changes: true, tombstonesUntil };
  // Of what is emptied nothing is left to look at.
  const kept = chunks.filter((chunk) => chunk.length > 1 || !isEmptied(chunk.at(0)));
  for await (const read of readChunkBatches(engine, call, id, kept)) {
    if (read === 'missing') return read;
    for (const batch of read.batches) {
      const seen = eachRecord(batch, storedRecordsBytesMax, isAsItStays);
      if (seen === false) return { changes: true, tombstonesUntil };
      if (seen === true) continue;
      throw new EngineError('DAMAGED', `stored records cannot be read: ${seen.reason}`);
    }
  }
  return { changes: false, tombstonesUntil };
}

type Size = { readonly base: number; readonly end: number; readonly bytes: number };

function sizeOf(chunk: Chunk): Size {
  return { base: chunk.baseOffset, end: chunk.endOffset, bytes: chunk.bytes };
}

function cleanedBy(sizes: readonly Size[], tombstonesUntil: number): (end: number) => Cleaned {
  return (end) => {
    const done = sizes.filter((size) => size.end <= end);
    const { base } = done.at(-1) as Size;
    return { base, end, bytes: done.reduce((sum, { bytes }) => sum + bytes, 0), tombstonesUntil };
  };
}
