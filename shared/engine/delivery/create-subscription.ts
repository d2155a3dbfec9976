// Creating a subscription. All that it needs is written before anybody can see it: the marks on its
// topic's heads, a group, and where it begins in each partition; then it appears, with its route,
// and takes its group, in one transaction. One whose creation ended half way is none, and leaves at
// most a group in which nobody is.
//
// Its group is its own from then on. One that is there already, and in which nobody is, is taken
// over with what is committed in it, as Lambda's event source mappings do.

import { timeToLiveAttribute } from '../../contract.ts';
import {
  itemOfSubscription,
  routeOf,
  type Subscription,
  type SubscriptionSettings,
  type Target,
} from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { type Group, isForgotten, isStill, newGroup, noneBorn } from '../../group/group.ts';
import { commitIn, freeCommitWrite, type Lease } from '../../group/lease.ts';
import {
  drawnLifeBytes,
  type EpochMillis,
  type GroupLife,
  type PartitionId,
  subscriptionIdOf,
} from '../../ids.ts';
import { groupTriesMax, leaseWritesInFlightMax } from '../../limits.ts';
import type { Head } from '../../log/head.ts';
import type { Write } from '../../store/algebra.ts';
import { groupItem, groupKey, groupNameItem, groupNameKey } from '../../store/group-items.ts';
import { subscriptionsMax } from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { endSessions } from '../group/change-group.ts';
import { drawLife, notEmpty } from '../group/empty-group.ts';
import { groupOfSubscription } from '../group/instances.ts';
import { findGroup, leaseOf, leasesOf } from '../group/read-group.ts';
import { inRuns } from '../in-runs.ts';
import { offsetForTime } from '../offsets.ts';
import { repeatableTransaction, repeatableWrite } from '../retry.ts';
import { freshTopic, type Topic } from '../topic-cache.ts';
import { unlessDoomed } from '../topic-heads.ts';
import { allSubscriptions } from './find-subscription.ts';
import { followTopic } from './follow-topic.ts';
import { checkDeadLetterTopic } from './subscription-checks.ts';
import { untilDone } from './until-done.ts';
import { wakeAll } from './wake.ts';

export type StartingPosition =
  | 'earliest'
  | 'latest'
  /** The first record of that time or a later one, in milliseconds since 1970; else the end. */
  | { readonly timestamp: number };

export type SubscriptionToCreate = {
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  readonly target: Target;
  readonly settings: SubscriptionSettings;
  /** Where nothing is committed. */
  readonly from: StartingPosition;
};

/** @throws EngineError UNKNOWN_TOPIC, SUBSCRIPTION_EXISTS, SUBSCRIPTIONS_FULL, INVALID_FIELD,
 *   GROUP_NOT_EMPTY, ILLEGAL_STATE: the group is another's; THROTTLED, UNAVAILABLE; of unknown
 *   outcome: OUTCOME_UNKNOWN */
export async function createSubscription(
  engine: Engine,
  call: Call,
  wanted: SubscriptionToCreate,
): Promise<Subscription> {
  const id = subscriptionIdOf(engine.chance.bytes(drawnLifeBytes));
  return untilDone(engine, async () => {
    const topic = await freshTopic(engine, call, wanted.topic);
    await checkDeadLetterTopic(engine, call, wanted);
    const own = await roomFor(engine, call, wanted.name, id);
    if (own !== undefined) {
      await wakeAll(engine, own, topic.partitions);
      return { answer: own };
    }
    const now = engine.clock.now();
    const group = await groupToTake(engine, call, wanted.group, now);
    if (group === 'changed') return { maybeDone: false };
    const { from, ...rest } = wanted;
    const state = { state: 'running', createdAt: now, version: 0 } as const;
    const subscription = { ...rest, ...state, id, life: group.life, topicId: topic.id };
    await begin(engine, call, { subscription, topic, from });
    const { result, maybeDone } = await repeatableTransaction(engine, call, [
      { put: itemOfSubscription(subscription), if: { item: 'absent' } },
      { put: routeOf(subscription) },
      takeWrite(group, wanted.name, now),
      unlessDoomed(topic.id),
    ]);
    if (result.kind !== 'done') return { maybeDone };
    await wakeAll(engine, subscription, topic.partitions);
    return { answer: subscription };
  });
}

/** @returns one that an earlier try has made.
 * @throws EngineError SUBSCRIPTION_EXISTS, SUBSCRIPTIONS_FULL */
