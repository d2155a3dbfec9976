// The bodies of v3's replies about consumer groups.

import * as z from 'zod';
import { count, offset } from './operation.ts';
import { listOf, related, resource } from './replies-v3.ts';

const ofGroup = { consumer_group_id: z.string() };

const lagMillis = count
  .nullable()
  .describe('Since the first record that is not consumed was produced, about; null: not known.');

export const consumerGroup = resource('KafkaConsumerGroup', {
  ...ofGroup,
  is_simple: z.boolean(),
  partition_assignor: z.string(),
  state: z.enum(['STABLE', 'PREPARING_REBALANCE', 'EMPTY']),
  type: z.literal('CLASSIC'),
  is_mixed_consumer_group: z.literal(false),
  generation: count.describe('Of its members and what they subscribe to; it only rises.'),
  coordinator: related,
  consumers: related,
  lag_summary: related,
});

/** Names of a consumer; of nobody, they are empty. */
const named = { consumer_id: z.string(), instance_id: z.null(), client_id: z.string() };

export const consumer = resource('KafkaConsumer', { ...ofGroup, ...named, assignments: related });

const place = { topic_name: z.string(), partition_id: count };

export const consumerAssignment = resource('KafkaConsumerAssignment', {
  ...ofGroup,
  consumer_id: z.string(),
  ...place,
  partition: related,
  lag: related,
});

export const consumerLag = resource('KafkaConsumerLag', {
  ...ofGroup,
  ...place,
  current_offset: offset,
  current_metadata: z.string().describe('What whoever committed said with it; empty: nothing.'),
  log_end_offset: offset,
  lag: count,
  lag_ms: lagMillis,
  ...named,
});

export const lagSummary = resource('KafkaConsumerGroupLagSummary', {
  ...ofGroup,
  max_lag_consumer_id: z.string(),
  max_lag_instance_id: z.null(),
  max_lag_client_id: z.string(),
  max_lag_topic_name: z.string(),
  max_lag_partition_id: count,
  max_lag: count,
  max_lag_ms: lagMillis,
  total_lag: count,
  max_lag_consumer: related,
  max_lag_partition: related,
});

export const groupOffsets = listOf(z.strictObject({ ...place, offset }));
