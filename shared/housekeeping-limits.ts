// The limits of housekeeping: merges, compactions and the sweep, as limits.ts has those of the log.

import { assert } from './assert.ts';
import { objectCallMillisMax, requestMillisMax } from './limits.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** What a merge aims at: as large as one PUT of a function's memory easily is. */
export const mergeBytesAim = 64 * mebibyte;
/** A merge is worth an object from here on: of so many chunks, so many bytes, or that age. */
export const mergeChunksDue = 64;
export const mergeBytesDue = 8 * mebibyte;
export const mergeAgeMillis = 60 * 60 * 1000;
/** Appends of this size on the average are left as they are: a larger object would not be read
 * faster. */
export const largeRefBytes = mebibyte;
/** What a rewrite writes under one ref: who wants one record reads all of that. */
export const rewrittenRefBytesAim = 4 * mebibyte;
/** Appends that a rewrite reads at once: at 20 ms each some thousands a second, as many as a
 * partition takes. */
export const rewriteReadsInFlightMax = 64;
/** Keys that one pass of a compaction compares with: 96 MiB of memory, and half as much again while
 * it grows to that. Of more than these a partition takes several passes. */
export const compactionKeysMax = 3_000_000;
/** A run of housekeeping at its longest: Lambda's bound. */
export const housekeepingMillisMax = 15 * 60 * 1000;
/** Rolls of a partition that are looked after together: the longest that the stream of a table
 * gathers. */
export const rollsGatherMillis = 5 * 60 * 1000;
/** How often every partition is looked after, and what nobody reaches is cleared away: a run of
 * that deletes one to two million objects, each of which takes a GET. */
export const upkeepIntervalMillis = 60 * 60 * 1000;
export const collectIntervalMillis = 3 * 60 * 60 * 1000;
/** How far clocks are apart at most. Where they are further, nothing is lost: some work is done
 * twice. */
export const clockSkewMillisMax = 10 * 60 * 1000;
/** What no ref names is deleted once it is so old: until then it may be on its way into the index.
 * No record's life rests on it: who comes later still is refused. A tombstone's time counts it. */
export const sweepGraceMillis = 60 * 60 * 1000;
/** One page of ListObjectsV2. */
export const objectsListMax = 1_000;
/** Objects that one round of a sweep has in its memory, 150 to 350 bytes each: a hundred megabytes
 * or so, which a process that also serves requests can spare as well. A round looks at the whole
 * index twice, and at so many footers once, which takes about as long in a large store. */
export const sweepObjectsMax = 500_000;

assert(
  housekeepingMillisMax + requestMillisMax + objectCallMillisMax + clockSkewMillisMax <
    sweepGraceMillis,
  'who is at work and awake commits before his object is swept',
);

assert(
  rewrittenRefBytesAim >= 4 * largeRefBytes,
  'a chunk that is rewritten as several refs has large ones: it is not taken for unmerged',
);
