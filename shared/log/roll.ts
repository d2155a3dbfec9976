// The roll: whole chunks of refs move from the head into items of their own, so that the head stays
// small and a fetch of any age needs one chunk. First the chunks are put, each if absent; then one
// cut removes their refs from the head if tailBase is still what it was. Between the two, a ref is
// in both places, and readers let the tail win. Several rollers at once do the same writes or are
// refused.
//
// Producers leave the head by updates of their own (producers.ts): of a cut that waited for them to
// rest, nothing would come where many are at work.

import type { PartitionId } from '../ids.ts';
import { refsPerChunk, removeFirstMax, residentProducersBusyMax } from '../limits.ts';
import type { Write } from '../store/algebra.ts';
import { headItem, headKey } from '../store/items.ts';
import { chunkOf } from './chunk.ts';
import type { Head } from './head.ts';
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
    passes(head.residents.size, added.producers, residentProducersBusyMax)
  );
}

/** For one whose append another's may have hidden: whether there is enough to roll at all. */
export function isOverfull({ tail, residents }: Head): boolean {
  return tail.length >= refsPerChunk || residents.size >= residentProducersBusyMax;
}

function passes(size: number, added: number, multiple: number): boolean {
  return Math.floor(size / multiple) > Math.floor((size - added) / multiple);
}

/** undefined: there is no whole chunk in the tail. */
export function planRoll(id: PartitionId, head: Head): RollPlan | undefined {
  const whole = Math.min(Math.floor(head.tail.length / refsPerChunk), chunksPerCutMax);
  if (whole === 0) return undefined;
  const puts: Write[] = [];
  let baseOffset = head.tailBase;
  let timeThrough = head.timeBefore;
  for (let chunk = 0; chunk < whole; chunk++) {
    const refs = head.tail.slice(chunk * refsPerChunk, (chunk + 1) * refsPerChunk);
    for (const ref of refs) timeThrough = Math.max(timeThrough, refTimestampMax(ref));
    puts.push({ put: chunkOf(id, { baseOffset, refs, timeThrough }), if: { item: 'absent' } });
    for (const ref of refs) baseOffset += refCount(ref);
  }
  const cut: Write = {
    update: headKey(id),
    actions: [
      { removeFirst: headItem.tail, count: whole * refsPerChunk },
      { set: headItem.tailBase, to: { value: baseOffset } },
      { set: headItem.timeBefore, to: { value: timeThrough } },
    ],
    if: { attribute: headItem.tailBase, is: '=', to: head.tailBase },
  };
  return { puts, cut };
}
