// The limits of subscriptions and of what delivers for them, as limits.ts has those of the log.

import { assert } from './assert.ts';
import { partitionsPerTopicMax, topicNameLengthMax, transactItemsMax } from './limits.ts';

// ---- Subscriptions.

/** Of one engine: a sweep looks at all of them. */
export const subscriptionsMax = 1_000;
/** Of a subscription's name, in characters: as for topics. */
export const subscriptionNameLengthMax = topicNameLengthMax;
/** Of one delivery as its target gets it: Lambda's 6 MB. */
export const deliveryBytesMax = 5_900_000;

// ---- What a subscription may be set to: at least, at most, and if nothing is said.

/** Lambda's own default for Kafka, and its bound. */
export const batchRecordsDefault = 100;
export const batchRecordsMost = 10_000;
/** Fewer would be a request for each record or two. */
export const batchBytesLeast = 1_024;
/** As Lambda's own. */
export const batchWindowMillisMost = 300_000;
/** Between two tries: at least what a stumbling target needs to stand up, at most SQS's
 * DelaySeconds. */
export const retryMillisMinDefault = 1_000;
export const retryMillisMaxDefault = 60_000;
export const retryMillisLeast = 100;
export const retryMillisMost = 900_000;
/** With a dead-letter topic: a quarter of a minute of a target that is away; at most, a week. */
export const attemptsDefault = 5;
export const attemptsMost = 10_000;
/** A record is not given up before anybody could have been given it. */
export const ageMillisLeast = 1_000;
/** A year: whoever waits longer waits for ever. */
export const ageMillisMost = 365 * 24 * 60 * 60 * 1_000;
/** As many as a topic has partitions: more never are under way. */
export const deliveriesMost = partitionsPerTopicMax;
/** One record in a quarter of an hour; and more than one topic takes. */
export const recordsPerSecondLeast = 0.001;
export const recordsPerSecondMost = 1_000_000;
/** How long a target may take for one delivery: at most what fits into a worker's turn. */
export const deliveryMillisDefault = 30_000;
export const deliveryMillisLeast = 100;
export const deliveryMillisMost = 240_000;

// ---- A worker.

/** Of a worker's whole turn: the last delivery that it begins, and its lease, end within it. */
export const workerMillisMax = 300_000;
/** After this a worker begins nothing more, and lets others have their turn. */
export const workerTurnMillis = 20_000;
/** How often a worker looks whether its subscription is still what it was. */
export const subscriptionCheckMillis = 1_000;
/** What is shorter a worker waits itself; else it is woken again. */
export const workerPauseMillisMax = 5_000;
/** What is read of a partition at once, for a delivery. */
export const deliveryFetchBytes = 4 * 1024 * 1024;
/** Bytes a worker looks at for one delivery, unpacked: what it keeps of them keeps them all. */
export const deliverySeenBytesMax = 16 * 1024 * 1024;
/** Records a worker looks at for one delivery that match no filter. */
export const recordsPassedMax = 50_000;
/** Between the end of a worker's longest turn and that of its lease. */
export const leaseSlackMillis = 10_000;

// ---- A valve.

/** How late a delivery may be for its turn, and by how much each is made to take longer than its
 * rate says: what is late in any ten seconds is made up for by all that goes through in them. */
export const valveLateMillisMax = 100;
export const valveCaution = 1.01;
/** How far ahead those behind a valve are told when to come: a thousand partitions at one record in
 * a minute and a half. */
export const valveLineMillisMax = 24 * 60 * 60 * 1000;
/** That a process remembers: of a subscription with a rate its valve and its line, of a topic with
 * a quota one. One that is not remembered costs a write more. */
export const valveCacheEntriesMax = 2 * subscriptionsMax;

// ---- A queue.

/** One SendMessageBatch. */
export const queueBatchMessagesMax = 10;
export const queueBatchBytesMax = 1024 * 1024;

// ---- Ingesting.

/** Records that one transaction brings in: as many as Lambda's 6 MB hold, unless they are tiny. */
export const ingestedPerTransaction = 5_000;
/** Heads and marks that it writes, beside its own item. */
export const ingestItemsMax = transactItemsMax - 1;
/** How long a source may bring the same event again: a day more than SQS keeps messages. */
export const eventMarkMillis = 15 * 24 * 60 * 60 * 1000;
/** A day more than Kinesis keeps records. */
export const shardMarkMillis = 366 * 24 * 60 * 60 * 1000;

// ---- Redriving.

/** Dead letters that are put back by one transaction, and by one request. */
export const redrivenPerTransaction = 50;
export const redrivenPerRequestMax = 1_000;

assert(
  workerTurnMillis + workerPauseMillisMax + deliveryMillisMost + leaseSlackMillis < workerMillisMax,
  'what a worker begins ends within its lease',
);
assert(
  10_000 * (valveCaution - 1) >= valveLateMillisMax - 1e-6,
  'in ten seconds no more than their share and one delivery goes through',
);
assert(retryMillisMaxDefault <= retryMillisMost, 'the default is allowed');
assert(
  redrivenPerTransaction + 2 <= transactItemsMax,
  'each letter may have a head of its own, beside the lease and the item of the transaction',
);
