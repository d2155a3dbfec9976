// Changing a group: read it, decide (group/change.ts), write it all if its generation is as read;
// else begin again. A change that may have been done is found done, or not, by what is read next.

import { EngineError } from '../../errors.ts';
import { changeGroup, type GroupChange, membersAfter, type Wishes } from '../../group/change.ts';
import { type Group, sessionsOver } from '../../group/group.ts';
import { isSubscribed, type Member, type Subscription } from '../../group/member.ts';
import type { Target } from '../../group/target.ts';
import type { Incarnation } from '../../ids.ts';
import {
  conflictTriesMax,
  expiriesPerChangeMax,
  partitionsPerGroupMax,
  topicsPerGroupMax,
} from '../../limits.ts';
import { groupPk } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { outcomeUnknown, pauseBefore, repeatableTransaction } from '../retry.ts';
import type { Topic } from '../topic-cache.ts';
import { rememberTarget } from './known-targets.ts';
import { findGroup, membersOf, targetOf } from './read-group.ts';
import { namesMeant, subscribedTopics } from './subscribed-topics.ts';

export type GroupNow = { readonly group: Group; readonly target: Target };

/** What is to be done to a group as it is now; undefined: nothing more. */
type Wanted = (group: Group, members: readonly Member[]) => GroupChange | undefined;

/** Ends sessions that are over by this process's clock; a new target has nobody of them.
 * @returns undefined: there is no such group any more. */
export function endSessions(
  engine: Engine,
  call: Call,
  name: string,
): Promise<GroupNow | undefined> {
  return change(engine, call, name, (group) => {
    const over = sessionsOver(group, engine.clock.now()).slice(0, expiriesPerChangeMax);
    return over.length === 0 ? undefined : { kind: 'over', gone: over };
  });
}

/** Makes a new target if topics are not what the present one says of them. */
export function meetTopics(
  engine: Engine,
  call: Call,
  name: string,
): Promise<GroupNow | undefined> {
  let isMade = false;
  return change(engine, call, name, () => {
    // Refused once: whatever came between has read the topics as late.
    if (isMade) return undefined;
    isMade = true;
    return { kind: 'topics' };
  });
}

export async function leaveGroup(
  engine: Engine,
  call: Call,
  name: string,
  leaves: Incarnation,
): Promise<void> {
  await change(engine, call, name, ({ sessions }) => {
    return sessions.has(leaves) ? { kind: 'leaves', gone: [leaves] } : undefined;
  });
}

/** @returns 'gone': the instance's session was ended.
 * @throws EngineError of `check`, of the instance as it is now; GROUP_FULL */
export async function changeSubscription(
  engine: Engine,
  call: Call,
  name: string,
  {
    incarnation,
    subscription,
    writer,
    check,
  }: {
    readonly incarnation: Incarnation;
    readonly subscription: Subscription;
    /** Drawn for this change. */
    readonly writer: string;
    readonly check: (member: Member) => void;
  },
): Promise<'done' | 'gone'> {
  let outcome: 'done' | 'gone' = 'gone';
  await change(engine, call, name, (_, members) => {
    const member = members.find((one) => one.incarnation === incarnation);
    outcome = member?.writer === writer ? 'done' : 'gone';
    if (member === undefined || member.writer === writer) return undefined;
    check(member);
    outcome = 'done';
    return { kind: 'subscribes', member, subscription, writer };
  });
  return outcome;
}

/** @throws EngineError THROTTLED, UNAVAILABLE; OUTCOME_UNKNOWN */
async function change(
  engine: Engine,
  call: Call,
  name: string,
  wanted: Wanted,
): Promise<GroupNow | undefined> {
  let unsure = false;
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const group = await findGroup(engine, call, name);
    if (group === undefined || group.isDeleted) return undefined;
    const [members, target] = await Promise.all([
      membersOf(engine, call, group),
      targetOf(engine, call, name),
    ]);
    const asked = wanted(group, members);
    if (asked === undefined) return { group, target };
    const wishes = await wishesOf(engine, call, membersAfter({ members }, asked), asked);
    const now = engine.clock.now();
    const next = changeGroup({ group, members, target }, asked, { wishes, now });
    if (next.writes.length === 0) return next;
    const { result, maybeDone } = await repeatableTransaction(engine, call, next.writes);
    if (result.kind === 'done') {
      if (next.group.generation !== group.generation) call.tally.rebalances++;
      rememberTarget(engine, name, next.target);
      engine.arrivals.announce(groupPk(name));
      return next;
    }
    unsure ||= maybeDone;
    await engine.clock.sleep(pauseBefore(tries, engine.chance));
  }
  if (unsure) throw outcomeUnknown();
  throw new EngineError('UNAVAILABLE', 'the group changed too often meanwhile; try again');
}

/** @throws EngineError GROUP_FULL: of a subscription that would make the group too large. Topics
 * that grow beyond what a group can share wait until there is room, the last by their names. */
async function wishesOf(
  engine: Engine,
  call: Call,
  members: readonly Member[],
  asked: GroupChange,
): Promise<Wishes> {
  const subscribed = members.filter(isSubscribed);
  const subscriptions = subscribed.map(({ subscription }) => subscription);
  const known = await subscribedTopics(engine, call, subscriptions, { isFresh: true });
  const meant = subscriptions.flatMap((one) => namesMeant(one, [...known.keys()]));
  const names = [...new Set(meant)].sort();
  const shared = sharedTopics(names.map((name) => known.get(name) as Topic));
  if (asked.kind === 'subscribes' && shared.size < names.length) throw groupFull();
  return new Map(
    subscribed.map(({ incarnation, subscription }) => {
      const own = namesMeant(subscription, [...shared.keys()]);
      return [incarnation, own.flatMap((name) => shared.get(name) ?? [])];
    }),
  );
}

/** As many as a group can share, in their order. */
function sharedTopics(topics: readonly Topic[]): ReadonlyMap<string, Topic> {
  const shared = new Map<string, Topic>();
  let partitions = 0;
  for (const topic of topics) {
    partitions += topic.partitions;
    if (partitions > partitionsPerGroupMax || shared.size >= topicsPerGroupMax) break;
    shared.set(topic.name, topic);
  }
  return shared;
}

function groupFull(): EngineError {
  const most = `${topicsPerGroupMax} topics of ${partitionsPerGroupMax} partitions together`;
  const detail = { field: 'topics', limit: partitionsPerGroupMax };
  return new EngineError('GROUP_FULL', `topics: a group shares at most ${most}`, detail);
}
