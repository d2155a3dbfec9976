// What is stored of a subscription: one item of its own, and a route, by which whoever sees an
// append finds who is to be woken.
//
// Invariants: an id is drawn once; a subscription that reads a topic has a route under that topic's
// id while it runs, written with it.

import type { OfGroup } from '../group/lease.ts';
import type { EpochMillis, GroupLife, SubscriptionId, TopicId } from '../ids.ts';
import { type Condition, type Item, numberIn, textIn, type Write } from '../store/algebra.ts';
import { routeItem, routeKey, subscriptionItem, subscriptionKey } from '../store/trigger-items.ts';
import type {
  Subscription,
  SubscriptionSettings,
  SubscriptionState,
  Target,
} from './subscription.ts';

export function readSubscription(item: Item): Subscription {
  const text = (name: keyof typeof subscriptionItem) => textIn(item, subscriptionItem[name]);
  return {
    name: item.sk,
    id: text('id') as SubscriptionId,
    topic: text('topic'),
    topicId: text('topicId') as TopicId,
    group: text('group'),
    life: text('life') as GroupLife,
    state: text('state') as SubscriptionState,
    target: JSON.parse(text('target')) as Target,
    settings: JSON.parse(text('settings')) as SubscriptionSettings,
    createdAt: numberIn(item, subscriptionItem.createdAt) as EpochMillis,
    version: numberIn(item, subscriptionItem.version),
  };
}

export function itemOfSubscription({ name, target, settings, ...rest }: Subscription): Item {
  return {
    ...subscriptionKey(name),
    ...rest,
    target: JSON.stringify(target),
    settings: JSON.stringify(settings),
  } satisfies Item & Record<keyof typeof subscriptionItem, string | number>;
}

export type Route = {
  readonly subscription: string;
  /** In whose leases stands how far it is; undefined: the route was written before it said so. */
  readonly group: OfGroup | undefined;
  readonly queues: number;
};

export function routeOf({ name, topicId, group, life, settings }: Subscription): Item {
  return {
    ...routeKey(topicId, name),
    [routeItem.queues]: settings.deliveriesMax ?? 0,
    [routeItem.group]: group,
    [routeItem.life]: life,
  };
}

export function readRoute(item: Item): Route {
  const { sk: subscription } = item;
  const queues = numberIn(item, routeItem.queues);
  const name = item[routeItem.group] as string | undefined;
  const life = item[routeItem.life] as GroupLife | undefined;
  const group = name !== undefined && life !== undefined ? { name, life } : undefined;
  return { subscription, group, queues };
}

/** @param after with a version of its own. */
export function replaceWrite(before: Subscription, after: Subscription): Write {
  return { put: itemOfSubscription(after), if: isStillSubscription(before) };
}

/** One that does not run has none: its topic's appends wake nobody for it. */
export function routeWrite(subscription: Subscription): Write {
  if (subscription.state === 'running') return { put: routeOf(subscription) };
  return { delete: routeKey(subscription.topicId, subscription.name) };
}

export function isStillSubscription({ id, version }: Subscription): Condition {
  return {
    all: [
      { attribute: subscriptionItem.id, is: '=', to: id },
      { attribute: subscriptionItem.version, is: '=', to: version },
    ],
  };
}
