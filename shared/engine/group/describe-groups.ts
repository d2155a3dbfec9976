// Groups as an operator sees them: which there are, who is in them, and what they are doing. A
// session that is over by this process's clock is not shown, though nobody has ended it yet.

import { AssertionError } from '../../assert.ts';
import type { Group } from '../../group/group.ts';
import { isByHand } from '../../group/holdings.ts';
import type { Lease } from '../../group/lease.ts';
import { isSubscribed, type Member } from '../../group/member.ts';
import type { Target } from '../../group/target.ts';
import type { Incarnation, PartitionName } from '../../ids.ts';
import { groupsPk } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { queryAll } from '../query-all.ts';
import { lagsOf, type PartitionLag } from './lag.ts';
import { findGroup, leasesOf, membersOf, targetOf, unknownGroup } from './read-group.ts';

/** Kafka's, of which these can be. STABLE: also one of a subscription. EMPTY: nobody subscribes.
 * PREPARING_REBALANCE: somebody has what is another's, or nobody has it. */
export type GroupStateName = 'STABLE' | 'PREPARING_REBALANCE' | 'EMPTY';

export type DescribedMember = {
  readonly instance: string;
  readonly incarnation: Incarnation;
  /** What it has leases of, or was assigned by hand. */
  readonly partitions: readonly PartitionName[];
};

export type DescribedGroup = {
  readonly name: string;
  readonly state: GroupStateName;
  readonly generation: number;
  /** Nobody shares anything: all that are in it were assigned by hand. */
  readonly isSimple: boolean;
  readonly members: readonly DescribedMember[];
};

/** By name. @throws EngineError THROTTLED, UNAVAILABLE */
export async function listGroups(engine: Engine, call: Call): Promise<readonly DescribedGroup[]> {
  const listed = await queryAll(engine, call, { pk: groupsPk });
  const groups = await inRuns(listed, groupsAtOnce, async ({ sk }) => {
    const read = await readWhole(engine, call, sk);
    return read && describe(engine, read);
  });
  return groups.filter((group) => group !== undefined);
}

const groupsAtOnce = 8;

/** @throws EngineError UNKNOWN_GROUP, THROTTLED, UNAVAILABLE */
export async function describeGroup(
  engine: Engine,
  call: Call,
  name: string,
): Promise<DescribedGroup> {
  const read = await readWhole(engine, call, name);
  if (read === undefined) throw unknownGroup();
  return describe(engine, read);
}

export type GroupLags = {
  readonly group: DescribedGroup;
  readonly lags: readonly PartitionLag[];
};

/** @param of this partition alone.
 * @throws EngineError UNKNOWN_GROUP, THROTTLED, UNAVAILABLE */
export async function lagsOfGroup(
  engine: Engine,
  call: Call,
  name: string,
  of?: PartitionName,
): Promise<GroupLags> {
  const found = await findLags(engine, call, name, of);
  if (found === undefined) throw unknownGroup();
  return found;
}

/** Of all groups by name, until there are too many. One of which something is damaged hides no
 * other.
 * @param partitionsMax of all of them: of the group that reaches it all are there.
 * @throws EngineError THROTTLED, UNAVAILABLE, DAMAGED */
export async function lagsOfGroups(
  engine: Engine,
  call: Call,
  { groupsMax, partitionsMax }: { readonly groupsMax: number; readonly partitionsMax: number },
): Promise<{
  readonly groups: readonly GroupLags[];
  readonly damaged: number;
  readonly omitted: number;
}> {
  const listed = await queryAll(engine, call, { pk: groupsPk });
  const groups: GroupLags[] = [];
  let [partitions, looked, damaged] = [0, 0, 0];
  for (const { sk } of listed.slice(0, groupsMax)) {
    if (partitions >= partitionsMax) break;
    looked++;
    const found = await findLags(engine, call, sk).catch(orDamaged);
    if (found === 'damaged') damaged++;
    if (found === undefined || found === 'damaged') continue;
    groups.push(found);
    partitions += found.lags.length;
  }
  return { groups, damaged, omitted: listed.length - looked };
}

/** Items that are not as they were written are an assertion's. */
function orDamaged(error: unknown): 'damaged' {
  if (error instanceof AssertionError) return 'damaged';
  throw error;
}

async function findLags(
  engine: Engine,
  call: Call,
  name: string,
  of?: PartitionName,
): Promise<GroupLags | undefined> {
  const read = await readWhole(engine, call, name);
  if (read === undefined) return undefined;
  const leases = read.leases.filter(({ topic, id }) => {
    return of === undefined || (topic === of.topic && id.partition === of.partition);
  });
  const lags = await lagsOf(engine, call, read.group, leases);
  return { group: describe(engine, read), lags };
}

type Whole = {
  readonly group: Group;
  readonly members: readonly Member[];
  readonly leases: readonly Lease[];
  readonly target: Target;
};

/** undefined: there is no such group. */
async function readWhole(engine: Engine, call: Call, name: string): Promise<Whole | undefined> {
  const group = await findGroup(engine, call, name);
  if (group === undefined || group.isDeleted) return undefined;
  const [members, leases, target] = await Promise.all([
    membersOf(engine, call, group),
    leasesOf(engine, call, name),
    targetOf(engine, call, name),
  ]);
  return { group, members, leases, target };
}

function describe(engine: Engine, { group, members, leases, target }: Whole): DescribedGroup {
  const now = engine.clock.now();
  const living = members.filter(({ incarnation }) => {
    return (group.sessions.get(incarnation) ?? 0) >= now;
  });
  const subscribed = living.filter(isSubscribed);
  return {
    name: group.name,
    generation: group.generation,
    isSimple: subscribed.length === 0 && living.length > 0,
    state: group.subscription ? 'STABLE' : stateOf(subscribed, target, leases),
    members: living.map((member) => describeMember(member, leases)),
  };
}

/** What belongs to somebody whose session is over is to be another's, though no target says so
 * yet. */
function stateOf(
  subscribed: readonly Member[],
  { topics }: Target,
  leases: readonly Lease[],
): GroupStateName {
  if (subscribed.length === 0) return 'EMPTY';
  const living = new Set(subscribed.map(({ incarnation }) => incarnation));
  const owners = new Map(leases.map(({ id, owner }) => [`${id.topicId}#${id.partition}`, owner]));
  const isSettled = topics.every(({ id, owners: wanted }) =>
    wanted.every((owner, partition) => {
      const isThere = owner !== undefined && living.has(owner);
      return isThere && owners.get(`${id}#${partition}`) === owner;
    }),
  );
  return isSettled ? 'STABLE' : 'PREPARING_REBALANCE';
}

function describeMember(
  { instance, incarnation, holdings }: Member,
  leases: readonly Lease[],
): DescribedMember {
  const leased = leases
    .filter(({ owner }) => owner === incarnation)
    .map(({ topic, id }) => ({ topic, partition: id.partition }));
  const byHand = holdings.filter(isByHand).map(({ topic, partition }) => ({ topic, partition }));
  return { instance, incarnation, partitions: [...leased, ...byHand] };
}
