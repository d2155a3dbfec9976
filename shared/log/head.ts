// The head: the one item that sequences a partition. An append is one update of it that says
// nothing of what nextOffset must be, so appends of any number of writers never refuse each other.
//
// An append may carry stamps (stamp.ts), each a clause of the same update that holds only once:
// such an update may be sent again by anyone, as often as needed.
//
// Invariants: nextOffset = tailBase + the counts of the tail; logStart <= nextOffset; tailBase,
// logStart, evictedUpTo and sweptBefore only rise; a head is made with its topic's partition, never
// by an append.

import { followedHead } from '../contract.ts';
import type { EpochMillis, PartitionId, ProducerKey } from '../ids.ts';
import { residentProducersFull, tailRefsMax } from '../limits.ts';
import {
  type Action,
  bytesListIn,
  type Condition,
  type Item,
  numberIn,
  type Write,
} from '../store/algebra.ts';
import { headItem, headKey } from '../store/items.ts';
import { type Residents, readResidents, residentNames } from './producers.ts';
import { packEpoch } from './stamp.ts';

export type Head = {
  /** The log end offset: what the next record gets. */
  readonly nextOffset: number;
  readonly logStart: number;
  readonly tailBase: number;
  readonly tail: readonly Uint8Array[];
  readonly timeBefore: number;
  /** The greatest last base of any producer that was ever moved out; -1: none was. */
  readonly evictedUpTo: number;
  readonly residents: Residents;
  /** Segments of this time or before may have been deleted, and are refused. */
  readonly sweptBefore: EpochMillis;
  /** Its appends are announced to those who deliver. */
  readonly isFollowed: boolean;
};

export function newHead(id: PartitionId): Item {
  return {
    ...headKey(id),
    [headItem.nextOffset]: 0,
    [headItem.logStart]: 0,
    [headItem.tailBase]: 0,
    [headItem.tail]: [],
    [headItem.timeBefore]: -1,
    [headItem.evictedUpTo]: -1,
    [headItem.sweptBefore]: 0,
  };
}

export function readHead(item: Item): Head {
  return {
    nextOffset: numberIn(item, headItem.nextOffset),
    logStart: numberIn(item, headItem.logStart),
    tailBase: numberIn(item, headItem.tailBase),
    tail: bytesListIn(item, headItem.tail),
    timeBefore: numberIn(item, headItem.timeBefore),
    evictedUpTo: numberIn(item, headItem.evictedUpTo),
    residents: readResidents(item),
    sweptBefore: numberIn(item, headItem.sweptBefore) as EpochMillis,
    isFollowed: headItem.followed in item,
  };
}

/** Never creates a head. */
export function followWrite(id: PartitionId, follows: boolean): Write {
  const attribute = headItem.followed;
  const action: Action = follows
    ? { set: attribute, to: { value: followedHead.value } }
    : { remove: attribute };
  return { update: headKey(id), actions: [action] };
}

export type Append = {
  readonly id: PartitionId;
  /** Packed (log/ref.ts), in the order of their offsets: one, or one for each stretch of the
   * segment that is left where others were dropped. */
  readonly refs: readonly Uint8Array[];
  /** Offsets that all of them take. */
  readonly count: number;
  readonly segmentTime: EpochMillis;
  /** One a producer; none: a plain append, which must not be sent again after an unknown outcome,
   * since it would append twice. */
  readonly stamps: readonly StampedRun[];
};

/** What one producer appends at once: batches that follow each other. */
export type StampedRun = {
  readonly producer: ProducerKey;
  readonly epoch: number;
  /** The sequence of the first record, and the one that comes after the last. */
  readonly sequence: number;
  readonly next: number;
  /** The last batch's first sequence, and how many of the append's offsets come before it. */
  readonly last: { readonly sequence: number; readonly offset: number };
  /** undefined: it is in the head. Else the nextOffset of a head that it was not in, read before
   * the item that says what it was. */
  readonly absentAt?: number;
};

/** One update, without contention: nobody says what nextOffset must be. */
export function appendWrite({ id, refs, count, segmentTime, stamps }: Append): Write {
  return {
    update: headKey(id),
    actions: [
      { append: headItem.tail, values: refs },
      { set: headItem.nextOffset, to: { attribute: headItem.nextOffset, plus: count } },
      ...stamps.flatMap(assignments),
    ],
    if: {
      all: [
        { sizeOf: headItem.tail, is: '<', to: tailRefsMax },
        { attribute: headItem.sweptBefore, is: '<', to: segmentTime },
        ...stamps.map(clause),
        ...newcomers(stamps),
      ],
    },
  };
}

function assignments({ producer, epoch, next, last }: StampedRun): readonly Action[] {
  const names = residentNames(producer);
  const base = { attribute: headItem.nextOffset };
  return [
    { set: names.next, to: { value: packEpoch(epoch, next) } },
    { set: names.first, to: { value: last.sequence } },
    { set: names.base, to: last.offset === 0 ? base : { ...base, plus: last.offset } },
  ];
}

/** True once: the assignments make it false, and nothing makes it true again. A first sequence
 * begins a new epoch, or the sequences of its own anew (nothing else leaves a next one of 0). */
function clause({ producer, epoch, sequence, absentAt }: StampedRun): Condition {
  const attribute = residentNames(producer).next;
  if (absentAt !== undefined) return { attribute, is: 'absent' };
  return { attribute, is: sequence === 0 ? '<=' : '=', to: packEpoch(epoch, sequence) };
}

/** Nobody was evicted who joined since the head was read that a newcomer was not in: had he
 * himself, his item would say more than what was read. */
function newcomers(stamps: readonly StampedRun[]): readonly Condition[] {
  const reads = stamps.flatMap(({ absentAt }) => (absentAt === undefined ? [] : [absentAt]));
  if (reads.length === 0) return [];
  return [{ attribute: headItem.evictedUpTo, is: '<', to: Math.min(...reads) }];
}

/** As for a full tail: a roll is far behind. It is looked at, and not asked in the update, so a few
 * more may come in between. */
export function newcomersMustWait({ residents }: Head): boolean {
  return residents.size >= residentProducersFull;
}

/** Refuses every append of a segment of that time or before, however late it comes. It never
 * creates a head, and never lowers. */
export function fenceAppends(id: PartitionId, time: EpochMillis): Write {
  const attribute = headItem.sweptBefore;
  return {
    update: headKey(id),
    actions: [{ set: attribute, to: { value: time } }],
    if: { attribute, is: '<', to: time },
  };
}

export type AppendRefusal =
  /** The head is not there: the partition does not exist, for good. */
  | { readonly kind: 'no-partition' }
  /** The segment may have been swept: its bytes must go into a newer one. */
  | { readonly kind: 'swept'; readonly head: Head }
  /** A roll is far behind. */
  | { readonly kind: 'full'; readonly head: Head }
  /** One of the stamps does not come next, or not any more. */
  | { readonly kind: 'stamps'; readonly head: Head };

/** Why an append was refused, as the item that refused it says. */
export function whyRefused({ segmentTime }: Append, current: Item | undefined): AppendRefusal {
  if (current === undefined) return { kind: 'no-partition' };
  const head = readHead(current);
  if (head.sweptBefore >= segmentTime) return { kind: 'swept', head };
  return { kind: head.tail.length >= tailRefsMax ? 'full' : 'stamps', head };
}
