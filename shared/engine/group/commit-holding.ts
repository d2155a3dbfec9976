// One partition's commit, by whoever holds it. It may be sent again after any failure: what is
// committed only rises, and only while nobody has taken the partition since.

import { EngineError } from '../../errors.ts';
import { type Group, isIn } from '../../group/group.ts';
import { type Holding, isByHand, toCommit } from '../../group/holdings.ts';
import {
  commitWrite,
  freeCommitWrite,
  type Lease,
  tenureOf,
  whyCommitRefused,
} from '../../group/lease.ts';
import type { PartitionId } from '../../ids.ts';
import { conflictTriesMax, leasesInFlightMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { outcomeUnknown, repeatableWrite } from '../retry.ts';
import type { Attendance } from './attend.ts';
import { findGroup, leaseOf } from './read-group.ts';

export type OffsetToCommit = {
  /** The next to read. */
  readonly offset: number;
  readonly metadata: string;
};

/** @returns 'lost': the partition is another's, or nobody's. What is committed already, or more, is
 *   done.
 * @throws EngineError OUTCOME_UNKNOWN, THROTTLED, UNAVAILABLE */
export async function commitHolding(
  engine: Engine,
  call: Call,
  { group, member }: Attendance,
  holding: Holding,
  { offset, metadata }: OffsetToCommit,
): Promise<'done' | 'lost'> {
  if (isByHand(holding)) {
    return commitFree(engine, call, { group, member }, holding, { offset, metadata });
  }
  const tenure = tenureOf(holding, member.incarnation);
  const commit = { offset, metadata, at: engine.clock.now() };
  const write = commitWrite(group, tenure, commit);
  const { result, maybeDone } = await repeatableWrite(engine, call, write);
  if (result.kind === 'done') return 'done';
  const why = whyCommitRefused(tenure, group.life, result.current);
  if (why.kind === 'behind') return 'done';
  // It may have been done before the partition was lost.
  if (maybeDone) throw outcomeUnknown();
  return 'lost';
}

/** Of a partition that was assigned by hand, while no subscriber has it. */
async function commitFree(
  engine: Engine,
  call: Call,
  { group }: Attendance,
  { topic, topicId, partition }: Holding,
  { offset, metadata }: OffsetToCommit,
): Promise<'done' | 'lost'> {
  const id = { topicId, partition };
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const free = await freeLease(engine, call, group, id);
    if (free === 'taken') return 'lost';
    const { before } = free;
    if (before?.life === group.life && (before.commit?.offset ?? -1) >= offset) return 'done';
    const commit = { offset, metadata, at: engine.clock.now() };
    const write = freeCommitWrite(group, { id, topic }, before, {
      commit,
      mayFall: false,
    });
    const { result } = await repeatableWrite(engine, call, write);
    if (result.kind === 'done') return 'done';
  }
  throw new EngineError('UNAVAILABLE', 'others commit the same partition; try again');
}

/** A lease that nobody in the group has; `before`: as it was read, if there is one. 'taken':
 * somebody has it, or the group has another life by now, and what is committed is that one's. */
export async function freeLease(
  engine: Engine,
  call: Call,
  group: Group,
  id: PartitionId,
): Promise<{ readonly before: Lease | undefined } | 'taken'> {
  const before = await leaseOf(engine, call, group.name, id);
  const isNobodys = before?.owner === undefined;
  if (before === undefined || (isNobodys && before.life === group.life)) return { before };
  // Read after the lease: an owner who is not in it is gone, and while its life is the same yet,
  // the lease is of no later one.
  const now = await findGroup(engine, call, group.name);
  return now?.life !== group.life || isIn(now, before.owner) ? 'taken' : { before };
}

/** What polls have delivered, where the instance commits of itself.
 * @returns its holdings as they are then. One that is lost stays as it was: whoever has lost one
 *   has lost his session with it, or is being served by another request too, and his positions are
 *   not written any more. */
export async function commitDelivered(
  engine: Engine,
  call: Call,
  { group, member }: Attendance,
): Promise<readonly Holding[]> {
  const { holdings, settings } = member;
  if (!settings.autoCommit) return holdings;
  return inRuns(holdings, leasesInFlightMax, async (holding) => {
    const offset = toCommit(holding);
    if (offset === undefined) return holding;
    const asked = { offset, metadata: '' };
    const outcome = await commitHolding(engine, call, { group, member }, holding, asked);
    return outcome === 'done' ? { ...holding, committed: offset } : holding;
  });
}
