// The roll: whole chunks of refs move from the head into items of their own, so that the head stays
// one write unit and a fetch of any age needs one chunk. First the chunks are put, each if absent;
// then one cut removes their refs from the head if tailBase is still what it was. Between the two,
// a ref is in both places, and readers let the tail win. Several rollers at once do the same writes
// or are refused.

import type { PartitionId } from '../ids.ts';
import { refsPerChunk, removeFirstMax } from '../limits.ts';
import type { Item, Write } from '../store/algebra.ts';
import { headItem, headKey } from '../store/items.ts';
import { chunkOf } from './chunk.ts';
import type { Head } from './head.ts';
import { refCount, refTimestampMax } from './ref.ts';

/** A cut names every ref it removes. */
const chunksPerCutMax = Math.floor(removeFirstMax / refsPerChunk);

export type RollPlan = { readonly chunks: readonly Item[]; readonly cut: Write };

/** Of the writers that fill a head, the one whose append took it to a multiple rolls: one, not
 * all. */
export function rollIsDue(head: Head): boolean {
  return head.tail.length >= refsPerChunk && head.tail.length % refsPerChunk === 0;
}

/** undefined: there is no whole chunk in the tail. */
export function planRoll(id: PartitionId, head: Head): RollPlan | undefined {
  const whole = Math.min(Math.floor(head.tail.length / refsPerChunk), chunksPerCutMax);
  if (whole === 0) return undefined;
  const chunks: Item[] = [];
  let baseOffset = head.tailBase;
  let timeThrough = head.timeBefore;
  for (let chunk = 0; chunk < whole; chunk++) {
    const refs = head.tail.slice(chunk * refsPerChunk, (chunk + 1) * refsPerChunk);
    for (const ref of refs) timeThrough = Math.max(timeThrough, refTimestampMax(ref));
    chunks.push(chunkOf(id, { baseOffset, refs, timeThrough }));
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
  return { chunks, cut };
}
