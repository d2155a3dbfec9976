// Committing by request, and what is committed. A commit of less than is committed is done already:
// a committed offset never goes back while the group lives; `resetGroup` is for that.

import { EngineError } from '../../errors.ts';
import { isForgotten } from '../../group/group.ts';
import { type Holding, heldByHand, nowhere } from '../../group/holdings.ts';
import { commitIn } from '../../group/lease.ts';
import { isSubscribed } from '../../group/member.ts';
import type { PartitionName } from '../../ids.ts';
import { leasesInFlightMax } from '../../limits.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { headOf } from '../heads.ts';
import { inRuns } from '../in-runs.ts';
import { onPartition } from '../on-topic.ts';
import { outcomeUnknown } from '../retry.ts';
import { type Attendance, attend } from './attend.ts';
import { commitHolding } from './commit-holding.ts';
import { type InstanceName, leaseOf } from './read-group.ts';
import { holdingNamed } from './seek.ts';

export type NamedOffset = PartitionName & {
  /** The next to read. */
  readonly offset: number;
  readonly metadata: string;
};

/** @param offsets undefined: all that polls have delivered. Each is committed by itself: of a
 *   request that is told ILLEGAL_STATE for one, others may be.
 * @param check asked about what polls have delivered, before any of it is committed: what it throws
 *   ends it.
 * @throws EngineError ILLEGAL_STATE: the instance does not hold one of them, or not any more;
 *   INVALID_FIELD: one is past the end; UNKNOWN_INSTANCE, UNKNOWN_TOPIC, UNKNOWN_PARTITION,
 *   THROTTLED, UNAVAILABLE; of unknown outcome, and safe to send again: OUTCOME_UNKNOWN */
export async function commitOffsets(
  engine: Engine,
  call: Call,
  name: InstanceName,
  offsets: readonly NamedOffset[] | undefined,
  check: (commits: readonly NamedOffset[]) => void = () => {},
): Promise<void> {
  const attendance = await attend(engine, call, name);
  const commits = offsets ?? deliveredBy(attendance);
  if (offsets === undefined) check(commits);
  const holdings = await inRuns(commits, leasesInFlightMax, (one) =>
    committable(engine, call, attendance, one),
  );
  let isBegun = false;
  try {
    await inRuns([...commits.entries()], leasesInFlightMax, async ([at, commit]) => {
      const holding = holdings[at] as Holding;
      const outcome = await commitHolding(engine, call, attendance, holding, commit);
      if (outcome === 'lost') throw lost(commit);
      isBegun = true;
    });
  } catch (error) {
    // Some are committed: it must not be called "nothing happened".
    if (isBegun && error instanceof EngineError && error.outcome === 'retriable') {
      throw outcomeUnknown(error);
    }
    throw error;
  }
}

function deliveredBy({ member: { holdings } }: Attendance): readonly NamedOffset[] {
  return holdings
    .filter(({ delivered }) => delivered !== nowhere)
    .map(({ topic, partition, delivered }) => {
      return { topic, partition, offset: delivered, metadata: '' };
    });
}

/** What was delivered is below the end; of anything else the head is asked, unless it is known.
 * @throws EngineError ILLEGAL_STATE, INVALID_FIELD */
async function committable(
  engine: Engine,
  call: Call,
  { member }: Attendance,
  commit: NamedOffset,
): Promise<Holding> {
  const holding =
    isSubscribed(member) || isHeld(member.holdings, commit)
      ? holdingNamed(member.holdings, commit)
      : await outsideGroup(engine, call, commit);
  await checkBelowEnd(engine, call, holding, commit);
  return holding;
}

/** @throws EngineError INVALID_FIELD: it is past the end. */
export async function checkBelowEnd(
  engine: Engine,
  call: Call,
  holding: Holding,
  { topic, partition, offset }: NamedOffset,
): Promise<void> {
  if (offset <= holding.delivered) return;
  if (offset <= (engine.heads.get(partitionPk(holding))?.nextOffset ?? 0)) return;
  const { nextOffset } = await headOf(engine, call, holding);
  if (offset <= nextOffset) return;
  const message = `offset: the end of ${topic}-${partition} is ${nextOffset}`;
  throw new EngineError('INVALID_FIELD', message, { field: 'offset', limit: nextOffset });
}

function isHeld(holdings: readonly Holding[], { topic, partition }: PartitionName): boolean {
  return holdings.some((one) => one.topic === topic && one.partition === partition);
}

/** An instance without a subscription may commit for its group what no subscriber has, as tools
 * do. */
function outsideGroup(engine: Engine, call: Call, { topic, partition }: PartitionName) {
  return onPartition(engine, call, { topic, partition }, async (id) => {
    return heldByHand({ topic, ...id }, nowhere);
  });
}

function lost({ topic, partition }: PartitionName): EngineError {
  const message = `${topic}-${partition} is not assigned to this instance any more`;
  return new EngineError('ILLEGAL_STATE', message);
}

/** Of partitions of which something is committed; the others are left out.
 * @throws EngineError UNKNOWN_INSTANCE, UNKNOWN_TOPIC, UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE */
export async function committedOffsets(
  engine: Engine,
  call: Call,
  name: InstanceName,
  partitions: readonly PartitionName[],
): Promise<readonly NamedOffset[]> {
  const { group } = await attend(engine, call, name);
  if (isForgotten(group, engine.clock.now())) return [];
  const named = new Map(partitions.map((place) => [`${place.topic}-${place.partition}`, place]));
  const offsets = await inRuns([...named.values()], leasesInFlightMax, async (place) => {
    const lease = await onPartition(engine, call, place, (id) => {
      return leaseOf(engine, call, name.group, id);
    });
    const commit = commitIn(lease, group.life);
    if (commit === undefined) return undefined;
    const { offset, metadata } = commit;
    return { ...place, offset, metadata };
  });
  return offsets.filter((offset) => offset !== undefined);
}
