// What the description says of v2's routes, of ours in its style, and of health.

import { formats } from '../formats.ts';
import { batchesType, jsonType, partsType, typeOf, v2Type } from '../media-types.ts';
import { cloudEvent, cloudEventBatch } from '../schemas/cloud-event.ts';
import { fetchQuery } from '../schemas/fetch.ts';
import {
  produceToPartitionBody,
  produceToTopicBody,
  takeProducerBody,
  transactionBody,
} from '../schemas/produce.ts';
import { segmentsQuery, sizesQuery } from '../schemas/sizes.ts';
import type { Operation, Operations } from './operation.ts';
import {
  brokersReply,
  healthReply,
  offsetsReply,
  partitionReply,
  partitionsReply,
  partsProduceReply,
  produceReply,
  rawProduceReply,
  recordsReply,
  segmentsReply,
  sizesReply,
  takeProducerReply,
  topicNamesReply,
  topicReply,
  transactionReply,
} from './replies-v2.ts';

/** In each format the same schema: the format is of keys and values alone. */
export function inFormats<Body>(body: Body): Readonly<Record<string, Body>> {
  return Object.fromEntries(formats.map((format) => [typeOf(format), body]));
}

const produceErrors = [
  'MALFORMED_REQUEST',
  'MALFORMED_FIELD',
  'INVALID_FIELD',
  'RECORD_TOO_LARGE',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'KEY_SCHEMA_MISSING',
  'VALUE_SCHEMA_MISSING',
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  'OUTCOME_UNKNOWN',
  'OUT_OF_ORDER_SEQUENCE',
  'PRODUCER_FENCED',
  'KEY_REUSED',
  'KEY_TOO_OLD',
] as const;

const health: Operation['reply'] = {
  status: 200,
  description: 'It answers.',
  content: { [jsonType]: healthReply },
};

const well: Operation['reply'] = { status: 204, description: 'It is.' };

function v2Reply(schema: NonNullable<Operation['reply']['content']>[string]): Operation['reply'] {
  return { status: 200, description: 'What was asked for.', content: { [v2Type]: schema } };
}

