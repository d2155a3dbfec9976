// Queues as targets, over SQS's SendMessageBatch: one request, in which each message is taken or
// not on its own. A message that is not taken does not hold back those after it, not even in a FIFO
// queue.
//
// Source: the Amazon SQS API Reference, "SendMessageBatch".

import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { assert } from '../assert.ts';
import type { QueueMessage, Sent, Targets, Undelivered } from '../ports/targets.ts';
import { queueBatchMessagesMax } from '../trigger-limits.ts';
import { undelivered, undeliveredBy } from './undelivered.ts';

/** @param access.client as sqsClient (trigger-clients.ts) makes it. */
export function sqsSend({ client }: { readonly client: SQSClient }): Targets['send'] {
  return ({ queueUrl, messages, timeoutMillis }) =>
    sendBatch(
      client,
      { queueUrl, entries: messages.map(entryOf) },
      { requestTimeout: timeoutMillis },
    );
}

function entryOf({ body, fifo }: QueueMessage): BatchEntry {
  if (fifo === undefined) return { MessageBody: body };
  const { groupId, deduplicationId } = fifo;
  return { MessageBody: body, MessageGroupId: groupId, MessageDeduplicationId: deduplicationId };
}

export type BatchEntry = Omit<SendMessageBatchRequestEntry, 'Id'>;

export type Batch = { readonly queueUrl: string; readonly entries: readonly BatchEntry[] };

/** @param batch of 1 to queueBatchMessagesMax entries.
 * @param limit absent: the client's. */
export async function sendBatch(
  client: SQSClient,
  { queueUrl, entries }: Batch,
  limit?: { readonly requestTimeout: number },
): Promise<Sent> {
  const { length } = entries;
  assert(length >= 1 && length <= queueBatchMessagesMax, `${length} messages are no batch`);
  const command = new SendMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: entries.map((entry, index) => ({ ...entry, Id: String(index) })),
  });
  try {
    return { kind: 'sent', results: resultsOf(await client.send(command, limit), length) };
  } catch (failure) {
    return undeliveredBy(failure);
  }
}

/** Whatever order the answer has. What it does not name is not known to be taken. */
function resultsOf(
  { Successful: taken = [], Failed: failed = [] }: SendMessageBatchCommandOutput,
  length: number,
): ('done' | Undelivered)[] {
  const results = new Map<string | undefined, 'done' | Undelivered>([
    ...taken.map(({ Id: id }) => [id, 'done'] as const),
    ...failed.map((entry) => [entry.Id, undeliveredEntry(entry)] as const),
  ]);
  const unnamed: Undelivered = { kind: 'failed', reason: 'not in the answer' };
  return Array.from({ length }, (_, index) => results.get(String(index)) ?? unnamed);
}

function undeliveredEntry({ Code: code = '', Message: message }: BatchResultErrorEntry) {
  return undelivered({ name: code, message });
}
