// Retention: from where on a log is kept. It goes by whole refs, the oldest first, as Kafka's goes
// by whole segments: those that are too old, and those above the bytes that a partition may have.
// Where a partition is to be read from, deleting records says too, and not by whole refs.
//
// The log start is raised first. Only then what ends at or below it is dropped: refs at the front
// of the tail, and chunks. So a reader whose offset is still in the log loses nothing, and what a
// crash leaves undone is below the log start, where nobody looks.
//
// Invariants: the log start only rises, and never above the end.

import type { ConfigName } from '../config-specs.ts';
import type { PartitionId } from '../ids.ts';
import { refsPerChunk } from '../limits.ts';
import type { Write } from '../store/algebra.ts';
import { headItem, headKey } from '../store/items.ts';
import type { Head } from './head.ts';
import { refCount, refTime, refTimestampMax } from './ref.ts';
import type { Refs } from './refs.ts';
import { hasPolicy, settingIn } from './topic-configs.ts';

export type Retention = {
  /** How long a record is kept; undefined: for ever. */
  readonly millis: number | undefined;
  /** What a partition keeps, as it is stored; undefined: all of it. */
  readonly bytes: number | undefined;
};

/** Of a topic. Where its policy is to compact alone, neither age nor size drops anything.
 * @param chosen settings that differ from the defaults.
 * Source: Apache Kafka, "Topic Configs": cleanup.policy, retention.ms, retention.bytes. */
export function retentionOf(chosen: ReadonlyMap<string, string>): Retention {
  if (!dropsRecords(chosen)) return { millis: undefined, bytes: undefined };
  return {
    millis: boundIn(chosen, 'retention.ms'),
    bytes: boundIn(chosen, 'retention.bytes'),
  };
}

/** Whether records of it may go for another reason than that a later one has their key. */
export function dropsRecords(chosen: ReadonlyMap<string, string>): boolean {
  return hasPolicy(chosen, 'delete');
}

function boundIn(chosen: ReadonlyMap<string, string>, name: ConfigName): number | undefined {
  const bound = Number(settingIn(chosen, name));
  return bound < 0 ? undefined : bound;
}

export type Dropping = {
  /** In milliseconds since 1970: what is older goes. */
  readonly oldest: number;
  /** Where the log starts, as far as it was looked at. */
  readonly start: number;
  /** The next run may lose refs, too. */
  readonly goesOn: boolean;
};

/** The oldest refs of a run go while each is too old.
 * @param run the next one, in the order of offsets, of a chunk or of the tail. */
export function dropOldest(run: Refs, before: Dropping): Dropping {
  let { start } = before;
  for (let index = firstFrom(run, start); index < run.length; index++) {
    const ref = run.at(index);
    if (refTime(ref) >= before.oldest) return { ...before, start, goesOn: false };
    start = ref.baseOffset + ref.count;
  }
  return { ...before, start, goesOn: true };
}

export type Keeping = {
  /** Stored bytes that may stay besides; 0 or less: there are as many as that, from the start on.
   * */
  readonly bytesLeft: number;
  /** From where on they stay, as far as it was looked at. */
  readonly start: number;
};

/** The newest refs of a run stay while there are fewer bytes than may. It goes from the end of the
 * log down, so that each ref is weighed once, and as it is: were those that go weighed against a
 * sum of all, a merge in between would make them lighter, and more of them go.
 * @param run the one before, in the order of offsets, of the tail or of a chunk. */
export function keepNewest(run: Refs, before: Keeping): Keeping {
  let { bytesLeft, start } = before;
  for (let index = run.length - 1; index >= 0 && bytesLeft > 0; index--) {
    const ref = run.at(index);
    bytesLeft -= ref.length;
    start = ref.baseOffset;
  }
  return { bytesLeft, start };
}

/** The first ref that is not wholly below the offset; length: there is none. */
function firstFrom(run: Refs, offset: number): number {
  return run.endOffset <= offset ? run.length : run.indexOf(Math.max(offset, run.baseOffset));
}

/** Refused: it starts there or above already, or there is no such offset. Never creates a head. */
export function raiseLogStart(id: PartitionId, to: number): Write {
  return {
    update: headKey(id),
    actions: [{ set: headItem.logStart, to: { value: to } }],
    if: {
      all: [
        { attribute: headItem.logStart, is: '<', to },
        { attribute: headItem.nextOffset, is: '>=', to },
      ],
    },
  };
}

export type TailCut =
  | { readonly kind: 'nothing' }
  /** A roller may be at work on them. */
  | { readonly kind: 'roll-first' }
  | { readonly kind: 'cut'; readonly write: Write; readonly refs: number };

/** Takes the refs that end at or below the log start from the tail, without a chunk that would only
 * be deleted. A roller must not have planned one of them, since what it puts late would not be
 * where the tail begins.
 *
 * It has not, if the tail is shorter than a chunk: as long as tailBase stays, a tail only grows, so
 * nobody ever saw a whole chunk from there on; and what was planned from a lower tailBase lies
 * below, or its refs would still be in the tail, a chunk of them. */
export function planTailCut(id: PartitionId, head: Head): TailCut {
  const { tail, tailBase, logStart } = head;
  let { timeBefore } = head;
  let base = tailBase;
  let refs = 0;
  for (const ref of tail) {
    const end = base + refCount(ref);
    if (end > logStart) break;
    base = end;
    timeBefore = Math.max(timeBefore, refTimestampMax(ref));
    refs++;
  }
  if (refs === 0) return { kind: 'nothing' };
  if (tail.length >= refsPerChunk) return { kind: 'roll-first' };
  const write: Write = {
    update: headKey(id),
    actions: [
      { removeFirst: headItem.tail, count: refs },
      { set: headItem.tailBase, to: { value: base } },
      { set: headItem.timeBefore, to: { value: timeBefore } },
    ],
    if: {
      all: [
        { attribute: headItem.tailBase, is: '=', to: tailBase },
        { sizeOf: headItem.tail, is: '<', to: refsPerChunk },
      ],
    },
  };
  return { kind: 'cut', write, refs };
}
