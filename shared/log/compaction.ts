// What is compacted next of a partition, and which records a compaction leaves out.
//
//     log start     cleaned, one record a key     cleanedTo     dirty     to      not to be touched
//     |-------------------------------------------|----------------------|-----------------------|
//
// A pass notes the last offset of every key of the dirty part, and then rewrites all chunks from
// the log start on without what it knows to be superseded. Once it is over, there is one record of
// every key below `to`, and the dirty part begins there. A pass is larger than a run: how far it is
// stands in the partition's rewrite item, written with each swap, and the next run notes the keys
// anew. They are the same: what left the log since was superseded by them.
//
// Tombstones (KIP-534): the first rewrite that keeps one writes into its batch until when it stays,
// and a later one leaves it out. Nothing older of its key is there again by that: the pass that
// first kept it came from the log start, and had left out all of that before. So a chunk is left as
// it is only if nothing in it is superseded, and never because it is not much.
//
// Invariants: cleanedTo only rises. Of two records of a key below it, only one is in the log. A
// record at or above a pass's `to` is left alone, and nothing is compared with it.
//
// Source: Kafka's documentation, "Log Compaction"; KIP-534; KIP-58 for the lag.

import {
  mergeAgeMillis,
  mergeBytesDue,
  mergeChunksDue,
  sweepGraceMillis,
} from '../housekeeping-limits.ts';
import type { EpochMillis } from '../ids.ts';
import { chunkCacheMillis, timestampMax } from '../limits.ts';
import type { RecordToJudge } from '../record/each-record.ts';
import type { Chunk } from './chunk.ts';
import type { LastOffsets } from './last-offsets.ts';
import { refTime } from './ref.ts';
import type { CompactionSettings } from './topic-configs.ts';

export type Compaction = {
  readonly cleanedTo: number;
  /** The base of the first chunk that reaches past cleanedTo. */
  readonly dirtyFrom: number;
  /** When the last pass was over; 0: there was none. */
  readonly cleanedAt: number;
  /** Where the log started when that pass began, and the bytes that were left from there to
   * cleanedTo. */
  readonly cleanFrom: number;
  readonly cleanBytes: number;
  /** When the last of the tombstones below cleanedTo may go; -1: there are none. */
  readonly tombstonesUntil: number;
  /** Dirty chunks that were counted before, by such a lag, so that nobody counts them again for
   * nothing. */
  readonly counted?: Dirty & { readonly lagMillisMin: number };
  readonly pass?: Pass;
};

export type Dirty = {
  readonly chunks: number;
  readonly bytes: number;
  /** Where the last of them ends, or they would begin. */
  readonly end: number;
};

export type Pass = {
  /** Exclusive. It may be within a chunk. */
  readonly to: number;
  /** Chunks that begin below are done with. */
  readonly at: number;
  readonly logStart: number;
  /** Left in those, and until when the last of their tombstones stays. */
  readonly bytes: number;
  readonly tombstonesUntil: number;
};

const nothingCleaned: Compaction = {
  cleanedTo: 0,
  dirtyFrom: 0,
  cleanedAt: 0,
  cleanFrom: 0,
  cleanBytes: 0,
  tombstonesUntil: -1,
};

/** @param text JSON; undefined: it was never compacted. */
export function readCompaction(text: string | undefined): Compaction {
  return text === undefined ? nothingCleaned : (JSON.parse(text) as Compaction);
}

/** From where on dirty chunks are to be counted, and how many there are before. */
export function dirtyBefore(
  { dirtyFrom, counted }: Compaction,
  { lagMillisMin }: CompactionSettings,
): Dirty {
  // By a shorter lag some of them were counted that may not be touched now.
  if (counted !== undefined && counted.lagMillisMin >= lagMillisMin) return counted;
  return { chunks: 0, bytes: 0, end: dirtyFrom };
}

/** Whether all its records are older than the lag. */
export function isCleanable(
  chunk: Chunk,
  { lagMillisMin }: CompactionSettings,
  now: EpochMillis,
): boolean {
  if (lagMillisMin === 0) return true;
  for (let index = 0; index < chunk.length; index++) {
    if (refTime(chunk.at(index)) > now - lagMillisMin) return false;
  }
  return true;
}

export type Situation = {
  readonly logStart: number;
  /** All chunks that may be cleaned. */
  readonly dirty: Dirty;
  readonly now: EpochMillis;
};

/** The pass that is under way, or a new one; undefined: none is due.
 * One under way that would reach what may not be cleaned any more waits until it may. */
export function planPass(
  compaction: Compaction,
  { logStart, dirty, now }: Situation,
  settings: CompactionSettings,
): Pass | undefined {
  const to = Math.max(dirty.end, compaction.cleanedTo);
  const { pass } = compaction;
  if (pass !== undefined && pass.to <= to) return pass;
  const { tombstonesUntil } = compaction;
  const hasPassed = tombstonesUntil >= 0 && tombstonesUntil < now;
  if (!hasPassed && !isDirty(compaction, { logStart, dirty, now }, settings)) return undefined;
  return newPass(to, logStart);
}

