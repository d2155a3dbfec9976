// The group's item: its generation, and who is in it for how long yet. A session is renewed by one
// update, on condition that it is there, and the answer shows all others; it is ended by whoever
// sees it over, on condition that generation and session are as seen. So a clock that is wrong ends
// a session too early or too late, and never one that was renewed meanwhile; and what was ended
// never comes back, since an incarnation is drawn once.
//
// Invariants: the generation only rises, by one with each new target, and survives the group's
// deletion; a session is only lengthened, and only while it is there.

import type { EpochMillis, GroupLife, Incarnation } from '../ids.ts';
import { offsetsRetentionMillis } from '../limits.ts';
import {
  type Action,
  type Condition,
  type Item,
  mapIn,
  numberIn,
  textIn,
  type Write,
} from '../store/algebra.ts';
import { groupItem, groupKey } from '../store/group-items.ts';

export type Sessions = ReadonlyMap<Incarnation, EpochMillis>;

export type Group = {
  readonly name: string;
  readonly generation: number;
  readonly life: GroupLife;
  /** Of every instance, to when it ends. */
  readonly sessions: Sessions;
  readonly lastSeen: EpochMillis;
  readonly born: number;
  /** It is none to anybody. */
  readonly isDeleted: boolean;
  /** What is committed in it is nobody's. */
  readonly isFresh: boolean;
  /** Whose it is alone: no instance comes into it, and it is never forgotten. */
  readonly subscription: string | undefined;
};

export function readGroup(name: string, item: Item): Group {
  return {
    name,
    generation: numberIn(item, groupItem.generation),
    life: textIn(item, groupItem.life) as GroupLife,
    sessions: new Map(Object.entries(mapIn(item, groupItem.sessions))) as unknown as Sessions,
    lastSeen: numberIn(item, groupItem.lastSeen) as EpochMillis,
    born: numberIn(item, groupItem.born),
    isDeleted: groupItem.deleted in item,
    isFresh: groupItem.fresh in item,
    subscription: item[groupItem.subscription] as string | undefined,
  };
}

export function newGroup(name: string, life: GroupLife, now: EpochMillis): Item {
  return {
    ...groupKey(name),
    [groupItem.generation]: 0,
    [groupItem.sessions]: {},
    [groupItem.life]: life,
    [groupItem.lastSeen]: now,
    [groupItem.born]: 0,
  };
}

/** One write unit while the group is small. It may be sent again, and come late: a session that is
 * longer already refuses it. */
export function renewal(name: string, incarnation: Incarnation, until: EpochMillis): Write {
  return {
    update: groupKey(name),
    actions: [{ setEntry: groupItem.sessions, entry: incarnation, to: until }],
    if: {
      attribute: groupItem.sessions,
      entry: incarnation,
      is: '<=',
      to: until,
    },
  };
}

/** Its session is there, over or not. */
export function isIn({ sessions }: Group, incarnation: Incarnation | undefined): boolean {
  return incarnation !== undefined && sessions.has(incarnation);
}

/** Sessions that are over by this clock, soonest first. */
export function sessionsOver({ sessions }: Group, now: EpochMillis): readonly Incarnation[] {
  return [...sessions]
    .filter(([, until]) => until < now)
    .sort(([one, oneUntil], [other, otherUntil]) => oneUntil - otherUntil || (one < other ? -1 : 1))
    .map(([incarnation]) => incarnation);
}

/** The last time that somebody is known to have been, or will be, in it. */
function lastSeenAt({ sessions, lastSeen }: Group): EpochMillis {
  return Math.max(lastSeen, ...sessions.values()) as EpochMillis;
}

/** Whether nobody has been in it for so long that its offsets count for nothing (KIP-211). */
export function isForgotten(group: Group, now: EpochMillis): boolean {
  if (group.subscription !== undefined) return false;
  return now - lastSeenAt(group) > offsetsRetentionMillis;
}

/** Changes nothing, and refuses what it is sent with once there is another target, or the member's
 * session was ended: a lease that is taken or given up late must not pass a change that knows
 * nothing of it. */
export function inGeneration(name: string, generation: number, member: Incarnation): Write {
  const attribute = groupItem.generation;
  return {
    update: groupKey(name),
    actions: [{ set: attribute, to: { attribute } }],
    if: {
      all: [
        { attribute, is: '=', to: generation },
        { attribute: groupItem.sessions, entry: member, is: 'present' },
      ],
    },
  };
}

/** It is what was read, but for sessions that were renewed or begun since. */
export function isStill({ generation, life }: Group): Condition {
  return {
    all: [
      { attribute: groupItem.generation, is: '=', to: generation },
      { attribute: groupItem.life, is: '=', to: life },
    ],
  };
}

/** Nobody was created in it since it was read. */
export function noneBorn({ born }: Group): Condition {
  return { attribute: groupItem.born, is: '=', to: born };
}

/** None of these was renewed since it was read. */
export function notRenewed(
  { sessions }: Group,
  incarnations: readonly Incarnation[],
): readonly Condition[] {
  return incarnations.map((incarnation) => ({
    attribute: groupItem.sessions,
    entry: incarnation,
    is: '=',
    to: sessions.get(incarnation) as EpochMillis,
  }));
}

export function endOf(incarnation: Incarnation): Action {
  return { removeEntry: groupItem.sessions, entry: incarnation };
}
