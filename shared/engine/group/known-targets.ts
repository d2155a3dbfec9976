// The last target of a group that a process has seen, and when it last asked whether topics are
// still as that target says. What is not known is read; nothing is decided by what is old.

import type { Group } from '../../group/group.ts';
import type { Member } from '../../group/member.ts';
import type { Target } from '../../group/target.ts';
import type { EpochMillis, Incarnation } from '../../ids.ts';
import { topicsCheckMillis } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { targetOf } from './read-group.ts';
import { namesMeant, subscribedTopics } from './subscribed-topics.ts';

export type KnownTarget = {
  readonly target: Target;
  /** When each member's topics were asked for last. */
  readonly checks: Map<Incarnation, EpochMillis>;
};

function remember(engine: Engine, group: string, target: Target): KnownTarget {
  const known = { target, checks: new Map() };
  engine.targets.set(group, known);
  return known;
}

/** One that was made, or found to be what it should, with all members' topics as they are now. */
export function rememberTarget(engine: Engine, group: string, target: Target): void {
  const { checks } = remember(engine, group, target);
  for (const member of new Set(target.topics.flatMap(({ owners }) => owners))) {
    checks.set(member, engine.clock.now());
  }
}

/** Of that generation or a later one. */
export async function targetFrom(
  engine: Engine,
  call: Call,
  { name, generation }: Group,
): Promise<Target> {
  const known = engine.targets.get(name);
  if (known !== undefined && known.target.generation >= generation) return known.target;
  return remember(engine, name, await targetOf(engine, call, name)).target;
}

/** Whether what the member subscribes to is what the target says, as far as that was asked
 * lately. */
export async function topicsMoved(
  engine: Engine,
  call: Call,
  { group, member }: { readonly group: Group; readonly member: Member },
): Promise<boolean> {
  const now = engine.clock.now();
  const known = engine.targets.get(group.name);
  const checkedAt = known?.checks.get(member.incarnation) ?? 0;
  const isKnown = known !== undefined && known.target.generation >= group.generation;
  if (isKnown && now - checkedAt < topicsCheckMillis) return false;
  const [target, topics] = await Promise.all([
    targetFrom(engine, call, group),
    subscribedTopics(engine, call, [member.subscription], { isFresh: false }),
  ]);
  const targeted = new Map(target.topics.map((topic) => [topic.name, topic]));
  const names = namesMeant(member.subscription, [...topics.keys(), ...targeted.keys()]);
  const moved = names.some((name) => {
    const [is, was] = [topics.get(name), targeted.get(name)];
    return was?.id !== is?.id || was?.owners.length !== is?.partitions;
  });
  if (!moved) noteCheck(engine, group.name, member.incarnation);
  return moved;
}

export function noteCheck(engine: Engine, group: string, member: Incarnation): void {
  engine.targets.get(group)?.checks.set(member, engine.clock.now());
}
