// A function that keeps customers up to date by Powertools' Kafka consumer, as its users write one:
// it has keys as text and values as JSON, whatever brings them.

import { kafkaConsumer, SchemaType } from '@aws-lambda-powertools/kafka';

export type Customer = { name: string; vip?: boolean };

/** What it was given, read. */
export const records: object[] = [];
/** What it knows, by key; who was deleted is not there. */
export const customers = new Map<string, Customer>();
export const nameless: (Customer | undefined)[] = [];

export const handler = kafkaConsumer<string | undefined, Customer | undefined>(
  async (event) => {
    for (const { key, value, headers, offset, timestamp } of event.records) {
      records.push({ key, value, headers, offset, timestamp });
      if (key === undefined) nameless.push(value);
      else if (value === undefined) customers.delete(key);
      else customers.set(key, value);
    }
  },
  { value: { type: SchemaType.JSON } },
);
