// A subscription: what is delivered of a topic, to whom, and how. Its progress is that of its
// consumer group, which is its own as long as it lives; what it says of itself is one item.
//
// Invariants: an id is drawn once; a subscription that reads a topic has a route under that topic's
// id while it runs, written with it.

import type { EpochMillis, GroupLife, SubscriptionId, TopicId } from '../ids.ts';
import { type Item, numberIn, textIn } from '../store/algebra.ts';
import { routeItem, routeKey, subscriptionItem, subscriptionKey } from '../store/trigger-items.ts';
import {
  batchRecordsDefault,
  deliveryBytesMax,
  deliveryMillisDefault,
  retryMillisMaxDefault,
  retryMillisMinDefault,
} from '../trigger-limits.ts';

export type Target =
  /** By name or ARN. */
  | { readonly kind: 'lambda'; readonly function: string }
  | { readonly kind: 'sqs'; readonly queueUrl: string }
  /** What is sent is signed with each of the secrets (webhook/signature.ts). */
  | { readonly kind: 'https'; readonly url: string; readonly secrets: readonly string[] };

export type SubscriptionSettings = {
  /** Records of one delivery. */
  readonly batchRecordsMax: number;
  /** Bytes of one delivery as the target gets it; one record may be more. */
  readonly batchBytesMax: number;
  /** How long a delivery waits to become full. */
  readonly batchWindowMillis: number;
  /** An event pattern, as JSON; what it does not match is passed over. */
  readonly filter?: string;
  /** How often the same records are tried; undefined: until they are taken. */
  readonly attemptsMax?: number;
  /** Records whose timestamp is older are given up; undefined: none are. */
  readonly ageMillisMax?: number;
  /** Between two tries: the first pause, and the longest. */
  readonly retryMillisMin: number;
  readonly retryMillisMax: number;
  /** Whether a delivery that fails is halved, so that what is bad of it is found. */
  readonly bisects: boolean;
  /** Where records go that are given up. Without it none are. */
  readonly deadLetterTopic?: string;
  /** Deliveries at once; undefined: one for each partition. */
  readonly deliveriesMax?: number;
  /** undefined: as fast as it goes. */
  readonly recordsPerSecondMax?: number;
  /** How long the target may take for one delivery. */
  readonly timeoutMillis: number;
};

export const defaultSettings: SubscriptionSettings = {
  batchRecordsMax: batchRecordsDefault,
  batchBytesMax: deliveryBytesMax,
  batchWindowMillis: 0,
  retryMillisMin: retryMillisMinDefault,
  retryMillisMax: retryMillisMaxDefault,
  bisects: true,
  timeoutMillis: deliveryMillisDefault,
};

export type SubscriptionState = 'running' | 'paused';

export type Subscription = {
  readonly name: string;
  readonly id: SubscriptionId;
  readonly topic: string;
  readonly topicId: TopicId;
  readonly group: string;
  readonly life: GroupLife;
  readonly state: SubscriptionState;
  readonly target: Target;
  readonly settings: SubscriptionSettings;
  readonly createdAt: EpochMillis;
  readonly version: number;
};

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

export type Route = { readonly subscription: string; readonly queues: number };

export function routeOf({ name, topicId, settings }: Subscription): Item {
  return { ...routeKey(topicId, name), [routeItem.queues]: settings.deliveriesMax ?? 0 };
}

export function readRoute(item: Item): Route {
  return { subscription: item.sk, queues: numberIn(item, routeItem.queues) };
}

/** In which of the subscription's queues a partition's wake-ups wait. @param queues 0: each
 *   partition has its own. */
export function queueOf(partition: number, queues: number): number {
  return queues === 0 ? partition : partition % queues;
}
