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
export const largeRefBytes = 4 * mebibyte;
/** Keys that one pass of a compaction compares with: 96 MiB of memory, and half as much again while
 * it grows to that. Of more than these a partition takes several passes. */
export const compactionKeysMax = 3_000_000;
/** A run of housekeeping at its longest: Lambda's bound. */
export const housekeepingMillisMax = 15 * 60 * 1000;
/** How far clocks are apart at most. Where they are further, nothing is lost: some work is done
 * twice. */
export const clockSkewMillisMax = 10 * 60 * 1000;
/** What no ref names is deleted once it is so old: until then it may be on its way into the index.
 * No record's life rests on it: who comes later still is refused. */
export const sweepGraceMillis = 60 * 60 * 1000;
/** Objects that one round of a sweep has in its memory, a few hundred bytes each. Each round reads
 * the whole index once. */
export const sweepObjectsMax = 20_000;

assert(
  housekeepingMillisMax + requestMillisMax + objectCallMillisMax + clockSkewMillisMax <
    sweepGraceMillis,
  'who is at work and awake commits before his object is swept',
);
