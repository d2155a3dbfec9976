// The items of subscriptions, of valves, and of what sources bring: their attributes and keys. What
// they are, and who writes them, stands with all others on the page of items.ts.

import type { SubscriptionId, TopicId } from '../ids.ts';
import type { Key } from './algebra.ts';

/** Attributes of a subscription. */
export const subscriptionItem = {
  /** Drawn when it is created: a name may be used again, this never is. */
  id: 'id',
  /** Its topic's name, and the id of the topic of that name that it reads. */
  topic: 'topic',
  topicId: 'topicId',
  group: 'group',
  /** Of its group's offsets (ids.ts). */
  life: 'life',
  /** running or paused. */
  state: 'state',
  /** JSON (delivery/subscription.ts). */
  target: 'target',
  settings: 'settings',
  createdAt: 'createdAt',
  /** Raised by every change. */
  version: 'version',
} as const;

/** Attributes of a route: what whoever sees an append must know of a subscription. */
export const routeItem = {
  /** How many queues its wake-ups wait in; 0: one for each partition. */
  queues: 'q',
  /** The subscription's, in whose leases stands how far it is. */
  group: 'g',
  /** Of that group's offsets. */
  life: 'l',
} as const;

/** Attributes of the mark that a source's event, or one of its shards, leaves. */
export const markItem = {
  /** Of a shard: the last sequence number that was brought. */
  sequence: 's',
} as const;

/** Attributes of a valve. */
export const valveItem = {
  /** From when on the next records may go, in microseconds since 1970. */
  openAtMicros: 'a',
} as const;

export const subscriptionsPk = 'subscriptions';

export function subscriptionKey(name: string): Key {
  return { pk: subscriptionsPk, sk: name };
}

export function routesPk(topicId: TopicId): string {
  return `route#${topicId}`;
}

export function routeKey(topicId: TopicId, subscription: string): Key {
  return { pk: routesPk(topicId), sk: subscription };
}

/** @param hash of what the source calls it: it bounds what sources put into ours. */
export function markKey(topicId: TopicId, hash: string): Key {
  return { pk: `mark#${topicId}#${hash}`, sk: 'mark' };
}

/** @param valve its name: one of those below. */
export function valveKey(valve: string): Key {
  return { pk: `valve#${valve}`, sk: 'valve' };
}

// Another rate is another valve: what went through at the old one is no debt of the new one.

/** Of a subscription's records. @param rate a second. */
export function subscriptionValve(id: SubscriptionId, rate: number): string {
  return `sub#${id}#${rate}`;
}

/** Of those who wait for that valve. @param version of the subscription. */
export function lineOf(valve: string, version: number): string {
  return `line#${valve}#${version}`;
}

/** Of the bytes that producers send to a topic. @param rate a second. */
export function quotaValve(topicId: TopicId, rate: number): string {
  return `topic#${topicId}#${rate}`;
}
