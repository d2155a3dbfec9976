// A function that bills orders, as it would be written for Lambda's own Kafka event source: what
// could not be billed yet is to come again, and is named in the answer.

import type { Context, Handler, SelfManagedKafkaEvent } from 'aws-lambda';

type KafkaBatchResponse = {
  batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[];
};

type Order = { id: string; total: number };

/** What it was given, and what it has billed. */
export const events: SelfManagedKafkaEvent[] = [];
export const contexts: Context[] = [];
export const billed: Order[] = [];
/** Ids of orders whose customers cannot pay yet. */
export const insolvent = new Set<string>();

export const handler: Handler<SelfManagedKafkaEvent, KafkaBatchResponse> = async (
  event,
  context,
) => {
  events.push(event);
  contexts.push(context);
  const batchItemFailures: KafkaBatchResponse['batchItemFailures'] = [];
  for (const [partition, records] of Object.entries(event.records)) {
    for (const record of records) {
      const order: Order = JSON.parse(Buffer.from(record.value, 'base64').toString('utf-8'));
      // In order: nothing behind it is billed before it is.
      if (insolvent.has(order.id) || batchItemFailures.length > 0) {
        batchItemFailures.push({ itemIdentifier: { partition, offset: record.offset } });
      } else {
        billed.push(order);
      }
    }
  }
  return { batchItemFailures };
};
