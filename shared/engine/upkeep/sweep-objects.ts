// The sweep: it alone deletes objects, those that nothing names and nothing ever will. What comes
// late comes later than any grace, so no clock says that an object is safe to delete: a fence does.
//
//   1 old objects                by the time of their ids, before now - grace
//   2 less what any ref names    a weak look at all indexes: what it misses is only left for 4
//   3 fence                      each partition that the footers of the rest name: its head and its
//                                rewrite item take nothing any more that is as old as those
//   4 less what a ref names      a strong look at those partitions, begun behind the fence
//   5 delete
//
// Why no record that was acknowledged is lost. A ref to an object only comes into the index of a
// partition that the object's footer names, in one of three ways, each by a write with a condition:
//
// - An append, or a transaction, puts it into the tail, if the object's time is above the head's
//   sweptBefore. Before 3 it is there to be seen in 4; after 3 it is refused, however late it is.
//   The writer's bytes go into a newer object; and nobody was told "stored" of a write that is yet
//   to come.
// - A rewrite (merge, compaction) puts it into chunks, if its time is above the rewrite item's
//   sweptBefore: the same. One of which some chunks are swapped in already is named by those.
// - A roll moves it from the tail to a chunk. It puts the chunk before it cuts the tail, so a ref
//   is always in one of the two, and 4 takes the tail first, as it came back with the fence. A
//   roller that froze before his put, and thaws after 5, names only what has left the tail since:
//   its chunk's key is there, and refuses him, or retention has taken it, and what he puts ends
//   below the log start, where nobody reads.
//
// No step trusts a step of another process. Two sweeps at once, or one that thaws at any step, do
// the same writes: fences only rise, what nothing could name at 4 nothing can name later, and an id
// is drawn once, so a late delete never meets another object. A put that lands after the delete
// leaves an object that nothing names, for the next sweep. A partition whose topic is deleted has
// no head, and gets none again (make-topics.ts): what its chunks name nobody reads.
//
// Clocks, wrong by whatever: too early, objects are looked at that are in use, and found so, or
// that are about to be named, and then their writers write again; too late, objects stay longer.
// The fence is the greatest time of what is to be deleted, and never the clock's.
//
// What stays, is counted, and is for people to see: an object whose footer cannot be read, which
// says nothing of who may name it; and one that holds anything of a partition whose index has lost
// something, since that may be what named it, and the object what it can be built from again.

import { sweepGraceMillis, sweepObjectsMax } from '../../housekeeping-limits.ts';
import { type EpochMillis, type PartitionId, segmentTime } from '../../ids.ts';
import { objectsDeleteMax } from '../../limits.ts';
import { segmentKey } from '../../segment/keys.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { repeatable } from '../retry.ts';
import { fenceAndStrikeOut, partitionsAtOnce, strikeOutNamed } from './named-objects.ts';
import { footerOf } from './object-footer.ts';
import { type OldObjects, oldObjects } from './old-objects.ts';

/** Reads of a few kilobytes each. */
const footersInFlight = 64;

export type SweepOptions = {
  /** Objects that are younger are not looked at. @default sweepGraceMillis */
  readonly graceMillis?: number;
  /** Of one round. @default sweepObjectsMax */
  readonly objectsMax?: number;
};

export type Swept = {
  /** Objects that are old enough, whether something names them or not. */
  readonly listed: number;
  readonly deleted: number;
  /** Of those that were deleted. */
  readonly bytes: number;
  /** Objects that nothing names, and that stay: their footers cannot be read, or the index of a
   * partition that they hold something of is damaged. */
  readonly left: number;
  /** Partitions whose writers were fenced. */
  readonly fenced: number;
};

const nothing: Swept = { listed: 0, deleted: 0, bytes: 0, left: 0, fenced: 0 };

/** Goes through all objects once, or until the call's time is over. A round that is cut off has
 * deleted nothing that it should not.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the next run does it again */
