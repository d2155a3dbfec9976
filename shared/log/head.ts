// The head: the one item that sequences a partition. An append is one update of it that says
// nothing of what nextOffset must be, so appends of any number of writers never refuse each other.
//
// Invariants: nextOffset = tailBase + the counts of the tail; logStart <= nextOffset; tailBase,
// logStart, evictedUpTo and sweptBefore only rise; a head is made with its topic's partition, never
// by an append.

import type { EpochMillis, PartitionId } from '../ids.ts';
import { tailRefsMax } from '../limits.ts';
import { bytesListIn, type Item, numberIn, type Write } from '../store/algebra.ts';
import { headItem, headKey } from '../store/items.ts';

export type Head = {
  /** The log end offset: what the next record gets. */
  readonly nextOffset: number;
  readonly logStart: number;
  readonly tailBase: number;
  readonly tail: readonly Uint8Array[];
  readonly timeBefore: number;
  /** Segments of this time or before may have been deleted, and are refused. */
  readonly sweptBefore: EpochMillis;
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
    sweptBefore: numberIn(item, headItem.sweptBefore) as EpochMillis,
  };
}

export type Append = {
  readonly id: PartitionId;
  /** Packed (log/ref.ts). */
  readonly ref: Uint8Array;
  readonly count: number;
  readonly segmentTime: EpochMillis;
};

/** One update, without contention. After an unknown outcome it must not be sent again: it would
 * append twice. */
export function appendWrite({ id, ref, count, segmentTime }: Append): Write {
  return {
    update: headKey(id),
    actions: [
      { append: headItem.tail, values: [ref] },
      { set: headItem.nextOffset, to: { attribute: headItem.nextOffset, plus: count } },
    ],
    if: {
      all: [
        { sizeOf: headItem.tail, is: '<', to: tailRefsMax },
        { attribute: headItem.sweptBefore, is: '<', to: segmentTime },
      ],
    },
  };
}

export type AppendRefusal =
  /** The head is not there: the partition does not exist, for good. */
  | { readonly kind: 'no-partition' }
  /** The segment may have been swept: its bytes must go into a newer one. */
  | { readonly kind: 'swept'; readonly head: Head }
  /** A roll is far behind. */
  | { readonly kind: 'tail-full'; readonly head: Head };

/** Why an append was refused, as the item that refused it says. */
export function whyRefused(append: Append, current: Item | undefined): AppendRefusal {
  if (current === undefined) return { kind: 'no-partition' };
  const head = readHead(current);
  return { kind: head.sweptBefore >= append.segmentTime ? 'swept' : 'tail-full', head };
}
