// What the description says of v3's routes.

import type * as z from 'zod';
import { jsonType } from '../media-types.ts';
import { deleteRecordsQuery } from '../schemas/delete-records.ts';
import { batchBody, recordV3 } from '../schemas/records-v3.ts';
import {
  alterConfigsBody,
  createTopicBody,
  growTopicBody,
  setConfigBody,
} from '../schemas/topics.ts';
import type { Operation, Operations } from './operation.ts';
import {
  batchReply,
  broker,
  cluster,
  listOf,
  partition,
  partitionOffset,
  receipt,
  topic,
  topicConfig,
} from './replies-v3.ts';

const topicPath = '/v3/clusters/:cluster/topics/:topic';

export const badBody = [
  'MALFORMED_REQUEST',
  'MALFORMED_FIELD',
  'INVALID_FIELD',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const;

export const done: Operation['reply'] = { status: 204, description: 'It is done.' };

export function answer(schema: z.core.$ZodType, status: 200 | 201 | 207 = 200): Operation['reply'] {
  return { status, description: 'What was asked for.', content: { [jsonType]: schema } };
}

export const v3Operations: Operations = {
  'GET /v3/clusters': {
    id: 'listClustersV3',
    summary: 'The one cluster',
    reply: answer(listOf(cluster)),
    errors: [],
  },
  'GET /v3/clusters/:cluster': {
    id: 'describeClusterV3',
    summary: 'A cluster',
    reply: answer(cluster),
    errors: ['NOT_FOUND'],
  },
  'GET /v3/clusters/:cluster/brokers': {
    id: 'listBrokersV3',
    summary: 'The one broker',
    reply: answer(listOf(broker)),
    errors: ['NOT_FOUND'],
  },
  'GET /v3/clusters/:cluster/brokers/:broker': {
    id: 'describeBrokerV3',
    summary: 'A broker',
    reply: answer(broker),
    errors: ['NOT_FOUND'],
  },
  'GET /v3/clusters/:cluster/topics': {
    id: 'listTopicsV3',
    summary: 'Topics',
    reply: answer(listOf(topic)),
    errors: ['NOT_FOUND'],
  },
  'POST /v3/clusters/:cluster/topics': {
    id: 'createTopicV3',
    summary: 'Create a topic',
    description: 'With validate_only nothing is made, and the reply is 200.',
    request: { [jsonType]: createTopicBody },
    reply: answer(topic, 201),
    errors: [
      ...badBody,
      'NOT_FOUND',
      'TOPIC_EXISTS',
      'INVALID_TOPIC_NAME',
      'INVALID_PARTITIONS',
      'UNKNOWN_CONFIG',
      'INVALID_CONFIG',
    ],
  },
  [`GET ${topicPath}`]: {
    id: 'describeTopicV3',
    summary: 'A topic',
    reply: answer(topic),
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC'],
  },
  [`PATCH ${topicPath}`]: {
    id: 'growTopicV3',
    summary: 'Give a topic more partitions',
    request: { [jsonType]: growTopicBody },
    reply: answer(topic),
    errors: [...badBody, 'NOT_FOUND', 'UNKNOWN_TOPIC', 'INVALID_PARTITIONS'],
  },
  [`DELETE ${topicPath}`]: {
    id: 'deleteTopicV3',
    summary: 'Delete a topic and its records',
    reply: done,
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC'],
  },
  [`GET ${topicPath}/partitions`]: {
    id: 'listPartitionsV3',
    summary: 'Partitions of a topic',
    reply: answer(listOf(partition)),
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC'],
  },
  [`GET ${topicPath}/partitions/:partition`]: {
    id: 'describePartitionV3',
    summary: 'A partition',
    reply: answer(partition),
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC', 'UNKNOWN_PARTITION'],
  },
  [`GET ${topicPath}/partitions/:partition/offset`]: {
    id: 'describeOffsetsV3',
    summary: 'Where a partition begins and ends',
    reply: answer(partitionOffset),
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC', 'UNKNOWN_PARTITION'],
  },
  [`DELETE ${topicPath}/partitions/:partition/records`]: {
    id: 'deleteRecordsV3',
    summary: 'Delete the first records of a partition',
    description:
      'Those before before_offset; of -1, all that there are. The reply is where it begins then.',
    query: deleteRecordsQuery,
    reply: answer(partitionOffset),
    errors: [
      'MALFORMED_FIELD',
      'INVALID_FIELD',
      'NOT_FOUND',
      'UNKNOWN_TOPIC',
      'UNKNOWN_PARTITION',
      'OFFSET_OUT_OF_RANGE',
      'POLICY_VIOLATION',
      'OUTCOME_UNKNOWN',
    ],
  },
  'GET /v3/clusters/:cluster/topics/-/configs': {
    id: 'listAllConfigsV3',
    summary: 'Settings of all topics',
    reply: answer(listOf(topicConfig)),
    errors: ['NOT_FOUND'],
  },
  [`GET ${topicPath}/configs`]: {
    id: 'listConfigsV3',
    summary: 'Settings of a topic',
    reply: answer(listOf(topicConfig)),
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC'],
  },
  [`POST ${topicPath}/configs:alter`]: {
    id: 'alterConfigsV3',
    summary: 'Change several settings at once, all or none',
    request: { [jsonType]: alterConfigsBody },
    reply: done,
    errors: [...badBody, 'NOT_FOUND', 'UNKNOWN_TOPIC', 'UNKNOWN_CONFIG', 'INVALID_CONFIG'],
  },
  [`GET ${topicPath}/configs/:config`]: {
    id: 'describeConfigV3',
    summary: 'A setting of a topic',
    reply: answer(topicConfig),
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC'],
  },
  [`PUT ${topicPath}/configs/:config`]: {
    id: 'setConfigV3',
    summary: 'Change a setting of a topic',
    request: { [jsonType]: setConfigBody },
    reply: done,
    errors: [...badBody, 'NOT_FOUND', 'UNKNOWN_TOPIC', 'INVALID_CONFIG'],
  },
  [`DELETE ${topicPath}/configs/:config`]: {
    id: 'resetConfigV3',
    summary: 'Put a setting back to its default',
    reply: done,
    errors: ['NOT_FOUND', 'UNKNOWN_TOPIC'],
  },
  [`POST ${topicPath}/records`]: {
    id: 'produceV3',
    summary: 'Produce records, as concatenated JSON objects',
    takesKey: true,
    description: 'A bad record is refused in its own receipt, and the others are produced.',
    request: { [jsonType]: recordV3 },
    reply: answer(receipt),
    errors: [...badBody, 'NOT_FOUND', 'UNKNOWN_TOPIC', 'OUTCOME_UNKNOWN'],
  },
  [`POST ${topicPath}/records:batch`]: {
    id: 'produceBatchV3',
    summary: 'Produce a few records that are told apart by their ids',
    takesKey: true,
    description: 'An entry has, besides its id, what a record has.',
    request: { [jsonType]: batchBody },
    reply: answer(batchReply, 207),
    errors: [
      'MALFORMED_REQUEST',
      'INVALID_ENTRIES',
      'REQUEST_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'NOT_FOUND',
      'UNKNOWN_TOPIC',
      'OUTCOME_UNKNOWN',
    ],
  },
};
