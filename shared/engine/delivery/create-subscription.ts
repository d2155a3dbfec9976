// Creating a subscription. The marks on its topic's heads, and a group if there is none, come
// first; then it appears, with its route and where it begins in each partition, and takes its
// group, in one transaction. One whose creation ended half way is none, and leaves at most a group
// in which nobody is, and in which nothing counts.

import type { Subscription, SubscriptionSettings, Target } from '../../delivery/subscription.ts';
import { itemOfSubscription, routeOf } from '../../delivery/subscription-items.ts';
import { EngineError } from '../../errors.ts';
import { takeGroupWrite } from '../../group/own-group.ts';
import { drawnLifeBytes, subscriptionIdOf } from '../../ids.ts';
import { subscriptionsMax } from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatableTransaction } from '../retry.ts';
import { freshTopic } from '../topic-cache.ts';
import { unlessDoomed } from '../topic-heads.ts';
import { untilDone } from '../until-done.ts';
import { allSubscriptions } from './find-subscription.ts';
import { followTopic } from './follow-topic.ts';
import { type StartingPosition, startingPositions } from './starting-positions.ts';
import { checkDeadLetterTopic } from './subscription-checks.ts';
import { groupToTake } from './take-group.ts';
import { wakeAll } from './wake.ts';

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
    const { id: topicId, partitions } = topic;
    const heads = await followTopic(engine, call, { topicId, partitions });
    const beginning = { group, subscription, heads, from };
    const positions = await startingPositions(engine, call, beginning);
    if (positions === 'changed') return { maybeDone: false };
    const { result, maybeDone } = await repeatableTransaction(engine, call, [
      { put: itemOfSubscription(subscription), if: { item: 'absent' } },
      { put: routeOf(subscription) },
      takeGroupWrite(group, wanted.name, now),
      unlessDoomed(topic.id),
      ...positions,
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
