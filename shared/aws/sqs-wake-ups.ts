// Wake-ups over two SQS queues. Those for now go to a FIFO queue, in which each queue of a
// subscription is a message group: Lambda works on one batch of a group at a time. A FIFO queue
// delays all of its messages or none, so those with a time of their own go to a standard queue with
// a delay; whoever reads that one sends them again, which forwards what is due and delays what SQS
// could not delay long enough.
//
// Sources: the Amazon SQS Developer Guide, "FIFO queue quotas", "Using the message deduplication
// ID" and "Amazon SQS message timers".

import { createHash } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EpochMillis } from '../ids.ts';
import type { Undelivered } from '../ports/targets.ts';
import type { WakeUp, WakeUps } from '../ports/wake-ups.ts';
import { StoreError, type StoreOutcome } from '../store/store-error.ts';
import { queueBatchMessagesMax } from '../trigger-limits.ts';
import { type Batch, type BatchEntry, sendBatch } from './sqs-send.ts';
import { wakeUpText } from './wake-up-text.ts';

/** Of a message timer. */
const delaySecondsMax = 900;
/** Requests at once: a thousand partitions that wake up together begin no hundred of them. */
const batchesAtOnceMax = 8;
const groupIdLengthMax = 128;
const deduplicationBytes = 16;

export type WakeUpAccess = {
  /** As sqsClient (trigger-clients.ts) makes it. Its own limit ends a call. */
  readonly client: SQSClient;
  readonly fifoQueueUrl: string;
  readonly delayQueueUrl: string;
  readonly clock: { now(): EpochMillis };
  readonly chance: { bytes(length: number): Uint8Array };
};

/** Failures are StoreErrors: 'not-done, throttled' where SQS took none of them, and else
 * 'unknown'. */
export function sqsWakeUps(access: WakeUpAccess): WakeUps {
  return {
    async send(wakeUps, notBefore) {
      const millis = notBefore === undefined ? 0 : notBefore - access.clock.now();
      if (notBefore === undefined || millis <= 0) {
        const entries = wakeUps.map((wakeUp) => entryForNow(access, wakeUp));
        return await sendAll(access.client, { queueUrl: access.fifoQueueUrl, entries });
      }
      const delaySeconds = Math.min(Math.ceil(millis / 1_000), delaySecondsMax);
      const entries = wakeUps.map((wakeUp) => ({
        MessageBody: wakeUpText({ wakeUp, notBefore }),
        DelaySeconds: delaySeconds,
      }));
      return await sendAll(access.client, { queueUrl: access.delayQueueUrl, entries });
    },
  };
}

/** SQS drops what comes with a deduplication id that it has seen in the last five minutes, and with
 * it, of a wake-up that is like no other, the news of records that came since: such a one has an id
 * of its own. */
function entryForNow({ chance }: WakeUpAccess, wakeUp: WakeUp): BatchEntry {
  const { topicId, partition, deduplicationKey: key } = wakeUp;
  const groupId = groupIdOf(wakeUp);
  const drawn = () => Buffer.from(chance.bytes(deduplicationBytes)).toString('base64url');
  const shared = () => hashed([groupId, topicId, partition, key].join('/'));
  return {
    MessageBody: wakeUpText({ wakeUp, notBefore: undefined }),
    MessageGroupId: groupId,
    MessageDeduplicationId: key === undefined ? drawn() : shared(),
  };
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Within SQS's alphabet and length; never the same for two queues. No subscription has "#" or ":"
 * in its name. */
export function groupIdOf({ subscription, queue }: Pick<WakeUp, 'subscription' | 'queue'>): string {
  const id = `${subscription}:${queue}`;
  if (id.length <= groupIdLengthMax) return id;
  return `#${hashed(subscription)}:${queue}`;
}

/** Of any number of entries. After a failure nothing of it is under way any more, and no more of it
 * is sent. */
async function sendAll(client: SQSClient, { queueUrl, entries }: Batch): Promise<void> {
  const batches: Batch[] = [];
  for (let at = 0; at < entries.length; at += queueBatchMessagesMax) {
    batches.push({ queueUrl, entries: entries.slice(at, at + queueBatchMessagesMax) });
  }
  for (let at = 0; at < batches.length; at += batchesAtOnceMax) {
    const run = batches.slice(at, at + batchesAtOnceMax);
    const sent = await Promise.all(run.map((batch) => sendBatch(client, batch)));
    const results = sent.flatMap((one) => (one.kind === 'sent' ? one.results : [one]));
    const undelivered = results.find((result) => result !== 'done');
    if (undelivered === undefined) continue;
    const noneTaken = at === 0 && sent.every(({ kind }) => kind === 'busy');
    throw failureOf(undelivered, noneTaken ? 'not-done' : 'unknown');
  }
}

function failureOf(undelivered: Undelivered, outcome: StoreOutcome): StoreError {
  if (undelivered.kind === 'busy') return new StoreError(outcome, 'throttled');
  const reason = undelivered.kind === 'failed' ? undelivered.reason : undelivered.kind;
  return new StoreError(outcome, 'unavailable', { cause: new Error(reason) });
}
