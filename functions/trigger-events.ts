// The events of the table's stream and of the wake-up queues, in the engine's words.

import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { readWakeUp } from '../shared/aws/wake-up-text.ts';
import { tableKeyNames } from '../shared/contract.ts';
import type { Appended } from '../shared/engine/delivery/route-appends.ts';
import type { TimedWakeUp, WakeUp } from '../shared/ports/wake-ups.ts';
import { headItem, partitionOfPk } from '../shared/store/items.ts';

/** Of the stream, or of the queue whose messages have a time of their own: never of both. */
export type RouterEvent = DynamoDBStreamEvent | SQSEvent;

/** The partitions whose heads the stream tells of. Which changes it tells of at all, the mapping's
 * filter says. */
export function appendedIn({ Records }: RouterEvent): readonly Appended[] {
  return Records.flatMap((record) => {
    const { Keys, NewImage } = ('dynamodb' in record && record.dynamodb) || {};
    const id = partitionOfPk(Keys?.[tableKeyNames.partition]?.S ?? '');
    const nextOffset = NewImage?.[headItem.nextOffset]?.N;
    return id === undefined ? [] : { ...id, ...(nextOffset && { nextOffset: Number(nextOffset) }) };
  });
}

/** The wake-ups that waited for their time. */
export function wakeUpsIn({ Records }: RouterEvent): readonly TimedWakeUp[] {
  return Records.flatMap((record) => ('body' in record && readWakeUp(record.body)) || []);
}

/** Works on each wake-up, those of one message group in their order. One that fails is given again,
 * and so is what comes after it in its group. What is no wake-up is passed over: it would keep
 * those behind it waiting, and is none the next time either.
 * Source: "Reporting batch item failures" for SQS in the Lambda Developer Guide. */
export async function forEachWakeUp(
  { Records }: SQSEvent,
  work: (wakeUp: WakeUp) => Promise<void>,
  report: (fault: unknown) => void,
): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(Records, ({ attributes }) => attributes.MessageGroupId);
  const failed = await Promise.all(
    [...groups.values()].map(async (messages): Promise<readonly SQSRecord[]> => {
      for (const [at, { body }] of messages.entries()) {
        const timed = readWakeUp(body);
        try {
          if (timed !== undefined) await work(timed.wakeUp);
        } catch (error) {
          report(error);
          return messages.slice(at);
        }
      }
      return [];
    }),
  );
  return {
    batchItemFailures: failed.flat().map(({ messageId: itemIdentifier }) => ({ itemIdentifier })),
  };
}
