// The item of a partition's rewrites, read and made, and the swap of one object's chunks.

import type { EpochMillis, PartitionId, SegmentId } from '../../ids.ts';
import { segmentIdOf, segmentRandomBytes, segmentTime } from '../../ids.ts';
import { refLength } from '../../log/ref.ts';
import {
  type Cursors,
  chunksPerSwapMax,
  moveCursors,
  newRewrites,
  type Rewrites,
  readRewrites,
  type Swap,
  swapWrites,
} from '../../log/rewrite.ts';
import type { Item } from '../../store/algebra.ts';
import { partitionPk, rewriteKey } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable, repeatableTransaction, repeatableWrite } from '../retry.ts';
import { unlessDoomed } from '../topic-heads.ts';

/** Strongly; made, if there is none. @returns undefined: the topic is deleted.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: harmless, to be done again */
export async function rewritesOf(
  engine: Engine,
  call: Call,
  id: PartitionId,
): Promise<Rewrites | undefined> {
  const found = await findRewrites(engine, call, id);
  if (found !== undefined) return found;
  const put = { put: newRewrites(id), if: { item: 'absent' } } as const;
  await repeatableTransaction(engine, call, [unlessDoomed(id.topicId), put]);
  return findRewrites(engine, call, id);
}

export async function findRewrites(
  engine: Engine,
  call: Call,
  id: PartitionId,
): Promise<Rewrites | undefined> {
  const get = () => call.table.get(rewriteKey(id), { strong: true });
  const item = await repeatable(engine, call, get);
  return item && readRewrites(item);
}

/** Its time is above what was swept, whatever this clock says. */
export function newObjectId(engine: Engine, { sweptBefore }: Rewrites): SegmentId {
  const time = Math.max(engine.clock.now(), sweptBefore + 1) as EpochMillis;
  return segmentIdOf(time, engine.chance.bytes(segmentRandomBytes));
}

/** Chunks stay as they are. @returns undefined: somebody else has rewritten. */
export async function keepCursors(
  engine: Engine,
  call: Call,
  id: PartitionId,
  before: Rewrites,
  cursors: Cursors,
): Promise<Rewrites | undefined> {
  const { result } = await repeatableWrite(engine, call, moveCursors(id, before, cursors));
  return result.kind === 'done' ? readRewrites(result.item as Item) : undefined;
}

export type ObjectSwap = {
  readonly object: SegmentId;
  /** In the order of their offsets, at least one. */
  readonly swaps: readonly Swap[];
  /** As they are once all below an offset is swapped. @param bytes of the object, so far. */
  readonly cursorsAt: (end: number, bytes: number) => Cursors;
};

/** Each transaction is right by itself: what a crash leaves is found by the next run.
 * @returns undefined: somebody else has rewritten, retention has taken some of it, or the object
 *   may have been swept: what was swapped stays. */
export async function swapObject(
  engine: Engine,
  call: Call,
  id: PartitionId,
  before: Rewrites,
  { object, swaps, cursorsAt }: ObjectSwap,
): Promise<Rewrites | undefined> {
  let rewrites = before;
  let bytes = 0;
  const objectTime = segmentTime(object);
  for (let at = 0; at < swaps.length; at += chunksPerSwapMax) {
    const some = swaps.slice(at, at + chunksPerSwapMax);
    bytes += bytesOf(some);
    const cursors = cursorsAt((some.at(-1) as Swap).chunk.endOffset, bytes);
    const writes = swapWrites(id, rewrites, { cursors, swaps: some, objectTime });
    const { result } = await repeatableTransaction(engine, call, writes);
    // Refused perhaps by its own success: the next run sees what became of it.
    if (result.kind === 'refused') return undefined;
    engine.chunks.drop(partitionPk(id));
    rewrites = { ...rewrites, ...cursors, version: rewrites.version + 1 };
  }
  return rewrites;
}

function bytesOf(swaps: readonly Swap[]): number {
  return swaps.flatMap(({ refs }) => refs).reduce((sum, ref) => sum + refLength(ref), 0);
}
