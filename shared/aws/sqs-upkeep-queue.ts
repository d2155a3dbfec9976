// Partitions that are to be looked after, over an SQS FIFO queue. Each is a message group of its
// own: one run at a time looks after it, and others beside it after others. It is its own
// deduplication id too, so that a busy partition, told of again and again, is looked after once in
// five minutes.
//
// Source: the Amazon SQS Developer Guide, "Using the message deduplication ID".

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { PartitionId } from '../ids.ts';
import type { UpkeepQueue } from '../ports/upkeep-queue.ts';
import type { BatchEntry } from './sqs-send.ts';
import { sendAll } from './sqs-send-all.ts';
import { upkeepText } from './upkeep-text.ts';

export type UpkeepAccess = {
  /** As sqsClient (trigger-clients.ts) makes it. Its own limit ends a call. */
  readonly client: SQSClient;
  /** Of a FIFO queue. */
  readonly queueUrl: string;
};

/** Failures are StoreErrors, as sendAll has them. */
export function sqsUpkeepQueue({ client, queueUrl }: UpkeepAccess): UpkeepQueue {
  return { send: (partitions) => sendAll(client, { queueUrl, entries: partitions.map(entryOf) }) };
}

/** Within SQS's alphabet and length, whatever the partition. */
function entryOf(id: PartitionId): BatchEntry {
  const name = `${id.topicId}:${id.partition}`;
  return { MessageBody: upkeepText(id), MessageGroupId: name, MessageDeduplicationId: name };
}
