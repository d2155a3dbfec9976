// Adopting a target: what is to be given up and taken is decided by group/adoption.ts, and done
// here, in this order, each on condition that the target is the group's yet. So in one generation
// nobody takes a partition but he to whom its target gives it, however late what he sent arrives.

import { type Adopter, type Adoption, planAdoption } from '../../group/adoption.ts';
import { type Group, inGeneration } from '../../group/group.ts';
import { type Holding, isByHand } from '../../group/holdings.ts';
import { releaseWrite, takeWrite, tenureOf } from '../../group/lease.ts';
import type { Member } from '../../group/member.ts';
import { partitionsOf, type Target } from '../../group/target.ts';
import { leasesPerTransaction } from '../../limits.ts';
import type { Write } from '../../store/algebra.ts';
import { groupPk } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatableTransaction } from '../retry.ts';
import type { Attendance } from './attend.ts';
import { targetFrom } from './known-targets.ts';
import { leasesOf } from './read-group.ts';

export type Adopted = {
  readonly holdings: readonly Holding[];
  /** Those of them that are another's, and that the client is at work on. */
  readonly revoked: readonly Holding[];
  /** The generation whose target it has wholly adopted; -1: something of it is another's yet. */
  readonly adopted: number;
  /** Of the target. */
  readonly generation: number;
};

/** Also of an instance that has ceased to subscribe: it gives up all that it has a lease of.
 * @param member what it delivered is committed, where it commits of itself.
 * @param isAtWork as planAdoption has it.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: some of it may be done, and the next
 *   poll goes on */
export async function adopt(
  engine: Engine,
  call: Call,
  { group, member }: Attendance,
  isAtWork?: Adopter['isAtWork'],
): Promise<Adopted> {
  const target = await targetFrom(engine, call, group);
  const adopter = { group, member: isAtWork ? { ...member, isAtWork } : member, target };
  const before = await plan(engine, call, adopter);
  const isChanged = await carryOut(engine, call, adopter, before);
  // What is committed of what was just taken is read when nobody else can commit any more.
  const after = isChanged ? await plan(engine, call, adopter) : before;
  const byHand = member.holdings.filter(isByHand);
  const { generation } = target;
  const { keeps, revoked, givesUp } = after;
  const isWhole = keeps.length === after.own && givesUp.length === 0 && revoked.length === 0;
  return {
    holdings: [...keeps, ...revoked, ...byHand],
    revoked,
    generation,
    adopted: isWhole ? Math.max(generation, 0) : -1,
  };
}

type Adopting = {
  readonly group: Group;
  readonly member: Member & Adopter;
  readonly target: Target;
};

/** Who is in the group may be known from before the leases were read: whoever has come since came
 * with another generation, in which nothing of this is done. */
async function plan(
  engine: Engine,
  call: Call,
  { group, member, target }: Adopting,
): Promise<Adoption & { readonly own: number }> {
  const leases = await leasesOf(engine, call, group.name);
  // What the target says counts, and not the member, who may have been read before it.
  const own = partitionsOf(target, member.incarnation);
  return { ...planAdoption(member, own, { leases, ...group }), own: own.length };
}

/** @returns whether there was anything to do. */
async function carryOut(
  engine: Engine,
  call: Call,
  { group, member, target }: Adopting,
  { givesUp, takes }: Adoption,
): Promise<boolean> {
  const { name } = group;
  const { incarnation } = member;
  const { generation } = target;
  const check = inGeneration(name, generation, incarnation);
  const releases = givesUp.map(({ id, fence }) => {
    return releaseWrite(name, tenureOf({ ...id, fence }, incarnation));
  });
  const taken = takes.map(({ topic, topicId, partition, before }) => {
    const place = { id: { topicId, partition }, topic, generation };
    return takeWrite(group, place, incarnation, before);
  });
  for (const writes of runsOf([...releases, ...taken])) {
    if (!(await writeUnder(engine, call, check, writes))) break;
  }
  if (releases.length > 0) engine.arrivals.announce(groupPk(name));
  return releases.length + taken.length > 0;
}

function* runsOf(writes: readonly Write[]): Generator<readonly Write[]> {
  for (let at = 0; at < writes.length; at += leasesPerTransaction) {
    yield writes.slice(at, at + leasesPerTransaction);
  }
}

/** All of them but those that are refused by themselves: somebody else was quicker, or an earlier
 * try has done it.
 * @returns false: the check refused all. */
async function writeUnder(
  engine: Engine,
  call: Call,
  check: Write,
  writes: readonly Write[],
): Promise<boolean> {
  let left = writes;
  while (left.length > 0) {
    const { result } = await repeatableTransaction(engine, call, [check, ...left]);
    if (result.kind === 'done') return true;
    const [passed, ...refusals] = result.refusals;
    if (passed !== undefined) return false;
    left = left.filter((_, index) => refusals[index] === undefined);
  }
  return true;
}
