// What is read of subscriptions. All of it strongly.

import type { Subscription } from '../../delivery/subscription.ts';
import { type Route, readRoute, readSubscription } from '../../delivery/subscription-items.ts';
import { EngineError } from '../../errors.ts';
import type { TopicId } from '../../ids.ts';
import { routesPk, subscriptionKey, subscriptionsPk } from '../../store/trigger-items.ts';
import type { Call, Engine } from '../engine.ts';
import { queryAll } from '../query-all.ts';
import { repeatable } from '../retry.ts';

/** @returns undefined: there is none. @throws EngineError THROTTLED, UNAVAILABLE */
export async function findSubscription(
  engine: Engine,
  call: Call,
  name: string,
): Promise<Subscription | undefined> {
  const get = () => call.table.get(subscriptionKey(name), { strong: true });
  const item = await repeatable(engine, call, get);
  return item === undefined ? undefined : readSubscription(item);
}

/** Whichever has that name, or one that was read: what was allowed of that one is not allowed of
 * another that has come in its place. */
export type SubscriptionAsked = string | Pick<Subscription, 'name' | 'id'>;

/** @throws EngineError UNKNOWN_SUBSCRIPTION, THROTTLED, UNAVAILABLE */
export async function subscriptionNamed(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
): Promise<Subscription> {
  const name = nameOf(asked);
  const found = await findSubscription(engine, call, name);
  if (found === undefined || !isAsked(found, asked)) throw unknownSubscription(name);
  return found;
}

export function nameOf(asked: SubscriptionAsked): string {
  return typeof asked === 'string' ? asked : asked.name;
}

export function isAsked({ id }: Subscription, asked: SubscriptionAsked): boolean {
  return typeof asked === 'string' || asked.id === id;
}

export function unknownSubscription(name: string): EngineError {
  const message = `subscription: there is no ${name}`;
  return new EngineError('UNKNOWN_SUBSCRIPTION', message, { field: 'subscription' });
}

/** In the order of their names. @throws EngineError THROTTLED, UNAVAILABLE */
export async function allSubscriptions(
  engine: Engine,
  call: Call,
): Promise<readonly Subscription[]> {
  return (await queryAll(engine, call, { pk: subscriptionsPk })).map(readSubscription);
}

/** Of the subscriptions that run on the topic, in the order of their names.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function routesOf(
  engine: Engine,
  call: Call,
  topicId: TopicId,
): Promise<readonly Route[]> {
  return (await queryAll(engine, call, { pk: routesPk(topicId) })).map(readRoute);
}
