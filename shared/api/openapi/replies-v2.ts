// The bodies of v2's replies, and of ours in its style.

import * as z from 'zod';
import { base64, count, offset } from './operation.ts';

export const brokersReply = z.strictObject({ brokers: z.array(z.int()) });

export const topicNamesReply = z.array(z.string());

const partition = z
  .strictObject({
    partition: count,
    leader: z.int(),
    replicas: z.array(
      z.strictObject({ broker: z.int(), leader: z.boolean(), in_sync: z.boolean() }),
    ),
  })
  .meta({ id: 'Partition' });

export const partitionReply = partition;
export const partitionsReply = z.array(partition);

export const topicReply = z
  .strictObject({
    name: z.string(),
    configs: z.record(z.string(), z.string()),
    partitions: z.array(partition),
  })
  .meta({ id: 'Topic' });

export const offsetsReply = z.strictObject({ beginning_offset: offset, end_offset: offset });

export const sizesReply = z.strictObject({
  partitions: z.array(
    z
      .strictObject({
        partition: count,
        log_start_offset: offset,
        log_end_offset: offset,
        counted_from: offset.describe('From where on segments and bytes are those of the log.'),
        segments: count,
        bytes: count.describe('As they are stored.'),
      })
      .meta({ id: 'PartitionSize' }),
  ),
  next_partition: count.nullable().describe('There are more, from this one on; null: none.'),
});

export const segmentsReply = z.strictObject({
  segments: z
    .array(
      z
        .strictObject({
          base_offset: offset,
          count: count.describe('Offsets.'),
          bytes: count.describe('As they are stored.'),
          timestamp_max: z.int().describe('Milliseconds since 1970; -1: none.'),
        })
        .meta({ id: 'Segment' }),
    )
    .describe('What one append has put, or a merge has made of many.'),
  next_offset: offset.describe('Where to go on.'),
  log_start_offset: offset,
  log_end_offset: offset,
});

export const duplicate = z
  .literal(true)
  .optional()
  .describe('An earlier request had stored it; offset -1: its place is not known any more.');

export const storedOffset = z.int().min(-1).describe('A record’s place in its partition.');

const produced = {
  partition: count,
  offset: storedOffset.nullable(),
  error_code: z.int().nullable(),
  error: z.string().nullable(),
  duplicate,
};

export const produceReply = z
  .strictObject({
    offsets: z
      .array(z.strictObject(produced))
      .describe('One entry a record, in order; each answers for itself.'),
    key_schema_id: z.null(),
    value_schema_id: z.null(),
  })
  .meta({ id: 'ProduceReply' });

export const rawProduceReply = z
  .strictObject({ partition: count, base_offset: storedOffset, count, duplicate })
  .meta({ id: 'RawProduceReply' });

export const partsProduceReply = z
  .strictObject({
    offsets: z
      .array(z.strictObject({ ...produced, count: count.optional() }))
      .describe('One entry a partition, in order; each answers for itself.'),
  })
  .meta({ id: 'PartsProduceReply' });

export const takeProducerReply = z.strictObject({
  producer_id: z.int().min(0),
  producer_epoch: z.int().min(0),
});

export const transactionReply = z
  .strictObject({
    offsets: z
      .array(z.strictObject({ topic: z.string(), ...produced }))
      .describe('One entry a record, in order: all of them are stored.'),
  })
  .meta({ id: 'TransactionReply' });

export const recordsReply = z.array(
  z
    .strictObject({
      topic: z.string(),
      partition: count,
      offset,
      timestamp: z.int().describe('Milliseconds since 1970.'),
      key: z.unknown().describe('In the format of the reply’s type; null: none.'),
      value: z.unknown().describe('In the format of the reply’s type; null: a tombstone.'),
      headers: z.array(z.strictObject({ key: z.string(), value: base64.nullable() })).optional(),
    })
    .meta({ id: 'Record' }),
);

export const healthReply = z.strictObject({});

export const error = z
  .strictObject({
    error_code: z.int().describe('The status, or a finer code of five digits.'),
    message: z.string().describe('Names the field and the limit, where there is one.'),
  })
  .meta({ id: 'Error' });

export const problem = z
  .strictObject({
    ...error.shape,
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    field: z.string().describe('Where in the request: `records[3].value`.').optional(),
    limit: z.number().describe('The bound that was passed.').optional(),
  })
  .meta({ id: 'Problem', description: 'An error as RFC 9457 has it.' });
