// Deleting a subscription: with its item its route goes, and its group is deleted with what was
// committed in it, in one transaction; whoever delivers yet is fenced with that, since its lease is
// of a life that is over. What is left is cleared away afterwards, and is nothing to anybody.

import type { Subscription } from '../../delivery/subscription.ts';
import { isStillSubscription } from '../../delivery/subscription-items.ts';
import { EngineError } from '../../errors.ts';
import { endGroupWrite } from '../../group/own-group.ts';
import type { Write } from '../../store/algebra.ts';
import { routeKey, subscriptionKey } from '../../store/trigger-items.ts';
import type { Call, Engine } from '../engine.ts';
import { clearDeletedGroup, graveAt } from '../group/delete-group.ts';
import { drawLife } from '../group/empty-group.ts';
import { findGroup } from '../group/read-group.ts';
import { repeatableTransaction } from '../retry.ts';
import { findTopic } from '../topic-cache.ts';
import { untilDone } from '../until-done.ts';
import {
  findSubscription,
  isAsked,
  nameOf,
  type SubscriptionAsked,
  unknownSubscription,
} from './find-subscription.ts';
import { leaveTopic } from './follow-topic.ts';

/** @throws EngineError UNKNOWN_SUBSCRIPTION, THROTTLED, UNAVAILABLE; of unknown outcome, and safe
 *   to send again: OUTCOME_UNKNOWN */
export async function deleteSubscription(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
): Promise<void> {
  const name = nameOf(asked);
  let mine: Subscription | undefined;
  const gone = await untilDone(engine, async () => {
    const found = await findSubscription(engine, call, name);
    // An earlier try has done it, whatever has come in its place.
    if (mine !== undefined && found?.id !== mine.id) return { answer: mine };
    if (found === undefined || !isAsked(found, asked)) throw unknownSubscription(name);
    const writes = await deletion(engine, call, found);
    const { result, maybeDone } = await repeatableTransaction(engine, call, writes);
    if (result.kind === 'done') return { answer: found };
    if (maybeDone) mine = found;
    return { maybeDone };
  });
  await clearAway(engine, call, gone);
}

async function deletion(
  engine: Engine,
  call: Call,
  subscription: Subscription,
): Promise<readonly Write[]> {
  const { name, topicId, group: groupName, life } = subscription;
  const group = await findGroup(engine, call, groupName);
  const now = engine.clock.now();
  const isOwn = group?.subscription === name && group.life === life;
  return [
    { delete: subscriptionKey(name), if: isStillSubscription(subscription) },
    { delete: routeKey(topicId, name) },
    ...(isOwn
      ? [endGroupWrite(group, { life: drawLife(engine), now, graveAt: graveAt(now) })]
      : []),
  ];
}

/** The subscription is gone, whether this fails or not: what is left then is of a life that is
 * over, and marks that wake nobody. */
async function clearAway(engine: Engine, call: Call, gone: Subscription): Promise<void> {
  await clear(engine, call, gone).catch((error) => {
    if (!(error instanceof EngineError)) throw error;
  });
}

async function clear(
  engine: Engine,
  call: Call,
  { topic, topicId, group }: Subscription,
): Promise<void> {
  const followed = await findTopic(engine, call, topic);
  if (followed?.id === topicId) {
    await leaveTopic(engine, call, { topicId, partitions: followed.heads });
  }
  await clearDeletedGroup(engine, call, group);
}