async function roomFor(
  engine: Engine,
  call: Call,
  name: string,
  id: Subscription['id'],
): Promise<Subscription | undefined> {
  const all = await allSubscriptions(engine, call);
  const found = all.find((one) => one.name === name);
  if (found?.id === id) return found;
  if (found !== undefined) {
    const message = `name: there is a subscription ${name}`;
    throw new EngineError('SUBSCRIPTION_EXISTS', message, { field: 'name' });
  }
  if (all.length < subscriptionsMax) return undefined;
  const message = `name: an engine has at most ${subscriptionsMax} subscriptions`;
  const detail = { field: 'name', limit: subscriptionsMax };
  throw new EngineError('SUBSCRIPTIONS_FULL', message, detail);
}

/** One in which nobody is; made, if there is none.
 * @throws EngineError GROUP_NOT_EMPTY, ILLEGAL_STATE */
async function groupToTake(
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
    if (!isForgotten(group, now)) return group;
  }
  const life = drawLife(engine);
  const { result } = await repeatableTransaction(engine, call, [
    group === undefined
      ? { put: newGroup(name, life, now), if: { item: 'absent' } }
      : rebirth(group, life, now),
    { put: { ...groupNameKey(name), [groupNameItem.life]: life } },
  ]);
  const made = result.kind === 'done' ? await findGroup(engine, call, name) : undefined;
  // Somebody may have come into it, or have taken it, by now.
  const isFree = made?.subscription === undefined && made?.sessions.size === 0;
  return isFree && made.life === life ? made : 'changed';
}

/** The marks, and where it begins. */
async function begin(
  engine: Engine,
  call: Call,
  {
    subscription,
    topic,
    from,
  }: {
    readonly subscription: Subscription;
    readonly topic: Topic;
    readonly from: StartingPosition;
  },
): Promise<void> {
  const { group, life } = subscription;
  const followed = { topicId: topic.id, partitions: topic.partitions };
  const [heads, leases] = await Promise.all([
    followTopic(engine, call, followed),
    leasesOf(engine, call, group),
  ]);
  await inRuns([...heads.entries()], leaseWritesInFlightMax, async ([partition, head]) => {
    const id: PartitionId = { topicId: topic.id, partition };
    const place = { id, topic: topic.name };
    let before = leases.find((lease) => lease.id.topicId === topic.id && isOf(lease, partition));
    for (let tries = 1; commitIn(before, life) === undefined; tries++) {
      if (tries > groupTriesMax) throw inTheWay();
      const offset = await firstOffset(engine, call, { topic: topic.name, partition }, head, from);
      const commit = { offset, metadata: '', at: engine.clock.now() };
      const asked = { commit, mayFall: true };
      const write = freeCommitWrite({ name: group, life }, place, before, asked);
      const { result } = await repeatableWrite(engine, call, write);
      if (result.kind === 'done') return;
      // Somebody else, who wants the group too, has said where to begin; or somebody who delivers
      // for the one before, and knows nothing yet, has taken the partition.
      before = await leaseOf(engine, call, group, id);
    }
  });
}

function inTheWay(): EngineError {
  return new EngineError('UNAVAILABLE', 'somebody else takes its partitions; try again');
}

function isOf({ id }: Lease, partition: number): boolean {
  return id.partition === partition;
}

function firstOffset(
  engine: Engine,
  call: Call,
  place: { readonly topic: string; readonly partition: number },
  { logStart, nextOffset }: Head,
  from: StartingPosition,
): number | Promise<number> {
  if (from === 'earliest') return logStart;
  if (from === 'latest') return nextOffset;
  return offsetForTime(engine, call, { ...place, ...from });
}

/** What was committed before is forgotten. */
function rebirth(group: Group, life: GroupLife, now: EpochMillis): Write {
  return {
    update: groupKey(group.name),
    actions: [
      { set: groupItem.generation, to: { value: group.generation + 1 } },
      { set: groupItem.life, to: { value: life } },
      { set: groupItem.lastSeen, to: { value: now } },
      { remove: groupItem.deleted },
      { remove: timeToLiveAttribute },
    ],
    if: { all: [isStill(group), noneBorn(group)] },
  };
}

/** Unless anything has happened to it since it was read. */
function takeWrite(group: Group, subscription: string, now: EpochMillis): Write {
  return {
    update: groupKey(group.name),
    actions: [
      { set: groupItem.subscription, to: { value: subscription } },
      { set: groupItem.generation, to: { value: group.generation + 1 } },
      { set: groupItem.born, to: { value: group.born + 1 } },
      { set: groupItem.lastSeen, to: { value: now } },
    ],
    if: { all: [isStill(group), noneBorn(group)] },
  };
}
