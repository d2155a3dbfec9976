// The last target of a group that a process has seen, and when it last asked whether topics are
// still as that target says. What is not known is read; nothing is decided by what is old.

import type { Group } from '../../group/group.ts';
import type { Member } from '../../group/member.ts';
import type { Target } from '../../group/target.ts';
import type { EpochMillis } from '../../ids.ts';
import { topicsCheckMillis } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { targetOf } from './state.ts';
import { namesMeant, subscribedTopics } from './subscribed-topics.ts';

export type KnownTarget = { readonly target: Target; readonly checkedAt: EpochMillis };

export function rememberTarget(engine: Engine, group: string, target: Target): void {
  engine.targets.set(group, { target, checkedAt: engine.clock.now() });
}

/** Of that generation or a later one. */
export async function targetFrom(
  engine: Engine,
  call: Call,
  { name, generation }: Group,
): Promise<Target> {
  const known = engine.targets.get(name);
  if (known !== undefined && known.target.generation >= generation) return known.target;
  const target = await targetOf(engine, call, name);
  const checkedAt = known?.checkedAt ?? (0 as EpochMillis);
  engine.targets.set(name, { target, checkedAt });
  return target;
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
  const isKnown = known !== undefined && known.target.generation >= group.generation;
  if (isKnown && now - known.checkedAt < topicsCheckMillis) return false;
  const [target, topics] = await Promise.all([
    targetFrom(engine, call, group),
    subscribedTopics(engine, call, [member.subscription], false),
  ]);
  const targeted = new Map(target.topics.map((topic) => [topic.name, topic]));
  const names = namesMeant(member.subscription, [...topics.keys(), ...targeted.keys()]);
  const moved = names.some((name) => {
    const [is, was] = [topics.get(name), targeted.get(name)];
    return was?.id !== is?.id || was?.owners.length !== is?.partitions;
  });
  if (!moved) engine.targets.set(group.name, { target, checkedAt: now });
  return moved;
}
