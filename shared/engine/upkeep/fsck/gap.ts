// Offsets that no chunk names, and what stands beside them: the bounds of what is to be found.

import type { PartitionId } from '../../../ids.ts';
import { type Chunk, readChunk } from '../../../log/chunk.ts';
import { readHead } from '../../../log/head.ts';
import { type Refs, refsOfTail } from '../../../log/refs.ts';
import { newRewrites, type Rewrites, readRewrites } from '../../../log/rewrite.ts';
import type { Item, Key } from '../../../store/algebra.ts';
import { chunkSk, headKey, partitionPk, rewriteKey } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { repeatable } from '../../retry.ts';
import { chunkFault, headFault, rewritesFault } from '../well-formed.ts';
import type { Offsets } from './judge-chunks.ts';

export type Gap = Offsets & {
  readonly id: PartitionId;
  /** The chunk that ends where the gap begins. */
  readonly before: Chunk | undefined;
  /** A chunk, or the tail, that begins where it ends. */
  readonly after: Refs | undefined;
  readonly isTailAfter: boolean;
  /** As they were before all else was read; of none, as they are made. What is put into the gap is
   * refused once anybody has rewritten since. */
  readonly rewrites: Rewrites;
};

/** Whether a compaction may have left anything out of the partition. */
export function isCompacted({ rewrites: { compaction } }: Gap): boolean {
  return compaction.cleanedTo > 0 || compaction.pass !== undefined;
}

/** Whether a chunk begins where the gap does, and not before it: where the log start is all that is
 * known, the chunk that holds it may begin at any offset below. */
export function beginsExactly({ from, before }: Gap): boolean {
  return before !== undefined || from === 0;
}

/** As it is now. @returns undefined: there is none any more, or its bounds cannot be read.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function readGap(
  engine: Engine,
  call: Call,
  { id, from, to }: Offsets & { readonly id: PartitionId },
): Promise<Gap | undefined> {
  const pk = partitionPk(id);
  const get = (key: Key) => repeatable(engine, call, () => call.table.get(key, { strong: true }));
  const rewrites = (await get(rewriteKey(id))) ?? newRewrites(id);
  const item = await get(headKey(id));
  if (item === undefined || headFault(item) !== undefined) return undefined;
  if (rewritesFault(rewrites) !== undefined) return undefined;
  const { logStart, tailBase, tail } = readHead(item);
  const chunkAt = async (range: { from: string; to: string; descending: boolean }) => {
    const query = { pk, ...range, limit: 1, strong: true };
    const [found] = await repeatable(engine, call, () => call.table.query(query));
    return found && chunkIn(found);
  };
  const last = { from: chunkSk(0), to: chunkSk(Math.max(0, from - 1)), descending: true };
  const left = from === 0 ? undefined : await chunkAt(last);
  const next = { from: chunkSk(from), to: chunkSk(to), descending: false };
  const right = await chunkAt(next);
  const isTailAfter = right === undefined && to === tailBase;
  const after = isTailAfter ? refsOfTail(tailBase, tail) : right;
  const isGap = logStart < to && to <= tailBase && after?.baseOffset === to;
  if (!isGap || (left !== undefined && left.endOffset > from)) return undefined;
  const before = left?.endOffset === from ? left : undefined;
  const behind = after.length === 0 ? undefined : after;
  const bounds = { before, after: behind, isTailAfter };
  return { id, from, to, ...bounds, rewrites: readRewrites(rewrites) };
}

function chunkIn(item: Item): Chunk | undefined {
  return chunkFault(item) === undefined ? readChunk(item) : undefined;
}
