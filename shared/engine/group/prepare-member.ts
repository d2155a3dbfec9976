// What comes before the records of a poll or of a member's fetch: time passes for the group, what
// was delivered is committed, and the instance has what its group's target gives it. And what ends
// the wait for them.

import type { Adopter } from '../../group/adoption.ts';
import { type Group, sessionsOver } from '../../group/group.ts';
import type { Holding } from '../../group/holdings.ts';
import { isSubscribed } from '../../group/member.ts';
import { groupPk } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { adopt } from './adopt.ts';
import { type Attendance, unknownInstance } from './attend.ts';
import { endSessions, type GroupNow, meetTopics } from './change-group.ts';
import { commitDelivered } from './commit-holding.ts';
import type { Interruption } from './fetch-holdings.ts';
import { noteCheck, topicsMoved } from './known-targets.ts';
import { findGroup } from './read-group.ts';
import { saveMember } from './save-member.ts';

/** A waiting member whose group has a new target gives up and takes what it says; one that waits
 * for what others have looks whether they have given it up. */
export function interruptionOf(
  engine: Engine,
  call: Call,
  { group, member }: Prepared,
): Interruption {
  return {
    watched: groupPk(group.name),
    byGoneTopics: isSubscribed(member),
    hasCome: async () => {
      if (isSubscribed(member) && member.adopted < 0) return true;
      const now = await findGroup(engine, call, group.name);
      return now?.generation !== group.generation;
    },
  };
}

export type Prepared = Attendance & {
  /** The member's holdings as its item has them. */
  readonly stored: readonly Holding[];
  /** Of the target that was adopted, or tried to be. */
  readonly generation: number;
  /** Those of its holdings that are another's, and that its client is at work on. */
  readonly revoked: readonly Holding[];
};

/** Up to the records: what was delivered is committed, and its partitions are as the target says.
 * @param isAtWork as planAdoption has it.
 * @returns 'collided': another request of the instance came between.
 * @throws EngineError UNKNOWN_INSTANCE, THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN */
export async function prepareMember(
  engine: Engine,
  call: Call,
  attendance: Attendance,
  isAtWork?: Adopter['isAtWork'],
): Promise<Prepared | 'collided'> {
  const group = await groupAsItShouldBe(engine, call, attendance);
  const { member } = attendance;
  const committed = await commitDelivered(engine, call, { group, member });
  const mustAdopt = isSubscribed(member) ? member.adopted !== group.generation : member.adopted < 0;
  const current = { ...member, holdings: committed };
  if (!mustAdopt) {
    const { generation } = group;
    return { group, member: current, stored: member.holdings, generation, revoked: [] };
  }
  const adopted = await adopt(engine, call, { group, member: current }, isAtWork);
  const { generation, revoked, ...change } = adopted;
  const isSame =
    change.holdings.length === member.holdings.length &&
    change.holdings.every((holding) => member.holdings.includes(holding));
  if (isSame && change.adopted === member.adopted) {
    return { group, member: current, stored: member.holdings, generation, revoked };
  }
  const saved = await saveMember(engine, call, { group: group.name, member: current }, change);
  if (saved === 'collided') return saved;
  return { group, member: saved, stored: saved.holdings, generation, revoked };
}

/** Without sessions that are over, and with a target that knows the topics of today. */
async function groupAsItShouldBe(
  engine: Engine,
  call: Call,
  { group: seen, member }: Attendance,
): Promise<Group> {
  let group = seen;
  const become = (now: GroupNow | undefined) => {
    if (!now?.group.sessions.has(member.incarnation)) throw unknownInstance();
    group = now.group;
  };
  if (sessionsOver(group, engine.clock.now()).length > 0) {
    become(await endSessions(engine, call, group.name));
  }
  if (isSubscribed(member) && (await topicsMoved(engine, call, { group, member }))) {
    become(await meetTopics(engine, call, group.name));
    // Also when it is left as it was: not all topics may find room in it.
    noteCheck(engine, group.name, member.incarnation);
  }
  return group;
}