export const v2Operations: Operations = {
  'GET /': { id: 'root', summary: 'Whether the engine answers', reply: health },
  'GET /_health': {
    id: 'health',
    summary: 'Whether the engine answers',
    reply: health,
  },
  'GET /ready': { id: 'ready', summary: 'Whether it takes requests', reply: well },
  'GET /healthy': { id: 'healthy', summary: 'Whether it is well', reply: well },
  'GET /openapi.json': {
    id: 'describe',
    summary: 'This description',
    reply: { status: 200, description: 'OpenAPI 3.1.', content: { [jsonType]: 'bytes' } },
    errors: [],
  },
  'GET /brokers': {
    id: 'listBrokers',
    summary: 'Brokers',
    reply: v2Reply(brokersReply),
    errors: [],
  },
  'GET /topics': {
    id: 'listTopics',
    summary: 'Names of the topics',
    reply: v2Reply(topicNamesReply),
    errors: [],
  },
  'GET /topics/:topic': {
    id: 'describeTopic',
    summary: 'A topic, its settings and partitions',
    description: 'An unknown topic is error 40403 here.',
    reply: v2Reply(topicReply),
    errors: ['UNKNOWN_TOPIC'],
  },
  'GET /topics/:topic/partitions': {
    id: 'listPartitions',
    summary: 'Partitions of a topic',
    reply: v2Reply(partitionsReply),
    errors: ['UNKNOWN_TOPIC'],
  },
  'GET /topics/:topic/partitions/:partition': {
    id: 'describePartition',
    summary: 'A partition',
    reply: v2Reply(partitionReply),
    errors: ['UNKNOWN_TOPIC', 'UNKNOWN_PARTITION'],
  },
  'GET /topics/:topic/partitions/:partition/offsets': {
    id: 'describeOffsets',
    summary: 'Where a partition begins and ends',
    reply: v2Reply(offsetsReply),
    errors: ['UNKNOWN_TOPIC', 'UNKNOWN_PARTITION'],
  },
  'GET /topics/:topic/sizes': {
    id: 'describeSizes',
    summary: 'How large a topic’s partitions are',
    description:
      'It costs a read of each partition, and of the index of all of them at most a thousand ' +
      'chunks that are not known from before, the newest first: `counted_from` says how far that ' +
      'has reached.',
    query: sizesQuery,
    reply: v2Reply(sizesReply),
    errors: ['MALFORMED_FIELD', 'INVALID_FIELD', 'UNKNOWN_TOPIC'],
  },
  'GET /topics/:topic/partitions/:partition/segments': {
    id: 'listSegments',
    summary: 'What a partition is stored in, from an offset on',
    description: 'Without offset: from the log start. No object is read for it.',
    query: segmentsQuery,
    reply: v2Reply(segmentsReply),
    errors: [
      'MALFORMED_FIELD',
      'INVALID_FIELD',
      'UNKNOWN_TOPIC',
      'UNKNOWN_PARTITION',
      'OFFSET_OUT_OF_RANGE',
    ],
  },
  'POST /topics/:topic': {
    id: 'produceToTopic',
    summary: 'Produce records to a topic',
    takesKey: true,
    description:
      'Keys and values are base64, JSON or text by the content type; a key picks its partition. ' +
      'With a producer each partition that is reached has a sequence; a repeat is stored once. ' +
      'A CloudEvent in HTTP’s binary form is taken with any content type. Raw record batches of ' +
      'several partitions begin with a line of JSON: {"partitions":[{"partition","bytes"}]}.',
    request: {
      ...inFormats(produceToTopicBody),
      [partsType]: 'bytes',
      'application/cloudevents+json': cloudEvent,
      'application/cloudevents-batch+json': cloudEventBatch,
    },
    reply: v2Reply(produceReply.or(partsProduceReply)),
    errors: [...produceErrors, 'CORRUPT_BATCH'],
  },
  'POST /topics/:topic/partitions/:partition': {
    id: 'produceToPartition',
    summary: 'Produce records, or raw record batches, to a partition',
    takesKey: true,
    request: { ...inFormats(produceToPartitionBody), [batchesType]: 'bytes' },
    reply: v2Reply(produceReply.or(rawProduceReply)),
    errors: [...produceErrors, 'CORRUPT_BATCH'],
  },
  'POST /producers': {
    id: 'takeProducer',
    summary: 'Take a producer’s id',
    description: 'With a name: its id, in an epoch that fences whoever took the name before.',
    request: { [v2Type]: takeProducerBody, [jsonType]: takeProducerBody },
    reply: v2Reply(takeProducerReply),
    errors: [
      'MALFORMED_REQUEST',
      'MALFORMED_FIELD',
      'INVALID_FIELD',
      'REQUEST_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'OUTCOME_UNKNOWN',
    ],
  },
  'POST /transactions': {
    id: 'transact',
    summary: 'Produce records to many partitions of any topics, all or none',
    takesKey: true,
    description: 'It needs an Idempotency-Key or a producer, and may be sent again with it.',
    request: inFormats(transactionBody),
    reply: v2Reply(transactionReply),
    errors: produceErrors.filter((code) => code !== 'KEY_TOO_OLD'),
  },
  'GET /topics/:topic/partitions/:partition/records': {
    id: 'fetch',
    summary: 'Fetch records, or raw record batches, from an offset or a time on',
    description: 'Without offset and timestamp: from the log start.',
    query: fetchQuery,
    reply: {
      status: 200,
      description: 'Records in order; none when there is nothing yet.',
      content: { ...inFormats(recordsReply), [batchesType]: 'bytes' },
      headers: {
        'Sluice-High-Watermark': 'The end: the offset that the next record will have.',
        'Sluice-Log-Start-Offset': 'The first offset that may be read.',
        'Sluice-Next-Offset': 'Where to go on.',
      },
    },
    errors: [
      'MALFORMED_FIELD',
      'INVALID_FIELD',
      'UNKNOWN_TOPIC',
      'UNKNOWN_PARTITION',
      'OFFSET_OUT_OF_RANGE',
      'FORMAT_MISMATCH',
    ],
  },
};
