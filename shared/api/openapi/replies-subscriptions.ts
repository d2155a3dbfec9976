// The bodies of what is answered about subscriptions.

import * as z from 'zod';
import { base64, count, offset } from './operation.ts';

const time = z.int().describe('Milliseconds since 1970.');

const target = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('lambda'), function: z.string() }),
  z.strictObject({ type: z.literal('sqs'), queue_url: z.string() }),
  z.strictObject({ type: z.literal('https'), url: z.string() }),
]);

const subscription = z
  .strictObject({
    name: z.string(),
    topic: z.string(),
    group: z.string().describe('Its own consumer group: how far it is.'),
    state: z.enum(['running', 'paused']),
    created_at: time,
    target,
    batch_size: count.describe('Records of one delivery.'),
    batch_bytes: count.describe('Of one delivery; a first record may be larger.'),
    batch_window_ms: count.describe('How long a delivery waits to become full.'),
    filter: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('An event pattern; what it does not match is passed over.'),
    max_attempts: count.nullable().describe('null: until the records are taken.'),
    max_age_ms: count.nullable().describe('Older records are given up; null: none are.'),
    retry_min_ms: count.describe('The first pause between two tries.'),
    retry_max_ms: count.describe('The longest.'),
    bisect: z.boolean().describe('Whether a delivery that fails is halved.'),
    dead_letter_topic: z.string().nullable().describe('Where records go that are given up.'),
    max_concurrency: count.nullable().describe('Deliveries at once; null: one for each partition.'),
    max_records_per_second: z.number().nullable(),
    timeout_ms: count.describe('How long the target may take for one delivery.'),
  })
  .meta({ id: 'Subscription' });

export const subscriptionReply = subscription;

const secret = z.string().describe('What signs the deliveries; it is not shown again.');

export const changedReply = z.strictObject({
  ...subscription.shape,
  secret: secret.optional().describe('One that was drawn; it is not shown again.'),
});

export const subscriptionsReply = z.strictObject({
  subscriptions: z.array(subscription).describe('By name.'),
  next: z.string().nullable().describe('There are more, after this name; null: none.'),
});

export const describedReply = z.strictObject({
  ...subscription.shape,
  partitions: z.array(
    z.strictObject({
      partition: count,
      committed_offset: offset.describe('The next to deliver.'),
      log_end_offset: offset,
      lag: count,
      lag_ms: count.nullable().describe('Of the next one, about; null: not known.'),
      attempts: count.describe('Of what is delivered next, that failed.'),
      last_error: z.string().nullable().describe('null: it goes well.'),
      retry_at: time.nullable(),
    }),
  ),
});

export const soughtReply = z.strictObject({
  offsets: z.array(z.strictObject({ topic: z.string(), partition: count, offset })),
});

export const secretReply = z.strictObject({ secret });

export const redriveReply = z.strictObject({
  redriven: count.describe('Records that were put back.'),
  done: z.boolean().describe('Whether there is nothing more to put back.'),
});

export const deadLettersReply = z.strictObject({
  dead_letters: z.array(
    z
      .strictObject({
        partition: count.describe('Of the dead-letter topic.'),
        offset: offset.describe('In the dead-letter topic.'),
        source_topic: z.string().describe('Where it was.'),
        source_partition: count,
        source_offset: offset,
        attempts: count,
        reason: z.string().describe('Of the last failure, or why there was no try.'),
        failed_at: time,
        timestamp: time.describe('The record’s own.'),
        key: base64.nullable().optional(),
        value: base64
          .nullable()
          .optional()
          .describe('Absent, with the key: too long for a reply; it can be fetched by itself.'),
      })
      .meta({ id: 'DeadLetter' }),
  ),
});
