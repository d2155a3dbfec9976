// The sweep: it alone deletes objects, those that nothing names and nothing ever will. What comes
// late comes later than any grace, so no clock says that an object is safe to delete: a fence does.
//
//   1 old objects                by the time of their ids, before now - grace; as many at once as
//                                memory has room for
//   2 less what any ref names    a weak look at all indexes: what it misses is only left for 5
//   3 their footers              of as many of the rest as half of the time lets: see below
//   4 fence                      each partition that those footers name: its head and its rewrite
//                                item take nothing any more that is as old as those objects
//   5 less what a ref names      a strong look at those partitions, begun behind the fence
//   6 delete
//
// Why no record that was acknowledged is lost. A ref to an object only comes into the index of a
// partition that the object's footer names, in one of three ways, each by a write with a condition:
//
// - An append, or a transaction, puts it into the tail, if the object's time is above the head's
//   sweptBefore. Before 4 it is there to be seen in 5; after 4 it is refused, however late it is.
//   The writer's bytes go into a newer object; and nobody was told "stored" of a write that is yet
//   to come.
// - A rewrite (merge, compaction) puts it into chunks, if its time is above the rewrite item's
//   sweptBefore: the same. One of which some chunks are swapped in already is named by those.
// - A roll moves it from the tail to a chunk. It puts the chunk before it cuts the tail, so a ref
//   is always in one of the two, and 5 takes the tail first, as it came back with the fence. A
//   roller that froze before his put, and thaws after 6, names only what has left the tail since:
//   its chunk's key is there, and refuses him, or retention has taken it, and what he puts ends
//   below the log start, where nobody reads.
//
// No step trusts a step of another process. Two sweeps at once, or one that thaws at any step, do
// the same writes: fences only rise, what nothing could name at 5 nothing can name later, and an id
// is drawn once, so a late delete never meets another object. A put that lands after the delete
// leaves an object that nothing names, for the next sweep. A partition whose topic is deleted has
// no head, and gets none again (make-topics.ts): what its chunks name nobody reads.
//
// Clocks, wrong by whatever: too early, objects are looked at that are in use, and found so, or
// that are about to be named, and then their writers write again; too late, objects stay longer.
// The fence is the greatest time of what is to be deleted, and never the clock's.
//
// What stays, is counted, and is for people to see: an object whose footer cannot be read, which
// says nothing of who may name it; and one that holds anything of a partition whose index is
// damaged (named-objects.ts), since what is lost of that may be what named it, and the object what
// it can be built from again.
//
// A round costs two looks at the index, however many objects it has: so it has many. 3 ends in the
// middle of the time that the run has left, so that there is as much for 4 to 6, and every run has
// deleted something, as long as it looks at the whole index in a third of its time. What 3 does not
// come to, and a round that is cut off, is for the next run.

import { sweepObjectsMax } from '../../housekeeping-limits.ts';
import type { EpochMillis } from '../../ids.ts';
import { objectsDeleteMax } from '../../limits.ts';
import { segmentKey } from '../../segment/keys.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';
import { inLanes } from './in-lanes.ts';
import { fenceAndStrikeOut, partitionsAtOnce, strikeOutNamed } from './named-objects.ts';
import { type OldObjects, oldObjects } from './old-objects.ts';
import { ofNoneOf, readFooters } from './take-footers.ts';
import { isCutOff } from './within-time.ts';

/** Each takes half a second or so. */
const deletesInFlight = 8;

export type SweepOptions = {
  /** Objects that are younger are not looked at. */
  readonly graceMillis: number;
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
  /** Partitions that were looked through behind a fence, and are whole; in every round anew. */
  readonly fenced: number;
  /** Partitions that objects are left of (partitionPk). */
  readonly damaged: ReadonlySet<string>;
  /** All objects were gone through; else there was no time for some. */
  readonly isDone: boolean;
};

export const nothingSwept: Swept = {
  listed: 0,
  deleted: 0,
  bytes: 0,
  left: 0,
  fenced: 0,
  damaged: new Set(),
  isDone: true,
};

/** Goes through all objects once, or until the call's time is over. A round that is cut off has
 * deleted nothing that it should not.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the next run does it again */
export async function sweepObjects(
  engine: Engine,
  call: Call,
  { graceMillis }: SweepOptions,
): Promise<Swept> {
  const before = (engine.clock.now() - graceMillis) as EpochMillis;
  const rounds = oldObjects(engine, call, { before, objectsMax: sweepObjectsMax });
  let swept = nothingSwept;
  try {
    for await (const objects of rounds) {
      swept = plus(swept, await sweepRound(engine, call, objects));
    }
    return swept;
  } catch (error) {
    if (!isCutOff(engine, call, error)) throw error;
    return { ...swept, isDone: false };
  }
}

function plus(one: Swept, other: Swept): Swept {
  return {
    listed: one.listed + other.listed,
    deleted: one.deleted + other.deleted,
    bytes: one.bytes + other.bytes,
    left: one.left + other.left,
    fenced: one.fenced + other.fenced,
    damaged: new Set([...one.damaged, ...other.damaged]),
    isDone: one.isDone && other.isDone,
  };
}

/** @param objects is made empty, but for those that there was no time for. */
async function sweepRound(engine: Engine, call: Call, objects: OldObjects): Promise<Swept> {
  const listed = objects.size;
  await strikeOutNamed(engine, call, objects);
  const { unnamed, partitions, unreadable } = await readFooters(engine, call, objects);
  const damaged = new Set<string>();
  let fenced = 0;
  // One that fails ends the round, and nothing is deleted.
  await inLanes(partitions, partitionsAtOnce, async ([pk, partition]) => {
    const looked = await fenceAndStrikeOut(engine, call, unnamed, partition);
    if (looked === 'damaged') damaged.add(pk);
    if (looked === 'whole') fenced++;
  });
  const found = unnamed.size;
  const isSure = damaged.size === 0;
  const garbage = isSure ? unnamed : await ofNoneOf(engine, call, unnamed, damaged);
  const unsure = isSure ? 0 : unnamed.size;
  const swept = {
    listed,
    deleted: garbage.size,
    bytes: bytesOf(garbage),
    left: unreadable + found - unsure - garbage.size,
    fenced,
    damaged,
    isDone: objects.size + unsure === 0,
  };
  await deleteAll(engine, call, garbage);
  return swept;
}

function bytesOf(objects: OldObjects): number {
  let bytes = 0;
  for (const length of objects.values()) bytes += length;
  return bytes;
}

function deleteAll(engine: Engine, call: Call, objects: OldObjects): Promise<void> {
  return inLanes(keysOf(objects), deletesInFlight, (keys) => {
    return repeatable(engine, call, () => call.objects.delete(keys));
  });
}

/** As many at once as one call deletes. */
function* keysOf(objects: OldObjects): Generator<readonly string[]> {
  let keys: string[] = [];
  for (const id of objects.keys()) {
    keys.push(segmentKey(id));
    if (keys.length < objectsDeleteMax) continue;
    yield keys;
    keys = [];
  }
  if (keys.length > 0) yield keys;
}
