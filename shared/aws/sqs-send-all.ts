// Any number of messages of our own to one queue, as batches, a few at once. What fails is a
// StoreError: whoever sends may send all of it again, and what arrives twice does no harm.

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Undelivered } from '../ports/targets.ts';
import { StoreError, type StoreOutcome } from '../store/store-error.ts';
import { queueBatchMessagesMax } from '../trigger-limits.ts';
import { type Batch, sendBatch } from './sqs-send.ts';

/** Requests at once: a thousand partitions that are told of together begin no hundred of them. */
const batchesAtOnceMax = 8;

/** After a failure nothing of it is under way any more, and no more of it is sent.
 * @throws StoreError 'not-done, throttled' where SQS took none of them, and else 'unknown'. */
export async function sendAll(client: SQSClient, { queueUrl, entries }: Batch): Promise<void> {
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
