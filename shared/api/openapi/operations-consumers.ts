// What the description says of consumer instances. Their order is that of an instance's life.

import type * as z from 'zod';
import { jsonType, partsType, v2Type } from '../media-types.ts';
import {
  commitBody,
  committedQuery,
  createInstanceBody,
  memberFetchBody,
  partitionsBody,
  pollQuery,
  positionsBody,
  subscriptionBody,
} from '../schemas/consumers.ts';
import type { Content, Operation, Operations } from './operation.ts';
import { inFormats } from './operations-v2.ts';
import {
  assignmentsReply,
  committedReply,
  createInstanceReply,
  subscriptionReply,
} from './replies-consumers.ts';
import { recordsReply } from './replies-v2.ts';

const badBody = [
  'MALFORMED_REQUEST',
  'INVALID_FIELD',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const;

const instance = '/consumers/:group/instances/:instance';

function body(schema: z.core.$ZodType): Content {
  return { [v2Type]: schema, [jsonType]: schema };
}

function answer(schema: z.core.$ZodType): Operation['reply'] {
  return { status: 200, description: 'What was asked for.', content: { [v2Type]: schema } };
}

const done: Operation['reply'] = { status: 204, description: 'It is done.' };

const seekErrors = [
  'UNKNOWN_INSTANCE',
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  'ILLEGAL_STATE',
  'OUTCOME_UNKNOWN',
  ...badBody,
] as const;

const committedErrors = [
  'UNKNOWN_INSTANCE',
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  ...badBody,
] as const;

export const consumerOperations: Operations = {
  'POST /consumers/:group': {
    id: 'createInstance',
    summary: 'Create a consumer instance',
    description:
      'Without a name one is drawn. It is ended by its DELETE, or when it has asked for nothing ' +
      'as long as session.timeout.ms says. Settings that are not described are passed over.',
    request: body(createInstanceBody),
    mayHaveNoBody: true,
    reply: answer(createInstanceReply),
    errors: [
      'INVALID_CONSUMER_CONFIG',
      'INSTANCE_EXISTS',
      'GROUP_FULL',
      'OUTCOME_UNKNOWN',
      ...badBody,
    ],
  },
  [`POST ${instance}/subscription`]: {
    id: 'subscribe',
    summary: 'Share topics with the group',
    description: 'By their names, or by a pattern. Who gets which partition is settled by polls.',
    request: body(subscriptionBody),
    reply: done,
    errors: ['UNKNOWN_INSTANCE', 'ILLEGAL_STATE', 'GROUP_FULL', 'OUTCOME_UNKNOWN', ...badBody],
  },
  [`GET ${instance}/subscription`]: {
    id: 'describeSubscription',
    summary: 'Topics that the instance subscribes to',
    description: 'By a pattern: those that it was given a part of.',
    reply: answer(subscriptionReply),
    errors: ['UNKNOWN_INSTANCE'],
  },
  [`GET ${instance}/records`]: {
    id: 'poll',
    summary: 'Take the next records',
    description:
      'At least one when there is one. Where the instance commits of itself, what polls before ' +
      'this one have given is committed. Records are in the instance’s format.',
    query: pollQuery,
    reply: {
      status: 200,
      description: 'Records, in order within each partition; none when there is nothing new.',
      content: inFormats(recordsReply),
      headers: { 'Sluice-Generation': 'Of the group, for a transaction that takes the records.' },
    },
    errors: [
      'UNKNOWN_INSTANCE',
      'INSTANCE_FORMAT_MISMATCH',
      'MALFORMED_FIELD',
      'INVALID_FIELD',
      'METHOD_NOT_ALLOWED',
      'ILLEGAL_STATE',
      'OFFSET_OUT_OF_RANGE',
      'FORMAT_MISMATCH',
      'OUTCOME_UNKNOWN',
    ],
  },
  [`POST ${instance}/fetch`]: {
    id: 'fetchAsMember',
    summary: 'Fetch raw record batches, keeping one’s own positions',
    description:
      'A client names the partitions that it is at work on, with the generation in which the ' +
      'instance took each and the offset from which it is to be read, or without one if it is ' +
      'only to be kept. What is named is not taken from it: a partition that goes to another ' +
      'member is told as revoked until it is named no longer. What it holds and does not name is ' +
      'given from what is committed. The reply begins with a line of JSON: {"generation",' +
      '"held":[{"topic","partition","generation","revoked"}],"partitions":[{"topic","partition",' +
      '"offset","next_offset","log_start_offset","high_watermark","committed_offset","bytes"}]}; ' +
      'the batches of each partition follow in that order. What is committed is told of what was ' +
      'not named, if anything is. Beside a batch that leaves no room, what is named and has ' +
      'nothing new is left out of "partitions". It comes at once when the instance holds ' +
      'something else than was named.',
    request: body(memberFetchBody),
    reply: {
      status: 200,
      description: 'What the instance holds, and the batches that were read.',
      content: { [partsType]: 'bytes' },
    },
    errors: [
      'UNKNOWN_INSTANCE',
      'ILLEGAL_STATE',
      'OFFSET_OUT_OF_RANGE',
      'OUTCOME_UNKNOWN',
      ...badBody,
    ],
  },
  [`POST ${instance}/positions`]: {
    id: 'seek',
    summary: 'Go to offsets, or to the first records of times',
    request: body(positionsBody),
    reply: done,
    errors: seekErrors,
  },
  [`POST ${instance}/positions/beginning`]: {
    id: 'seekToBeginning',
    summary: 'Go to the beginning of partitions',
    request: body(partitionsBody),
    reply: done,
    errors: seekErrors,
  },
  [`POST ${instance}/positions/end`]: {
    id: 'seekToEnd',
    summary: 'Go to the end of partitions',
    request: body(partitionsBody),
    reply: done,
    errors: seekErrors,
  },
  [`POST ${instance}/offsets`]: {
    id: 'commit',
    summary: 'Commit',
    description:
      'Without offsets: all that polls have given. An offset is of the last record that is done ' +
      'with, -1 if none is: the next one is committed. What is committed does not go back.',
    request: body(commitBody),
    mayHaveNoBody: true,
    reply: done,
    errors: seekErrors,
  },
  [`GET ${instance}/offsets`]: {
    id: 'describeCommitted',
    summary: 'What is committed',
    description: 'Of the partition that the query names, or of those in the body.',
    query: committedQuery,
    request: body(partitionsBody),
    mayHaveNoBody: true,
    reply: answer(committedReply),
    errors: committedErrors,
  },
  [`POST ${instance}/offsets/committed`]: {
    id: 'readCommitted',
    summary: 'What is committed, for clients that send no body with GET',
    request: body(partitionsBody),
    reply: answer(committedReply),
    errors: committedErrors,
  },
  [`DELETE ${instance}/subscription`]: {
    id: 'unsubscribe',
    summary: 'Give up all that it subscribes to, or was assigned',
    reply: done,
    errors: ['UNKNOWN_INSTANCE', 'OUTCOME_UNKNOWN'],
  },
  [`POST ${instance}/assignments`]: {
    id: 'assign',
    summary: 'Read partitions that no group shares out',
    request: body(partitionsBody),
    reply: done,
    errors: seekErrors,
  },
  [`GET ${instance}/assignments`]: {
    id: 'describeAssignments',
    summary: 'Partitions that the instance has',
    reply: answer(assignmentsReply),
    errors: ['UNKNOWN_INSTANCE'],
  },
  [`DELETE ${instance}`]: {
    id: 'deleteInstance',
    summary: 'End a consumer instance',
    description: 'Where it commits of itself, what its polls have given is committed.',
    reply: done,
    errors: ['UNKNOWN_INSTANCE', 'OUTCOME_UNKNOWN'],
  },
};
