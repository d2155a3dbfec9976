// The group that a subscription takes for its own: one that is there, and in which nobody is, with
// what is committed in it, as Lambda's event source mappings do; or one that is made for it.
//
// One that is made is fresh until the subscription is there. What a creation that ended half way
// has committed in it is nobody's: whoever comes next, a subscription or an instance, draws another
// life.

import { timeToLiveAttribute } from '../../contract.ts';
import { type Group, isForgotten, isStill, newGroup, noneBorn } from '../../group/group.ts';
import type { EpochMillis, GroupLife } from '../../ids.ts';
import type { Write } from '../../store/algebra.ts';
import { groupItem, groupKey, groupNameItem, groupNameKey } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { endSessions } from '../group/change-group.ts';
import { drawLife, notEmpty } from '../group/empty-group.ts';
import { groupOfSubscription } from '../group/instances.ts';
import { findGroup } from '../group/read-group.ts';
import { repeatableTransaction } from '../retry.ts';

/** @returns 'changed': somebody came between.
 * @throws EngineError GROUP_NOT_EMPTY, ILLEGAL_STATE: it is another subscription's; THROTTLED,
 *   UNAVAILABLE, OUTCOME_UNKNOWN */
export async function groupToTake(
  engine: Engine,
  call: Call,
  name: string,
  now: EpochMillis,
): Promise<Group | 'changed'> {
  const settled = await endSessions(engine, call, name);
  const group = settled?.group ?? (await findGroup(engine, call, name));
  if (group !== undefined && !group.isDeleted) {
    if (group.subscription !== undefined) throw groupOfSubscription();
    if (group.sessions.size > 0) throw notEmpty();
    if (!group.isFresh && !isForgotten(group, now)) return group;
  }
  const life = drawLife(engine);
  const { result } = await repeatableTransaction(engine, call, [
    group === undefined ? birth(name, life, now) : rebirth(group, life, now),
    { put: { ...groupNameKey(name), [groupNameItem.life]: life } },
  ]);
  const made = result.kind === 'done' ? await findGroup(engine, call, name) : undefined;
  return made?.life === life && isFree(made) ? made : 'changed';
}

function isFree({ subscription, sessions }: Group): boolean {
  return subscription === undefined && sessions.size === 0;
}

function birth(name: string, life: GroupLife, now: EpochMillis): Write {
  return { put: { ...newGroup(name, life, now), [groupItem.fresh]: true }, if: { item: 'absent' } };
}

/** What was committed before is forgotten. */
function rebirth(group: Group, life: GroupLife, now: EpochMillis): Write {
  return {
    update: groupKey(group.name),
    actions: [
      { set: groupItem.generation, to: { value: group.generation + 1 } },
      { set: groupItem.life, to: { value: life } },
      { set: groupItem.lastSeen, to: { value: now } },
      { set: groupItem.fresh, to: { value: true } },
      { remove: groupItem.deleted },
      { remove: timeToLiveAttribute },
    ],
    if: isAsRead(group),
  };
}

/** Unless anything has happened to it since it was read. */
export function takeWrite(group: Group, subscription: string, now: EpochMillis): Write {
  return {
    update: groupKey(group.name),
    actions: [
      { set: groupItem.subscription, to: { value: subscription } },
      { set: groupItem.generation, to: { value: group.generation + 1 } },
      { set: groupItem.born, to: { value: group.born + 1 } },
      { set: groupItem.lastSeen, to: { value: now } },
      { remove: groupItem.fresh },
    ],
    if: isAsRead(group),
  };
}

/** Changes nothing, and refuses what it is sent with once somebody has come into the group, or has
 * taken it. */
export function unlessTaken(group: Group): Write {
  const attribute = groupItem.generation;
  return {
    update: groupKey(group.name),
    actions: [{ set: attribute, to: { attribute } }],
    if: isAsRead(group),
  };
}

function isAsRead(group: Group) {
  return { all: [isStill(group), noneBorn(group)] };
}