export function newPass(to: number, logStart: number): Pass {
  return { to, at: 0, logStart, bytes: 0, tombstonesUntil: -1 };
}

/** As much as the topic says, and worth an object, as for a merge: a partition of few keys would
 * have a pass with every chunk. */
function isDirty(
  compaction: Compaction,
  { logStart, dirty, now }: Situation,
  { dirtyRatioMin }: CompactionSettings,
): boolean {
  const { chunks, bytes } = dirty;
  if (bytes === 0) return false;
  const isWorth =
    chunks >= mergeChunksDue ||
    bytes >= mergeBytesDue ||
    now - compaction.cleanedAt >= mergeAgeMillis;
  return isWorth && bytes >= dirtyRatioMin * (bytes + cleanBytesNow(compaction, logStart));
}

/** Retention has taken its share of them. */
function cleanBytesNow({ cleanFrom, cleanedTo, cleanBytes }: Compaction, logStart: number): number {
  if (logStart >= cleanedTo) return 0;
  return (cleanBytes * (cleanedTo - logStart)) / (cleanedTo - cleanFrom);
}

/** What a pass judges records by. */
export type Cleaning = {
  /** Of the keys from cleanedTo to `to`. */
  readonly lastOffsets: Pick<LastOffsets, 'get'>;
  readonly to: number;
  readonly now: EpochMillis;
  /** What tombstones get that have none. */
  readonly deleteHorizon: number;
};

/** How long after a tombstone was written anew somebody may yet read what is older than it. Who is
 * at work and awake has swapped it in by then, as the grace is asserted to allow for; and who keeps
 * chunks reads what was there before only for so long. */
const unseenMillisMax = sweepGraceMillis + chunkCacheMillis;

/** Until when a tombstone stays that is rewritten for the first time. */
export function deleteHorizonFrom(
  now: EpochMillis,
  { deleteRetentionMillis }: CompactionSettings,
): number {
  return Math.min(now + deleteRetentionMillis + unseenMillisMax, timestampMax);
}

export type Verdict =
  /** `until`: of a tombstone, when it may go; else undefined. */
  | { readonly kind: 'stays'; readonly until: number | undefined }
  /** A later record of its key is below `to`. */
  | { readonly kind: 'superseded' }
  /** A tombstone that everybody has had time to see. */
  | { readonly kind: 'expired' };

const stays: Verdict = { kind: 'stays', until: undefined };
const superseded: Verdict = { kind: 'superseded' };
const expired: Verdict = { kind: 'expired' };

/** A record without a key is from before its topic was compacted, or was put there by the engine.
 * It stays: there is nothing that it could be superseded by. */
export function verdictOn(
  { offset, key, isTombstone, deleteHorizon }: RecordToJudge,
  { lastOffsets, to, now, deleteHorizon: newHorizon }: Cleaning,
): Verdict {
  if (key === null || offset >= to) return stays;
  const last = lastOffsets.get(key);
  if (last !== undefined && offset < last) return superseded;
  if (!isTombstone) return stays;
  if (deleteHorizon === undefined) return { kind: 'stays', until: newHorizon };
  return deleteHorizon < now ? expired : { kind: 'stays', until: deleteHorizon };
}

/** What became of some chunks that follow each other. */
export type Cleaned = {
  /** Of the last of them. */
  readonly base: number;
  readonly end: number;
  /** Left in all of them, and until when the last of their tombstones stays. */
  readonly bytes: number;
  readonly tombstonesUntil: number;
};

/** @returns the state with those done, too: the pass goes on, or is over. */
export function afterChunks(
  compaction: Compaction,
  pass: Pass,
  { base, end, ...cleaned }: Cleaned,
  now: EpochMillis,
): Compaction {
  const bytes = pass.bytes + cleaned.bytes;
  const tombstonesUntil = Math.max(pass.tombstonesUntil, cleaned.tombstonesUntil);
  const next = { ...pass, at: end, bytes, tombstonesUntil };
  if (end < pass.to) return { ...compaction, pass: next };
  return afterPass(next, { dirtyFrom: end > pass.to ? base : end, now });
}

/** Also where retention has taken the rest of what there was to do. */
export function afterPass(
  { to, logStart, bytes, tombstonesUntil }: Pass,
  { dirtyFrom, now }: { readonly dirtyFrom: number; readonly now: EpochMillis },
): Compaction {
  return {
    cleanedTo: to,
    dirtyFrom,
    cleanedAt: now,
    cleanFrom: Math.min(logStart, to),
    cleanBytes: bytes,
    tombstonesUntil,
  };
}
