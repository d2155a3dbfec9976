// Adopting a target: what is to be given up and taken is decided by group/adoption.ts, and done
// here, in this order.

import { holdingOf, planAdoption } from '../../group/adoption.ts';
import type { Group } from '../../group/group.ts';
import type { Holding } from '../../group/holdings.ts';
import {
  type Lease,
  readLease,
  releaseWrite,
  type Tenure,
  takeWrite,
  tenureOf,
} from '../../group/lease.ts';
import { isSubscribed, type Member } from '../../group/member.ts';
import { partitionsOf, type Target, type TopicPartition } from '../../group/target.ts';
import { leaseWritesInFlightMax } from '../../limits.ts';
import { groupPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { repeatableWrite } from '../retry.ts';
import { targetFrom } from './known-targets.ts';
import { type Attendance, findGroup, leasesOf, unknownInstance } from './state.ts';

export type Adopted = {
  readonly holdings: readonly Holding[];
  /** The generation whose target it has wholly adopted; -1: something of it is another's yet. */
  readonly adopted: number;
  /** Of the target. */
  readonly generation: number;
};

/** Also of an instance that has ceased to subscribe: it gives up all that it has a lease of.
 * @param member what it delivered is committed, where it commits of itself.
 * @throws EngineError UNKNOWN_INSTANCE: its session was ended meanwhile; THROTTLED, UNAVAILABLE,
 *   OUTCOME_UNKNOWN: some of it may be done, and the next poll goes on */
export async function adopt(
  engine: Engine,
  call: Call,
  { group: seen, member }: Attendance,
): Promise<Adopted> {
  const target = await targetFrom(engine, call, seen);
  const leases = await leasesOf(engine, call, seen.name);
  const group = await findGroup(engine, call, seen.name);
  if (group === undefined || !group.sessions.has(member.incarnation)) throw unknownInstance();
  const own = isSubscribed(member) ? partitionsOf(target, member.incarnation) : [];
  const plan = planAdoption(member, own, { leases, ...group });
  const { incarnation } = member;
  const givesUp = plan.givesUp.map(({ id, fence }) => tenureOf({ ...id, fence }, incarnation));
  await release(engine, call, group.name, givesUp);
  const taken = await inRuns(plan.takes, leaseWritesInFlightMax, (place) =>
    take(engine, call, { group, member, target }, place),
  );
  const held = [...plan.keeps, ...taken.filter((holding) => holding !== undefined)];
  const byHand = member.holdings.filter(({ fence }) => fence === 0);
  const { generation } = target;
  const adopted = held.length === own.length ? generation : -1;
  return { holdings: [...held, ...byHand], generation, adopted };
}

/** What was taken by another since is left to him. Whoever waits for them in this process hears of
 * it. */
export async function release(
  engine: Engine,
  call: Call,
  group: string,
  tenures: readonly Tenure[],
): Promise<void> {
  await inRuns(tenures, leaseWritesInFlightMax, (tenure) =>
    repeatableWrite(engine, call, releaseWrite(group, tenure)),
  );
  if (tenures.length > 0) engine.arrivals.announce(groupPk(group));
}

type Taker = { readonly group: Group; readonly member: Member; readonly target: Target };

/** @returns undefined: somebody else was quicker. */
async function take(
  engine: Engine,
  call: Call,
  { group, member: { incarnation }, target }: Taker,
  { topic, topicId, partition, before }: TopicPartition & { readonly before: Lease | undefined },
): Promise<Holding | undefined> {
  const taken = { id: { topicId, partition }, topic, generation: target.generation };
  const lease = { group: group.name, life: group.life };
  const write = takeWrite(lease, taken, incarnation, before);
  const { result } = await repeatableWrite(engine, call, write);
  const item = result.kind === 'done' ? result.item : result.current;
  // Refused by its own success, it is its own all the same.
  const now = item === undefined ? undefined : readLease(item);
  return now?.owner === incarnation ? holdingOf(now, group.life) : undefined;
}
