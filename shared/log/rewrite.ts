// Rewrites: whole chunks get one ref each in the place of theirs (or, of much, a few), to a newer
// object that holds the bytes of many. A merge keeps every record, a compaction those that no later
// one supersedes.
//
// A swap is one transaction: each chunk, if its refs are still those that were read, and the
// partition's rewrite item, if nobody else has swapped and the object was not swept meanwhile. So
// whoever thaws late swaps nothing in. The item stands beside the head, and not in it: a
// transaction on a head would be in the way of its appends.
//
// Invariants: a chunk's key, its offsets and its timeThrough never change; `sweptBefore` and
// `mergedTo` only rise.

import { assert } from '../assert.ts';
import type { EpochMillis, PartitionId } from '../ids.ts';
import { transactItemsMax } from '../limits.ts';
import {
  type Action,
  type Condition,
  type Item,
  numberIn,
  textIn,
  type Write,
} from '../store/algebra.ts';
import { chunkItem, rewriteItem, rewriteKey } from '../store/items.ts';
import { type Chunk, chunkOf } from './chunk.ts';
import { type Compaction, readCompaction } from './compaction.ts';
import { refCount } from './ref.ts';

export type Rewrites = {
  /** Objects of this time or before may have been deleted, and are swapped in no more. */
  readonly sweptBefore: EpochMillis;
  /** All chunks below are as large as they become, or in objects that `small` knows of. */
  readonly mergedTo: number;
  /** Objects that may yet be merged, in the order of their offsets. */
  readonly small: readonly SmallObject[];
  readonly compaction: Compaction;
  readonly version: number;
};

export type SmallObject = { readonly base: number; readonly bytes: number };

/** What a swap changes of it. Merges leave alone what compaction knows. */
export type Cursors = Pick<Rewrites, 'mergedTo' | 'small'> & Partial<Pick<Rewrites, 'compaction'>>;

/** With the item itself. */
export const chunksPerSwapMax = transactItemsMax - 1;
/** Chunks that one rewrite reads anew, and a compaction rewrites together: each hundred are a
 * transaction, and each of their appends a GET at first, all of them before anything is kept. Some
 * thirty thousand GETs are a minute of a run that has fifteen. */
export const chunksPerRewriteMax = 20 * chunksPerSwapMax;

export function newRewrites(id: PartitionId): Item {
  return {
    ...rewriteKey(id),
    [rewriteItem.sweptBefore]: 0,
    [rewriteItem.mergedTo]: 0,
    [rewriteItem.small]: '[]',
    [rewriteItem.version]: 0,
  };
}

export function readRewrites(item: Item): Rewrites {
  const isCompacted = rewriteItem.compaction in item;
  return {
    sweptBefore: numberIn(item, rewriteItem.sweptBefore) as EpochMillis,
    mergedTo: numberIn(item, rewriteItem.mergedTo),
    small: JSON.parse(textIn(item, rewriteItem.small)) as readonly SmallObject[],
    compaction: readCompaction(isCompacted ? textIn(item, rewriteItem.compaction) : undefined),
    version: numberIn(item, rewriteItem.version),
  };
}

/** A chunk as it was read, and the packed refs that come in the place of its own. */
export type Swap = { readonly chunk: Chunk; readonly refs: readonly Uint8Array[] };

/** @param parts.swaps at most chunksPerSwapMax. A lost chunk that is put again comes without.
 * @param parts.objectTime of the object that the new refs name. */
export function swapWrites(
  id: PartitionId,
  before: Rewrites,
  {
    cursors,
    swaps,
    objectTime,
  }: {
    readonly cursors: Cursors;
    readonly swaps: readonly Swap[];
    readonly objectTime: EpochMillis;
  },
): readonly Write[] {
  assert(swaps.length <= chunksPerSwapMax, 'a swap is one transaction');
  return [
    moveCursors(id, before, cursors, objectTime),
    ...swaps.map((swap) => chunkWrite(id, swap)),
  ];
}

/** Refused once anybody has swapped since it was read.
 * @param objectTime of what chunks name from now on: it was not swept. Absent: they stay as they
 *   are. */
export function moveCursors(
  id: PartitionId,
  { version }: Rewrites,
  { mergedTo, small, compaction }: Cursors,
  objectTime?: EpochMillis,
): Write {
  const all: Condition[] = [{ attribute: rewriteItem.version, is: '=', to: version }];
  if (objectTime !== undefined) {
    all.push({ attribute: rewriteItem.sweptBefore, is: '<', to: objectTime });
  }
  const set = (attribute: string, value: string | number): Action => {
    return { set: attribute, to: { value } };
  };
  return {
    update: rewriteKey(id),
    actions: [
      set(rewriteItem.mergedTo, mergedTo),
      set(rewriteItem.small, JSON.stringify(small)),
      ...(compaction === undefined
        ? []
        : [set(rewriteItem.compaction, JSON.stringify(compaction))]),
      set(rewriteItem.version, version + 1),
    ],
    if: { all },
  };
}

/** Refused where retention has taken it, or somebody has rewritten it. */
function chunkWrite(id: PartitionId, { chunk, refs }: Swap): Write {
  const { baseOffset, endOffset, packed, timeThrough } = chunk;
  const count = refs.reduce((sum, ref) => sum + refCount(ref), 0);
  assert(count === endOffset - baseOffset, 'a chunk keeps its offsets');
  return {
    put: chunkOf(id, { baseOffset, refs, timeThrough }),
    if: { attribute: chunkItem.refs, is: '=', to: packed },
  };
}

/** Refuses every swap of an object of that time or before. It never creates, and never lowers. */
export function fenceRewrites(id: PartitionId, time: EpochMillis): Write {
  const attribute = rewriteItem.sweptBefore;
  return {
    update: rewriteKey(id),
    actions: [{ set: attribute, to: { value: time } }],
    if: { attribute, is: '<', to: time },
  };
}
