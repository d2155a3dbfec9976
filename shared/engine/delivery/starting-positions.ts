// Where a subscription begins in each partition of its topic: committed in its group with the
// subscription itself, so that nothing comes between its creation and its first delivery. What is
// committed there already stays.
//
// What is more than one transaction takes is committed before it, in a group that was made for it
// and in which nothing counts yet; each time with the question whether the group is still nobody's:
// a creation that froze must not void what its successor has committed.

import type { Subscription } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import type { Group } from '../../group/group.ts';
import { commitIn, freeCommitWrite, type Lease } from '../../group/lease.ts';
import { unlessTaken } from '../../group/own-group.ts';
import type { PartitionId, PartitionName } from '../../ids.ts';
import { conflictTriesMax, leasesInFlightMax, leasesPerTransaction } from '../../limits.ts';
import type { Head } from '../../log/head.ts';
import type { Write } from '../../store/algebra.ts';
import type { Call, Engine } from '../engine.ts';
import { leaseOf, leasesByPartition } from '../group/read-group.ts';
import { inRuns } from '../in-runs.ts';
import { offsetForTime } from '../offsets.ts';
import { repeatableTransaction } from '../retry.ts';

export type StartingPosition =
  | 'earliest'
  | 'latest'
  /** The first record of that time or a later one, in milliseconds since 1970; else the end. */
  | { readonly timestamp: number };

/** A partition of which nothing is committed, and the lease as it was read. */
type Start = {
  readonly id: PartitionId;
  readonly offset: number;
  readonly before: Lease | undefined;
};

/** @param beginning.heads of the topic, by partition, as they were when they began to be followed.
 * @returns what is to be written with the subscription; 'changed': the group is somebody's.
 * @throws EngineError INVALID_FIELD: they are too many for a group that is in use;
 *   UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN */
export async function startingPositions(
  engine: Engine,
  call: Call,
  beginning: Beginning,
): Promise<readonly Write[] | 'changed'> {
  const { group, from } = beginning;
  const starts = await startsOf(engine, call, beginning);
  if (starts.length <= leasesPerTransaction) {
    return starts.map((start) => startWrite(engine, beginning, start));
  }
  if (!group.isFresh) {
    // Nothing committed is the beginning.
    if (from === 'earliest') return [];
    throw tooMany(starts.length);
  }
  for (let at = 0; at < starts.length; at += leasesPerTransaction) {
    const some = starts.slice(at, at + leasesPerTransaction);
    if ((await commitInAdvance(engine, call, beginning, some)) === 'changed') return 'changed';
  }
  return [];
}

export type Beginning = {
  readonly group: Group;
  readonly subscription: Subscription;
  readonly heads: readonly Head[];
  readonly from: StartingPosition;
};

/** Of partitions of which nothing is committed. */
async function startsOf(
  engine: Engine,
  call: Call,
  { group, subscription, heads, from }: Beginning,
): Promise<readonly Start[]> {
  const { topicId, topic } = subscription;
  const known = await leasesByPartition(engine, call, group.name, topicId);
  const open = [...heads.entries()].filter(([partition]) => {
    return commitIn(known.get(partition), group.life) === undefined;
  });
  return inRuns(open, leasesInFlightMax, async ([partition, head]) => ({
    id: { topicId, partition },
    offset: await firstOffset(engine, call, from, { topic, partition, head }),
    before: known.get(partition),
  }));
}

function startWrite(
  engine: Engine,
  { group, subscription: { topic } }: Beginning,
  { id, offset, before }: Start,
): Write {
  const commit = { offset, metadata: '', at: engine.clock.now() };
  return freeCommitWrite(group, { id, topic }, before, { commit, mayFall: true });
}

/** Before the subscription is there. */
async function commitInAdvance(
  engine: Engine,
  call: Call,
  beginning: Beginning,
  starts: readonly Start[],
): Promise<'done' | 'changed'> {
  const { group } = beginning;
  let left = starts;
  for (let tries = 1; left.length > 0; tries++) {
    if (tries > conflictTriesMax) throw inTheWay();
    const writes = left.map((start) => startWrite(engine, beginning, start));
    const all = [unlessTaken(group), ...writes];
    const { result } = await repeatableTransaction(engine, call, all);
    if (result.kind === 'done') return 'done';
    if (result.refusals[0] !== undefined) return 'changed';
    // Somebody else, who wants the group too, has said where to begin; or somebody who delivers for
    // the one before, and knows nothing yet, has taken a partition.
    const read = await inRuns(left, leasesInFlightMax, async (start) => {
      return { ...start, before: await leaseOf(engine, call, group.name, start.id) };
    });
    left = read.filter(({ before }) => commitIn(before, group.life) === undefined);
  }
  return 'done';
}

function tooMany(partitions: number): EngineError {
  const field = 'starting_position';
  const most = `of a group that is in use at most ${leasesPerTransaction} can be begun there`;
  const message = `${field}: ${partitions} partitions, and ${most}; take a new group`;
  return new EngineError('INVALID_FIELD', message, { field, limit: leasesPerTransaction });
}

function inTheWay(): EngineError {
  return new EngineError('UNAVAILABLE', 'somebody else takes its partitions; try again');
}

function firstOffset(
  engine: Engine,
  call: Call,
  from: StartingPosition,
  { head, ...place }: PartitionName & { readonly head: Head },
): number | Promise<number> {
  if (from === 'earliest') return head.logStart;
  if (from === 'latest') return head.nextOffset;
  return offsetForTime(engine, call, { ...place, ...from });
}
