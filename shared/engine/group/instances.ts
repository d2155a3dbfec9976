// Consumer instances: made, and ended by whoever made them. A name belongs to the one that lives;
// whoever takes it next is another incarnation, and has nothing of the one before.

import { timeToLiveAttribute } from '../../contract.ts';
import { EngineError } from '../../errors.ts';
import { type Group, isForgotten, newGroup, noneBorn } from '../../group/group.ts';
import { type Member, type MemberSettings, newMember } from '../../group/member.ts';
import {
  drawnLifeBytes,
  type EpochMillis,
  groupLifeOf,
  type Incarnation,
  incarnationOf,
} from '../../ids.ts';
import { conflictTriesMax, instancesPerGroupMax } from '../../limits.ts';
import type { Write } from '../../store/algebra.ts';
import { groupItem, groupKey, groupNameItem, groupNameKey } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { outcomeUnknown, pauseBefore, repeatableTransaction } from '../retry.ts';
import { attend } from './attend.ts';
import { endSessions, leaveGroup } from './change-group.ts';
import { commitDelivered } from './commit-holding.ts';
import { findGroup, findMember, type InstanceName } from './read-group.ts';

export type InstanceToCreate = InstanceName & { readonly settings: MemberSettings };

/** @throws EngineError INSTANCE_EXISTS, GROUP_FULL, THROTTLED, UNAVAILABLE; of unknown outcome:
 *   OUTCOME_UNKNOWN */
export async function createInstance(
  engine: Engine,
  call: Call,
  { group: name, instance, settings }: InstanceToCreate,
): Promise<void> {
  const drawn = new Set<Incarnation>();
  let unsure = false;
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const [group, member] = await Promise.all([
      findGroup(engine, call, name),
      findMember(engine, call, { group: name, instance }),
    ]);
    // An earlier try has done it.
    if (member !== undefined && drawn.has(member.incarnation)) return;
    if (await mustEndFirst(engine, group, member)) {
      await endSessions(engine, call, name);
      continue;
    }
    // What an earlier try has done may be over already: an incarnation lives once.
    const incarnation = incarnationOf(engine.chance.bytes(drawnLifeBytes));
    drawn.add(incarnation);
    const made = { instance, incarnation, settings, writer: incarnation };
    const writes = creation(engine, name, group, made);
    const { result, maybeDone } = await repeatableTransaction(engine, call, writes);
    if (result.kind === 'done') return;
    unsure ||= maybeDone;
    await engine.clock.sleep(pauseBefore(tries, engine.chance));
  }
  if (unsure) throw outcomeUnknown();
  throw new EngineError('UNAVAILABLE', 'the group changed too often meanwhile; try again');
}

/** Whether sessions that are over stand in the way: that of the name, or those of a group in which
 * nobody has been for so long that its offsets are forgotten.
 * @throws EngineError INSTANCE_EXISTS, GROUP_FULL, ILLEGAL_STATE */
async function mustEndFirst(
  engine: Engine,
  group: Group | undefined,
  member: Member | undefined,
): Promise<boolean> {
  if (group === undefined || group.isDeleted) return false;
  if (group.subscription !== undefined) throw groupOfSubscription();
  const now = engine.clock.now();
  const { sessions } = group;
  const until = member === undefined ? undefined : sessions.get(member.incarnation);
  if (until !== undefined && until >= now) {
    const message = 'Consumer with specified consumer ID already exists in the specified group.';
    throw new EngineError('INSTANCE_EXISTS', message, { field: 'name' });
  }
  if (until !== undefined) return true;
  if (sessions.size > 0 && isForgotten(group, now)) return true;
  if (sessions.size < instancesPerGroupMax) return false;
  if ([...sessions.values()].some((each) => each < now)) return true;
  const message = `name: a group has at most ${instancesPerGroupMax} instances`;
  throw new EngineError('GROUP_FULL', message, { field: 'name', limit: instancesPerGroupMax });
}

/** Nobody shares its partitions with those who deliver for it. */
export function groupOfSubscription(): EngineError {
  const message = 'group: it is a subscription’s, and nobody else’s as long as that is there';
  return new EngineError('ILLEGAL_STATE', message, { field: 'group' });
}

type Creation = Pick<Member, 'instance' | 'incarnation' | 'settings' | 'writer'>;

/** Its session, its item, and where they are the first, the group and its name. */
function creation(
  engine: Engine,
  name: string,
  group: Group | undefined,
  made: Creation,
): readonly Write[] {
  const now = engine.clock.now();
  const until = (now + made.settings.sessionMillis) as EpochMillis;
  const life = groupLifeOf(engine.chance.bytes(drawnLifeBytes));
  const listed = { put: { ...groupNameKey(name), [groupNameItem.life]: life } };
  const member: Write = { put: newMember(name, made), if: { item: 'absent' } };
  if (group === undefined) {
    const first = newGroup(name, life, now);
    const item = {
      ...first,
      [groupItem.sessions]: { [made.incarnation]: until },
      [groupItem.born]: 1,
    };
    return [{ put: item, if: { item: 'absent' } }, listed, member];
  }
  const begin: Write = {
    update: groupKey(name),
    actions: [
      { setEntry: groupItem.sessions, entry: made.incarnation, to: until },
      { set: groupItem.born, to: { value: group.born + 1 } },
    ],
    // Once it is done, and its instance gone again, a try that comes late must not bring it back.
    if: { all: [noneBorn(group), { attribute: groupItem.life, is: '=', to: group.life }] },
  };
  const isKept = !group.isDeleted && !group.isFresh && !isForgotten(group, now);
  if (isKept) return [begin, member];
  return [reborn(begin, life), listed, member];
}

/** What was committed before is forgotten. */
function reborn(begin: Extract<Write, { update: unknown }>, life: string): Write {
  return {
    ...begin,
    actions: [
      ...begin.actions,
      { set: groupItem.life, to: { value: life } },
      { remove: groupItem.deleted },
      { remove: groupItem.fresh },
      { remove: timeToLiveAttribute },
    ],
  };
}

/** Commits what was delivered if it commits of itself, and leaves. Its leases are free with that.
 * @throws EngineError UNKNOWN_INSTANCE, THROTTLED, UNAVAILABLE; of unknown outcome:
 *   OUTCOME_UNKNOWN */
export async function deleteInstance(
  engine: Engine,
  call: Call,
  name: InstanceName,
): Promise<void> {
  const attendance = await attend(engine, call, name);
  await commitDelivered(engine, call, attendance);
  await leaveGroup(engine, call, name.group, attendance.member.incarnation);
}
