// Bodies of v2's produce requests, and of ours in their style. Keys and values are of the request's
// format (formats.ts), so their schema says nothing of them. 1,000 records take 0.2 ms here, a
// tenth of their JSON.parse and decoding: no check by hand is worth its lines.

import * as z from 'zod/mini';
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
import { base64 } from './base64.ts';
import { boundedList } from './bounded-list.ts';
import { integer } from './integer.ts';
import { wellFormed } from './well-formed.ts';

const header = () => z.strictObject({ key: wellFormed(), value: z.nullable(base64) });

const record = () => ({
  key: z.optional(z.unknown()),
  /** null is a tombstone, so it must be said. */
  value: z.unknown(),
  headers: z.nullish(boundedList(header(), { max: headersPerRecordMax })),
  /** Milliseconds since 1970. */
  timestamp: z.nullish(integer({ min: 0, max: timestampMax })),
});

/** Which partitions there are, the engine knows. */
const topicRecord = () =>
  z.strictObject({ ...record(), partition: z.nullish(integer({ min: 0 })) });

const bounds = { min: 1, max: recordsPerRequestMax };

/** All of them, or none, with where its records go on. */
const producer = () => ({
  producer_id: z.optional(integer({ min: 0 })),
  producer_epoch: z.optional(integer({ min: 0, max: producerEpochMax })),
});

/** Of the first record that goes to the partition. */
const sequence = () => integer({ min: 0, max: sequenceMax });

const place = () => ({ partition: integer({ min: 0 }), sequence: sequence() });

export const produceToTopicBody = z.lazy(() =>
  z.strictObject({
    records: boundedList(topicRecord(), bounds),
    ...producer(),
    sequences: z.optional(boundedList(z.strictObject(place()), { max: partitionsPerTopicMax })),
  }),
);

export const produceToPartitionBody = z.lazy(() =>
  z.strictObject({
    records: boundedList(z.strictObject(record()), bounds),
    ...producer(),
    sequence: z.optional(sequence()),
  }),
);

/** The line before record batches of several partitions (record/parts.ts). */
export const partsHead = z.lazy(() =>
  z.strictObject({
    partitions: boundedList(
      z.strictObject({ partition: integer({ min: 0 }), bytes: integer({ min: 1 }) }),
      { min: 1, max: partitionsPerTopicMax },
    ),
  }),
);

const topic = () => z.string().check(z.minLength(1), z.maxLength(topicNameLengthMax));

/** Of what a member of a group read: each is that of the last record, as in a commit. */
const groupOffsets = () =>
  z.strictObject({
    group: wellFormed({ min: 1, max: groupNameLengthMax }),
    member: wellFormed({ min: 1, max: instanceNameLengthMax }),
    /** As the poll said that gave the records. */
    generation: integer({ min: 0 }),
    offsets: boundedList(
      z.strictObject({
        topic: topic(),
        partition: integer({ min: 0 }),
        offset: integer({ min: 0, max: offsetMax - 1 }),
        metadata: z.nullish(wellFormed({ max: commitMetadataLengthMax })),
      }),
      { min: 1, max: transactItemsMax },
    ),
  });

export const transactionBody = z.lazy(() =>
  z.strictObject({
    records: boundedList(z.extend(topicRecord(), { topic: topic() }), bounds),
    offsets: z.optional(groupOffsets()),
    ...producer(),
    sequences: z.optional(
      boundedList(z.strictObject({ topic: topic(), ...place() }), { max: transactItemsMax }),
    ),
  }),
);

export const takeProducerBody = z.lazy(() =>
  z.strictObject({
    /** Of a producer whose next holder fences this one; none: an id of one's own. */
    name: z.nullish(wellFormed({ min: 1, max: producerNameLengthMax })),
  }),
);

export type ProducerBody = {
  readonly producer_id?: number | undefined;
  readonly producer_epoch?: number | undefined;
};

export type RecordBody = z.output<ReturnType<typeof topicRecord>>;
export type TransactionBody = z.output<typeof transactionBody>;
