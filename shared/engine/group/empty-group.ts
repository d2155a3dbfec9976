// What may be done to a group only while nobody is in it begins here: with one update of its item,
// on condition that nobody has come since it was read.

import { EngineError } from '../../errors.ts';
import { type Group, isStill, noneBorn } from '../../group/group.ts';
import { drawnLifeBytes, type EpochMillis, type GroupLife, groupLifeOf } from '../../ids.ts';
import { conflictTriesMax } from '../../limits.ts';
import type { Action } from '../../store/algebra.ts';
import { groupItem, groupKey } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { outcomeUnknown, repeatableWrite } from '../retry.ts';
import { endSessions } from './change-group.ts';
import { unknownGroup } from './read-group.ts';

export type Settlement = { readonly life: GroupLife; readonly actions: readonly Action[] };

/** Sessions that are over are ended first.
 * @param settlement of the group as it is then. @returns it afterwards.
 * @throws EngineError UNKNOWN_GROUP, GROUP_NOT_EMPTY, THROTTLED, UNAVAILABLE; of unknown outcome:
 *   OUTCOME_UNKNOWN */
export async function settleEmpty(
  engine: Engine,
  call: Call,
  name: string,
  settlement: (group: Group, now: EpochMillis) => Settlement,
): Promise<Group> {
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const group = await emptyGroup(engine, call, name);
    const now = engine.clock.now();
    const settled = await settle(engine, call, group, { ...settlement(group, now), now });
    if (settled !== 'changed') return settled;
  }
  throw new EngineError('UNAVAILABLE', 'the group changed too often meanwhile; try again');
}

/** @throws EngineError UNKNOWN_GROUP, GROUP_NOT_EMPTY, THROTTLED, UNAVAILABLE */
async function emptyGroup(engine: Engine, call: Call, name: string): Promise<Group> {
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const now = await endSessions(engine, call, name);
    if (now === undefined) throw unknownGroup();
    const { sessions } = now.group;
    if (sessions.size === 0) return now.group;
    if ([...sessions.values()].some((until) => until >= engine.clock.now())) throw notEmpty();
  }
  throw new EngineError('UNAVAILABLE', 'the group has too many sessions that are over; try again');
}

/** @returns 'changed': it is not done, since somebody came between.
 * @throws EngineError OUTCOME_UNKNOWN, THROTTLED, UNAVAILABLE */
async function settle(
  engine: Engine,
  call: Call,
  group: Group,
  { life, actions, now }: Settlement & { readonly now: EpochMillis },
): Promise<Group | 'changed'> {
  const generation = group.generation + 1;
  const lastSeen = Math.max(group.lastSeen, now) as EpochMillis;
  const { result, maybeDone } = await repeatableWrite(engine, call, {
    update: groupKey(group.name),
    actions: [
      { set: groupItem.generation, to: { value: generation } },
      { set: groupItem.lastSeen, to: { value: lastSeen } },
      { set: groupItem.life, to: { value: life } },
      ...actions,
    ],
    if: {
      all: [isStill(group), noneBorn(group), { attribute: groupItem.deleted, is: 'absent' }],
    },
  });
  const after = { ...group, generation, lastSeen, life };
  if (result.kind === 'done') return after;
  const { current } = result;
  const isOwn = current?.[groupItem.generation] === generation && current[groupItem.life] === life;
  if (isOwn && current[groupItem.lastSeen] === lastSeen) return after;
  // It may have been done, and changed since.
  if (maybeDone) throw outcomeUnknown();
  return 'changed';
}

export function drawLife(engine: Engine): GroupLife {
  return groupLifeOf(engine.chance.bytes(drawnLifeBytes));
}

export function notEmpty(): EngineError {
  const message = 'group: somebody is in it; try again once it is empty';
  return new EngineError('GROUP_NOT_EMPTY', message, { field: 'group' });
}
