// Subscriptions as callers say and see them: the API's fields, in the letters of JavaScript. A
// setting that is null is at its default.

import type { SeekEntry } from './topic-offsets.ts';

/** Who is given records. */
export type SubscriptionTarget =
  /** A name or an ARN. */
  | { readonly type: 'lambda'; readonly function: string }
  | { readonly type: 'sqs'; readonly queueUrl: string }
  | {
      readonly type: 'https';
      readonly url: string;
      /** What signs deliveries, `whsec_` and base64: never shown. @default drawn, and shown once */
      readonly secret?: string;
    };

export type SubscriptionSettings = {
  /** Records of one delivery. @default 100 */
  readonly batchSize?: number | null;
  /** Bytes of one delivery; a first record may be larger. @default 5900000 */
  readonly batchBytes?: number | null;
  /** How long a delivery waits to become full, in milliseconds. @default 0 */
  readonly batchWindowMs?: number | null;
  /** An event pattern of key, headers and value; what it does not match is passed over. */
  readonly filter?: object | null;
  /** Of what fails, before it is given up. @default with a dead-letter topic 5, else without end */
  readonly maxAttempts?: number | null;
  /** Older records are given up. @default none are */
  readonly maxAgeMs?: number | null;
  /** The first pause between two tries, in milliseconds. @default 1000 */
  readonly retryMinMs?: number | null;
  /** The longest, in milliseconds. @default 60000 */
  readonly retryMaxMs?: number | null;
  /** Whether a delivery that fails is halved. @default true */
  readonly bisect?: boolean | null;
  /** Where records go that are given up. @default none is */
  readonly deadLetterTopic?: string | null;
  /** Deliveries at once. @default one for each partition */
  readonly maxConcurrency?: number | null;
  /** @default no limit */
  readonly maxRecordsPerSecond?: number | null;
  /** How long the target may take for one delivery, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | null;
};

export type Subscription = Required<SubscriptionSettings> & {
  readonly name: string;
  readonly topic: string;
  /** Its own consumer group: how far it is. */
  readonly groupId: string;
  readonly state: 'running' | 'paused';
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly target: SubscriptionTarget;
};

/** With the secret of an https target, if it was drawn: it is not shown again. */
export type ChangedSubscription = Subscription & { readonly secret?: string };

export type DescribedSubscription = Subscription & {
  readonly partitions: SubscriptionPartition[];
};

export type SubscriptionPartition = {
  readonly partition: number;
  /** Of the next record to be delivered. */
  readonly committedOffset: string;
  readonly logEndOffset: string;
  /** Records that are not delivered yet. */
  readonly lag: number;
  /** Milliseconds since the first of them was produced, about; null: not known. */
  readonly lagMs: number | null;
  /** Of what is delivered next, that failed. */
  readonly attempts: number;
  /** null: it goes well. */
  readonly lastError: string | null;
  /** Milliseconds since 1970. */
  readonly retryAt: number | null;
};

export type SoughtPartition = SeekEntry & { readonly topic: string };

export type DeadLetter = {
  /** Of the dead-letter topic. */
  readonly partition: number;
  readonly offset: string;
  /** Where it was. */
  readonly sourceTopic: string;
  readonly sourcePartition: number;
  readonly sourceOffset: string;
  readonly attempts: number;
  /** Of the last failure, or why there was no try. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly failedAt: number;
  /** The record's own, as kafkajs says it. */
  readonly timestamp: string;
  /** undefined, with the value: too long for a reply. It can be fetched by itself. */
  readonly key: Buffer | null | undefined;
  readonly value: Buffer | null | undefined;
};
