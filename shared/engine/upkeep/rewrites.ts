// The item of a partition's rewrites, read and made, and the swap of one object's chunks.

import type { EpochMillis, PartitionId, SegmentId } from '../../ids.ts';
import { segmentIdOf, segmentRandomBytes, segmentTime } from '../../ids.ts';
import type { Compaction } from '../../log/compaction.ts';
import {
  type Cursors,
  chunksPerSwapMax,
  newRewrites,
  type Rewrites,
  readRewrites,
  type Swap,
  swapWrites,
} from '../../log/rewrite.ts';
import { partitionPk, rewriteKey } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable, repeatableTransaction } from '../retry.ts';
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

export type ObjectSwap = {
  readonly object: SegmentId;
  /** In the order of their offsets. */
  readonly swaps: readonly Swap[];
  /** As they are once all is swapped. */
  readonly after: Cursors;
  /** What compaction knows once all below an offset is. */
  readonly compactionAt?: (end: number) => Compaction;
};

/** Each transaction is right by itself: what a crash leaves is found by the next run.
 * @returns undefined: somebody else has rewritten, retention has taken some of it, or the object
 *   may have been swept: what was swapped stays. */
export async function swapObject(
  engine: Engine,
  call: Call,
  id: PartitionId,
  before: Rewrites,
  { object, swaps, after, compactionAt }: ObjectSwap,
): Promise<Rewrites | undefined> {
  let rewrites = before;
  const objectTime = segmentTime(object);
  for (let at = 0; at < swaps.length || at === 0; at += chunksPerSwapMax) {
    const some = swaps.slice(at, at + chunksPerSwapMax);
    const isLast = at + chunksPerSwapMax >= swaps.length;
    const end = some.at(-1)?.chunk.endOffset ?? after.mergedTo;
    const { small, compaction } = rewrites;
    const mergedTo = Math.max(rewrites.mergedTo, end);
    const partly = { mergedTo, small, compaction: compactionAt?.(end) ?? compaction };
    const cursors = isLast ? after : partly;
    const writes = swapWrites(id, rewrites, { cursors, swaps: some, objectTime });
    const { result } = await repeatableTransaction(engine, call, writes);
    // Refused perhaps by its own success: the next run sees what became of it.
    if (result.kind === 'refused') return undefined;
    engine.chunks.drop(partitionPk(id));
    rewrites = { ...rewrites, ...cursors, version: rewrites.version + 1 };
  }
  return rewrites;
}
