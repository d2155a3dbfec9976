// The subscription that a path names, for one who may do to it what he asks for. What may be done
// to a subscription is said of its group: to look at it is to describe that group; to make, change,
// move or end it is to alter it, which nothing else asks for. So whoever administers the engine
// says by the names of groups who may have it call functions, queues and endpoints.

import { groupOf, type Operation, topicOf } from '../../access/acl.ts';
import type { Subscription, SubscriptionSettings } from '../../delivery/subscription.ts';
import { findSubscription, unknownSubscription } from '../../engine/delivery/find-subscription.ts';
import { EngineError } from '../../errors.ts';
import { topicNameFault } from '../../log/topic-name.ts';
import { type Exchange, pathParameter } from '../exchange.ts';

/** A name that none can have is refused here, before a store is asked for it.
 * @throws EngineError UNKNOWN_SUBSCRIPTION, FORBIDDEN, THROTTLED, UNAVAILABLE. */
export async function subscriptionParameter(
  exchange: Exchange,
  operation: Extract<Operation, 'DESCRIBE' | 'ALTER'>,
): Promise<Subscription> {
  const field = 'subscription';
  const name = pathParameter(exchange, field);
  const fault = topicNameFault(name);
  if (fault !== undefined) {
    throw new EngineError('UNKNOWN_SUBSCRIPTION', `${field}: a name ${fault}`, { field });
  }
  const { engine, call, access } = exchange;
  const subscription = await findSubscription(engine, call, name);
  // One that is not there has the group of its own name: else who may look at nothing would be told
  // which are there.
  access.needUnnamed(operation, groupOf(subscription?.group ?? name));
  if (subscription === undefined) throw unknownSubscription(name);
  return subscription;
}

/** Whoever says where a topic's records go could as well read them.
 * @throws EngineError FORBIDDEN. */
export function needDelivery(
  { access }: Exchange,
  { group, topic }: Pick<Subscription, 'group' | 'topic'>,
): void {
  access.need('READ', groupOf(group), topicOf(topic));
}

/** Whose records are given up writes them there.
 * @throws EngineError FORBIDDEN. */
export function needDeadLetters(
  { access }: Exchange,
  { deadLetterTopic }: Pick<SubscriptionSettings, 'deadLetterTopic'>,
): void {
  if (deadLetterTopic !== undefined) access.need('WRITE', topicOf(deadLetterTopic));
}
