// A subscription: what is delivered of a topic, to whom, and how. Its progress is that of its
// consumer group, which is its own as long as it lives.

import type { EpochMillis, GroupLife, SubscriptionId, TopicId } from '../ids.ts';
import type { WakeUp } from '../ports/wake-ups.ts';
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

/** In which of the subscription's queues a partition's wake-ups wait. @param queues 0: each
 *   partition has its own. */
export function queueOf(partition: number, queues: number): number {
  return queues === 0 ? partition : partition % queues;
}

export function wakeUpFor({ name, topicId, settings }: Subscription, partition: number): WakeUp {
  const queue = queueOf(partition, settings.deliveriesMax ?? 0);
  return { subscription: name, topicId, partition, queue };
}
