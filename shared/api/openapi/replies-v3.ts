// The bodies of v3's replies.

import * as z from 'zod';
import { count, offset } from './operation.ts';
import { duplicate, storedOffset } from './replies-v2.ts';

export const related = z.strictObject({ related: z.url() }).meta({ id: 'Related' });

const metadata = z
  .strictObject({ self: z.url(), resource_name: z.string() })
  .meta({ id: 'Metadata' });

export function resource<Shape extends z.core.$ZodShape>(kind: string, shape: Shape) {
  return z
    .strictObject({ kind: z.literal(kind), metadata, cluster_id: z.string(), ...shape })
    .meta({ id: kind });
}

export function listOf(item: z.core.$ZodType) {
  return z.strictObject({
    kind: z.string(),
    metadata: z.strictObject({ self: z.url(), next: z.null() }),
    data: z.array(item),
  });
}

export const cluster = resource('KafkaCluster', {
  controller: related,
  acls: related,
  brokers: related,
  broker_configs: related,
  consumer_groups: related,
  topics: related,
  partition_reassignments: related,
});

export const broker = resource('KafkaBroker', {
  broker_id: z.int(),
  host: z.string(),
  port: z.int(),
  rack: z.null(),
  configs: related,
  partition_replicas: related,
});

export const topic = resource('KafkaTopic', {
  topic_name: z.string(),
  is_internal: z.boolean(),
  replication_factor: z.int(),
  partitions_count: count,
  partitions: related,
  configs: related,
  partition_reassignments: related,
  authorized_operations: z.array(z.string()),
});

export const partition = resource('KafkaPartition', {
  topic_name: z.string(),
  partition_id: count,
  leader: related,
  replicas: related,
  reassignment: related,
});

export const partitionOffset = resource('KafkaPartitionOffset', {
  topic_name: z.string(),
  partition_id: count,
  earliest_offset: offset,
  latest_offset: offset,
});

const source = z.enum(['DEFAULT_CONFIG', 'DYNAMIC_TOPIC_CONFIG']);

export const topicConfig = resource('KafkaTopicConfig', {
  topic_name: z.string(),
  name: z.string(),
  value: z.string(),
  is_default: z.boolean(),
  is_read_only: z.boolean(),
  is_sensitive: z.boolean(),
  source,
  synonyms: z.array(z.strictObject({ name: z.string(), value: z.string(), source })),
});

const part = z.strictObject({ type: z.enum(['BINARY', 'STRING', 'JSON']), size: count }).optional();

const stored = {
  cluster_id: z.string(),
  topic_name: z.string(),
  partition_id: count,
  offset: storedOffset,
  timestamp: z.iso.datetime(),
  key: part,
  value: part,
  duplicate,
};

const failure = { error_code: z.int(), message: z.string() };

export const receipt = z
  .union([z.strictObject({ error_code: z.literal(200), ...stored }), z.strictObject(failure)])
  .meta({ id: 'ProduceReceipt', description: 'One a record, in order, each on a line.' });

export const batchReply = z.strictObject({
  successes: z.array(z.strictObject({ id: z.string(), ...stored })),
  failures: z.array(z.strictObject({ id: z.string(), ...failure })),
});
