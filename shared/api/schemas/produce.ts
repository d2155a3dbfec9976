// Bodies of v2's produce requests, and of ours in their style. Keys and values are of the request's
// format (formats.ts), so their schema says nothing of them. 1,000 records take 0.2 ms here, a
// tenth of their JSON.parse and decoding: no check by hand is worth its lines.

import * as z from 'zod';
import {
  commitMetadataLengthMax,
  groupNameLengthMax,
  headersPerRecordMax,
  instanceNameLengthMax,
  offsetMax,
  partitionsPerTopicMax,
  producerEpochMax,
  producerNameLengthMax,
  recordsPerRequestMax,
  sequenceMax,
  timestampMax,
  topicNameLengthMax,
  transactItemsMax,
} from '../../limits.ts';
import { boundedList } from './bounded-list.ts';
import { wellFormed } from './well-formed.ts';

const base64 = z.string().meta({ contentEncoding: 'base64' });

const header = z.strictObject({ key: wellFormed(), value: base64.nullable() });

const record = {
  key: z.unknown().optional(),
  /** null is a tombstone, so it must be said. */
  value: z.unknown(),
  headers: boundedList(header, { max: headersPerRecordMax }).nullish(),
  /** Milliseconds since 1970. */
  timestamp: z.int().min(0).max(timestampMax).nullish(),
};

/** Which partitions there are, the engine knows. */
const topicRecord = z.strictObject({ ...record, partition: z.int().min(0).nullish() });

const partitionRecord = z.strictObject(record);

const bounds = { min: 1, max: recordsPerRequestMax };

/** All of them, or none, with where its records go on. */
const producer = {
  producer_id: z.int().min(0).optional(),
  producer_epoch: z.int().min(0).max(producerEpochMax).optional(),
};

/** Of the first record that goes to the partition. */
const sequence = z.int().min(0).max(sequenceMax);

const place = { partition: z.int().min(0), sequence };

export const produceToTopicBody = z.strictObject({
  records: boundedList(topicRecord, bounds),
  ...producer,
  sequences: boundedList(z.strictObject(place), { max: partitionsPerTopicMax }).optional(),
});

export const produceToPartitionBody = z.strictObject({
  records: boundedList(partitionRecord, bounds),
  ...producer,
  sequence: sequence.optional(),
});

const topic = z.string().min(1).max(topicNameLengthMax);

/** Of what a member of a group read: each is that of the last record, as in a commit. */
const groupOffsets = z.strictObject({
  group: wellFormed().min(1).max(groupNameLengthMax),
  member: wellFormed().min(1).max(instanceNameLengthMax),
  /** As the poll said that gave the records. */
  generation: z.int().min(0),
  offsets: boundedList(
    z.strictObject({
      topic,
      partition: z.int().min(0),
      offset: z
        .int()
        .min(0)
        .max(offsetMax - 1),
      metadata: wellFormed().max(commitMetadataLengthMax).nullish(),
    }),
    { min: 1, max: transactItemsMax },
  ),
});

export const transactionBody = z.strictObject({
  records: boundedList(topicRecord.extend({ topic }), bounds),
  offsets: groupOffsets.optional(),
  ...producer,
  sequences: boundedList(z.strictObject({ topic, ...place }), {
    max: transactItemsMax,
  }).optional(),
});

export const takeProducerBody = z.strictObject({
  /** Of a producer whose next holder fences this one; none: an id of one's own. */
  name: wellFormed().min(1).max(producerNameLengthMax).nullish(),
});

export type ProducerBody = {
  readonly producer_id?: number | undefined;
  readonly producer_epoch?: number | undefined;
};

export type RecordBody = z.output<typeof topicRecord>;
export type TransactionBody = z.output<typeof transactionBody>;
