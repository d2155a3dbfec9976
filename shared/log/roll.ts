// The roll: whole chunks of refs move from the head into items of their own, and producers beyond
// the few that a head keeps into theirs, so that the head stays about one write unit and a fetch of
// any age needs one chunk. First the items are put, chunks if absent, producers if that takes them
// forward; then one cut removes from the head what was put, if it is all as it was. Between the two
// a thing is in both places, and readers let the head win. Several rollers at once do the same
// writes or are refused.

import type { EpochMillis, PartitionId } from '../ids.ts';
import {
  evictionsPerCutMax,
  refsPerChunk,
  removeFirstMax,
  residentProducersMax,
} from '../limits.ts';
import type { Action, Write } from '../store/algebra.ts';
import { headItem, headKey } from '../store/items.ts';
import { chunkOf } from './chunk.ts';
import type { Head } from './head.ts';
import { planEviction, type Residents } from './producers.ts';
import { refCount, refTimestampMax } from './ref.ts';

/** A cut names every ref it removes. */
const chunksPerCutMax = Math.floor(removeFirstMax / refsPerChunk);

export type RollPlan = {
  /** Each to be done, or found done, before the cut. */
  readonly puts: readonly Write[];
  readonly cut: Write;
};

/** Of the writers that fill a head, the one whose append took its refs, or its producers, to or
 * past a multiple rolls: one, not all.
 * @param added what that append put into the head. */
export function rollIsDue(
  head: Head,
  added: { readonly refs: number; readonly producers: number },
): boolean {
  return (
    passes(head.tail.length, added.refs, refsPerChunk) ||
    passes(head.residents.size, added.producers, evictionsPerCutMax)
  );
}

/** For one whose append another's may have hidden: whether there is enough to roll at all. */
export function isOverfull({ tail, residents }: Head): boolean {
  return tail.length >= refsPerChunk || residents.size >= evictionsPerCutMax;
}

function passes(size: number, added: number, multiple: number): boolean {
  return Math.floor(size / multiple) > Math.floor((size - added) / multiple);
}

/** undefined: there is nothing to move. */
export function planRoll(id: PartitionId, head: Head, now: EpochMillis): RollPlan | undefined {
  const whole = Math.min(Math.floor(head.tail.length / refsPerChunk), chunksPerCutMax);
  const leaving = producersThatLeave(head);
  if (whole === 0 && leaving.size === 0) return undefined;
  const { evictedUpTo } = head;
  const { puts, conditions, actions } = planEviction(id, leaving, { evictedUpTo, now });
  const chunks = planChunks(id, head, whole);
  return {
    puts: [...chunks.puts, ...puts],
    cut: {
      update: headKey(id),
      actions: [...chunks.actions, ...actions],
      if: {
        all: [{ attribute: headItem.tailBase, is: '=', to: head.tailBase }, ...conditions],
      },
    },
  };
}

function planChunks(
  id: PartitionId,
  head: Head,
  whole: number,
): { readonly puts: readonly Write[]; readonly actions: readonly Action[] } {
  if (whole === 0) return { puts: [], actions: [] };
  const puts: Write[] = [];
  let baseOffset = head.tailBase;
  let timeThrough = head.timeBefore;
  for (let chunk = 0; chunk < whole; chunk++) {
    const refs = head.tail.slice(chunk * refsPerChunk, (chunk + 1) * refsPerChunk);
    for (const ref of refs) timeThrough = Math.max(timeThrough, refTimestampMax(ref));
    puts.push({ put: chunkOf(id, { baseOffset, refs, timeThrough }), if: { item: 'absent' } });
    for (const ref of refs) baseOffset += refCount(ref);
  }
  return {
    puts,
    actions: [
      { removeFirst: headItem.tail, count: whole * refsPerChunk },
      { set: headItem.tailBase, to: { value: baseOffset } },
      { set: headItem.timeBefore, to: { value: timeThrough } },
    ],
  };
}

/** Those whose last batch is oldest: whoever is at work stays. */
function producersThatLeave({ residents }: Head): Residents {
  const over = residents.size - residentProducersMax;
  if (over <= 0) return new Map();
  const oldestFirst = [...residents].sort(([, one], [, other]) => one.base - other.base);
  return new Map(oldestFirst.slice(0, Math.min(over, evictionsPerCutMax)));
}
