// A group that a subscription takes for its own, from its birth to its end: what each step writes,
// and on condition of what.
//
// Invariant: what is committed in a life counts only once somebody has come into the group, or has
// taken it.

import { timeToLiveAttribute } from '../contract.ts';
import type { EpochMillis, GroupLife } from '../ids.ts';
import type { Action, Condition, Value, Write } from '../store/algebra.ts';
import { groupItem, groupKey } from '../store/group-items.ts';
import { type Group, isStill, newGroup, noneBorn } from './group.ts';

/** For a subscription that is not there yet. */
export function freshGroupWrite(name: string, life: GroupLife, now: EpochMillis): Write {
  return { put: { ...newGroup(name, life, now), [groupItem.fresh]: true }, if: { item: 'absent' } };
}

/** The same of one that was there: what was committed before is forgotten. */
export function refreshGroupWrite(group: Group, life: GroupLife, now: EpochMillis): Write {
  return {
    update: groupKey(group.name),
    actions: [
      ...changed(group, now),
      set(groupItem.life, life),
      set(groupItem.fresh, true),
      { remove: groupItem.deleted },
      { remove: timeToLiveAttribute },
    ],
    if: isAsRead(group),
  };
}

/** Unless anything has happened to it since it was read. */
export function takeGroupWrite(group: Group, subscription: string, now: EpochMillis): Write {
  return {
    update: groupKey(group.name),
    actions: [
      ...changed(group, now),
      set(groupItem.subscription, subscription),
      set(groupItem.born, group.born + 1),
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

/** With its subscription. @param graveAt when nothing is known of it any more, in seconds. */
export function endGroupWrite(
  group: Group,
  { life, now, graveAt }: { life: GroupLife; now: EpochMillis; graveAt: number },
): Write {
  return {
    update: groupKey(group.name),
    actions: [
      ...changed(group, now),
      set(groupItem.life, life),
      set(groupItem.deleted, true),
      set(timeToLiveAttribute, graveAt),
      { remove: groupItem.subscription },
    ],
    if: isStill(group),
  };
}

function changed(group: Group, now: EpochMillis): readonly Action[] {
  return [set(groupItem.generation, group.generation + 1), set(groupItem.lastSeen, now)];
}

function set(attribute: string, value: Value): Action {
  return { set: attribute, to: { value } };
}

function isAsRead(group: Group): Condition {
  return { all: [isStill(group), noneBorn(group)] };
}