export async function sweepObjects(
  engine: Engine,
  call: Call,
  { graceMillis = sweepGraceMillis, objectsMax = sweepObjectsMax }: SweepOptions = {},
): Promise<Swept> {
  const before = (engine.clock.now() - graceMillis) as EpochMillis;
  let swept = nothing;
  for await (const objects of oldObjects(engine, call, { before, objectsMax })) {
    swept = plus(swept, await sweepRound(engine, call, objects));
    if (engine.clock.now() >= call.deadline) break;
  }
  return swept;
}

function plus(one: Swept, other: Swept): Swept {
  return {
    listed: one.listed + other.listed,
    deleted: one.deleted + other.deleted,
    bytes: one.bytes + other.bytes,
    left: one.left + other.left,
    fenced: one.fenced + other.fenced,
  };
}

/** @param objects those that are not to be deleted are taken out of it, step by step. */
async function sweepRound(engine: Engine, call: Call, objects: OldObjects): Promise<Swept> {
  const listed = objects.size;
  await strikeOutNamed(engine, call, objects);
  const { partitions, left } = await readFooters(engine, call, objects);
  // One that fails ends the round, and nothing is deleted.
  const looked = await inRuns(partitions, partitionsAtOnce, (partition) => {
    return fenceAndStrikeOut(engine, call, objects, partition);
  });
  const damaged = partitions.filter((_, index) => looked[index] === 'damaged');
  const spared = await spareThoseOf(engine, call, objects, damaged);
  await deleteAll(engine, call, objects);
  return {
    listed,
    deleted: objects.size,
    bytes: [...objects.values()].reduce((sum, length) => sum + length, 0),
    left: left + spared,
    fenced: looked.filter((one) => one !== 'deleted').length,
  };
}

type ToFence = {
  readonly id: PartitionId;
  /** The greatest of the objects that name it. */
  readonly time: EpochMillis;
};

/** The partitions that the objects name. What cannot be read is taken out, and counted; what is
 * gone is taken out. */
async function readFooters(
  engine: Engine,
  call: Call,
  objects: OldObjects,
): Promise<{ readonly partitions: readonly ToFence[]; readonly left: number }> {
  const partitions = new Map<string, ToFence>();
  let left = 0;
  await inRuns([...objects], footersInFlight, async ([id, length]) => {
    const footer = await footerOf(engine, call, { id, length });
    if (footer?.kind !== 'footer') {
      objects.delete(id);
      if (footer !== undefined) left++;
      return;
    }
    const own = segmentTime(id);
    for (const { topicId, partition } of footer.entries) {
      const pk = partitionPk({ topicId, partition });
      const time = Math.max(own, partitions.get(pk)?.time ?? 0) as EpochMillis;
      partitions.set(pk, { id: { topicId, partition }, time });
    }
  });
  return { partitions: [...partitions.values()], left };
}

/** Which object holds what is not remembered, since this is rare: the footers are read again.
 * @returns how many are taken out. */
async function spareThoseOf(
  engine: Engine,
  call: Call,
  objects: OldObjects,
  damaged: readonly ToFence[],
): Promise<number> {
  if (damaged.length === 0) return 0;
  const pks = new Set(damaged.map(({ id }) => partitionPk(id)));
  const spared = await inRuns([...objects], footersInFlight, async ([id, length]) => {
    const footer = await footerOf(engine, call, { id, length });
    const isOfOthers =
      footer?.kind === 'footer' && !footer.entries.some((entry) => pks.has(partitionPk(entry)));
    return !isOfOthers && objects.delete(id);
  });
  return spared.filter(Boolean).length;
}

async function deleteAll(engine: Engine, call: Call, objects: OldObjects): Promise<void> {
  const keys = [...objects.keys()].map(segmentKey);
  for (let at = 0; at < keys.length; at += objectsDeleteMax) {
    const some = keys.slice(at, at + objectsDeleteMax);
    await repeatable(engine, call, () => call.objects.delete(some));
  }
}
