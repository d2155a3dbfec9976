// Merging a partition: the bytes of many small appends become one object, one entry a chunk. The
// object is put whole, then its chunks are swapped in; until then nobody sees it, and afterwards
// nobody sees what was there before. Nothing of it is in the way of appends, fetches or rolls.

import type { PartitionId } from '../../ids.ts';
import type { Chunk } from '../../log/chunk.ts';
import {
  afterMerge,
  isLarge,
  nothingUnmerged,
  planMerge,
  type Unmerged,
  withChunk,
} from '../../log/merge-plan.ts';
import type { Compression } from '../../record/codec.ts';
import type { Call, Engine } from '../engine.ts';
import { headIfThere } from '../heads.ts';
import { chunksBetween } from './read-chunks.ts';
import { rewriteChunks } from './rewrite-chunks.ts';
import { keepCursors, newObjectId, rewritesOf, swapObject } from './rewrites.ts';

export type Merged = {
  readonly objects: number;
  readonly chunks: number;
  /** Stored, before and after. */
  readonly bytesIn: number;
  readonly bytesOut: number;
};

const nothing: Merged = { objects: 0, chunks: 0, bytesIn: 0, bytesOut: 0 };

/** Until nothing is due, or the call's time is over.
 * @throws EngineError DAMAGED: what is stored cannot be read, and stays as it is; THROTTLED,
 *   UNAVAILABLE, OUTCOME_UNKNOWN: the next run goes on */
export async function mergePartition(
  engine: Engine,
  call: Call,
  id: PartitionId,
  compression: Compression,
): Promise<Merged> {
  let merged = nothing;
  for (;;) {
    const round = await mergeOnce(engine, call, id, compression);
    if (round === undefined) return merged;
    merged = {
      objects: merged.objects + round.objects,
      chunks: merged.chunks + round.chunks,
      bytesIn: merged.bytesIn + round.bytesIn,
      bytesOut: merged.bytesOut + round.bytesOut,
    };
  }
}

/** @returns undefined: nothing is due, or others are at it. */
async function mergeOnce(
  engine: Engine,
  call: Call,
  id: PartitionId,
  compression: Compression,
): Promise<Merged | undefined> {
  if (engine.clock.now() >= call.deadline) return undefined;
  const rewrites = await rewritesOf(engine, call, id);
  const head = await headIfThere(engine, call, id);
  if (rewrites === undefined || head === undefined) return undefined;
  const unseen = { from: rewrites.mergedTo, to: head.tailBase };
  const found = await unmergedFrom(engine, call, id, unseen);
  if (found.kind === 'large') {
    const passed = { mergedTo: found.end, small: [] };
    const isPassed = await keepCursors(engine, call, id, rewrites, passed);
    return isPassed === undefined ? undefined : nothing;
  }
  const plan = planMerge(rewrites, found.unmerged);
  if (plan === undefined) return undefined;
  const chunks: Chunk[] = [];
  for await (const chunk of chunksBetween(engine, call, id, plan)) {
    if (chunk.endOffset > head.logStart) chunks.push(chunk);
  }
  if (chunks.length === 0) return undefined;
  const object = newObjectId(engine, rewrites);
  const from = Math.max(plan.from, head.logStart);
  const chosen = { id, object, chunks, from, options: { compression } };
  const rewritten = await rewriteChunks(engine, call, chosen);
  if (rewritten === undefined) return undefined;
  const { bytesIn, bytesOut } = rewritten;
  const cursorsAt = (end: number, bytes: number) => afterMerge(rewrites, plan, { end, bytes });
  const isDone = await swapObject(engine, call, id, rewrites, { ...rewritten, cursorsAt });
  if (isDone === undefined) return undefined;
  return { objects: 1, chunks: rewritten.swaps.length, bytesIn, bytesOut };
}

type Found =
  | { readonly kind: 'small'; readonly unmerged: Unmerged }
  /** The first chunk is of large appends already. */
  | { readonly kind: 'large'; readonly end: number };

/** As many as go into one object, up to those that are large already. */
async function unmergedFrom(
  engine: Engine,
  call: Call,
  id: PartitionId,
  range: { readonly from: number; readonly to: number },
): Promise<Found> {
  let unmerged = nothingUnmerged(range.from);
  for await (const chunk of chunksBetween(engine, call, id, range)) {
    if (unmerged.chunks === 0 && isLarge(chunk)) return { kind: 'large', end: chunk.endOffset };
    unmerged = withChunk(unmerged, chunk, engine.clock.now());
    if (unmerged.isFull) break;
  }
  return { kind: 'small', unmerged };
}
