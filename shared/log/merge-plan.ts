// What is merged next of a partition: chunks that no merge has seen, together with the objects
// before them that are small beside all of that.
//
//     small objects, oldest first     chunks not merged yet
//     [ 40 MB ] [ 9 MB ] [ 2 MB ] [ 2 MB ]  ......................  head
//                        └──────── merged into one ───────────┘
//
// An object is only merged into one that is growthLeast times as large. So a byte is rewritten a
// few times in its life, however slowly a log grows, and small objects of one size are few.

import {
  largeRefBytes,
  mergeAgeMillis,
  mergeBytesAim,
  mergeBytesDue,
  mergeChunksDue,
} from '../housekeeping-limits.ts';
import { segmentTime } from '../ids.ts';
import type { Chunk } from './chunk.ts';
import { chunksPerRewriteMax, type Rewrites, type SmallObject } from './rewrite.ts';

/** A byte of an object of 300 kB is rewritten four times until it is in one of 64 MB. */
const growthLeast = 4;

/** Chunks from mergedTo on, as many as one object takes. */
export type Unmerged = {
  readonly chunks: number;
  readonly bytes: number;
  /** Where the last of them ends. */
  readonly end: number;
  /** Of the oldest, in milliseconds. */
  readonly age: number;
  /** There are more behind them: the object would be full. */
  readonly isFull: boolean;
};

/** Before the first chunk. */
export function nothingUnmerged(from: number): Unmerged {
  return { chunks: 0, bytes: 0, end: from, age: 0, isFull: false };
}

/** With the next chunk, unless that does not go into the same object any more. */
export function withChunk(unmerged: Unmerged, chunk: Chunk, now: number): Unmerged {
  const { chunks, bytes } = unmerged;
  const hasRoom = chunks < chunksPerRewriteMax && bytes + chunk.bytes <= mergeBytesAim;
  if (isLarge(chunk) || (chunks > 0 && !hasRoom)) return { ...unmerged, isFull: true };
  return {
    chunks: chunks + 1,
    bytes: bytes + chunk.bytes,
    end: chunk.endOffset,
    age: chunks === 0 ? now - segmentTime(chunk.at(0).segment) : unmerged.age,
    isFull: false,
  };
}

/** Of appends that would not be read faster in a larger object. */
export function isLarge(chunk: Chunk): boolean {
  return chunk.bytes / chunk.length >= largeRefBytes;
}

/** Of small appends that no merge has brought together. */
export function isUnmerged(chunk: Chunk): boolean {
  return chunk.length > 1 && !isLarge(chunk);
}

export type MergePlan = {
  /** From where on chunks are merged. */
  readonly from: number;
  readonly to: number;
  /** Objects before that stay as they are. */
  readonly kept: readonly SmallObject[];
};

/** @returns undefined: it is not worth an object yet. */
export function planMerge(
  { mergedTo, small }: Rewrites,
  unmerged: Unmerged,
): MergePlan | undefined {
  if (!isDue(unmerged)) return undefined;
  const absorbed = absorbable(small, unmerged.bytes);
  const kept = small.slice(0, small.length - absorbed);
  const from = absorbed === 0 ? mergedTo : (small[kept.length] as SmallObject).base;
  return { from, to: unmerged.end, kept };
}

function isDue({ chunks, bytes, age, isFull }: Unmerged): boolean {
  if (isFull || chunks >= mergeChunksDue || bytes >= mergeBytesDue) return true;
  return chunks > 1 && age >= mergeAgeMillis;
}

/** How many of the last objects go into the new one: the most that each grow enough by it. */
function absorbable(small: readonly SmallObject[], bytes: number): number {
  let absorbed = 0;
  let total = bytes;
  let largest = 0;
  for (const [index, { bytes: own }] of small.toReversed().entries()) {
    total += own;
    largest = Math.max(largest, own);
    if (total > mergeBytesAim) break;
    if (total >= growthLeast * largest) absorbed = index + 1;
  }
  return absorbed;
}

type Merges = Pick<Rewrites, 'mergedTo' | 'small'>;

/** What is known once all below an offset is swapped. One that ends before what it should have
 * taken along is as a compaction's.
 * @param made.bytes of the object, up to there. */
export function afterMerge(
  before: Merges,
  { from, kept }: Pick<MergePlan, 'from' | 'kept'>,
  { end, bytes }: { readonly end: number; readonly bytes: number },
): Merges {
  if (end < before.mergedTo) return afterCompaction(before, { base: from, end, bytes });
  return { mergedTo: end, small: canGrow(bytes) ? [...kept, { base: from, bytes }] : [] };
}

/** The same, of one that a compaction made in the place of what was there.
 * @param made.bytes 0: none was made, since all of it may stay as it is. */
export function afterCompaction(
  { mergedTo, small }: Merges,
  { base, end, bytes }: { readonly base: number; readonly end: number; readonly bytes: number },
): Merges {
  if (bytes === 0) return end > mergedTo ? { mergedTo: end, small: [] } : { mergedTo, small };
  if (end < mergedTo) return { mergedTo, small: small.filter((one) => one.base >= end) };
  return { mergedTo: end, small: canGrow(bytes) ? [{ base, bytes }] : [] };
}

/** One that cannot has no small ones before it either: they would only be merged with it between
 * them. */
function canGrow(bytes: number): boolean {
  return bytes * growthLeast <= mergeBytesAim;
}
