// What the description says of v3's routes for consumer groups.

import { jsonType } from '../media-types.ts';
import { resetBody } from '../v3/group-reset.ts';
import type { Operations } from './operation.ts';
import { answer, badBody, done } from './operations-v3.ts';
import { listOf } from './replies-v3.ts';
import {
  consumer,
  consumerAssignment,
  consumerGroup,
  consumerLag,
  groupOffsets,
  lagSummary,
} from './replies-v3-groups.ts';

const groupsPath = '/v3/clusters/:cluster/consumer-groups';
const groupPath = `${groupsPath}/:group`;
const consumerPath = `${groupPath}/consumers/:instance`;

const notThere = ['NOT_FOUND', 'UNKNOWN_GROUP'] as const;
const noPlace = [...notThere, 'UNKNOWN_TOPIC', 'UNKNOWN_PARTITION'] as const;

export const v3GroupOperations: Operations = {
  [`GET ${groupsPath}`]: {
    id: 'listConsumerGroupsV3',
    summary: 'Consumer groups',
    reply: answer(listOf(consumerGroup)),
    errors: ['NOT_FOUND'],
  },
  [`GET ${groupPath}`]: {
    id: 'describeConsumerGroupV3',
    summary: 'A consumer group',
    reply: answer(consumerGroup),
    errors: notThere,
  },
  [`DELETE ${groupPath}`]: {
    id: 'deleteConsumerGroupV3',
    summary: 'Delete a consumer group and its offsets',
    description: 'Only while nobody is in it. It is safe to send again.',
    reply: done,
    errors: [...notThere, 'GROUP_NOT_EMPTY', 'OUTCOME_UNKNOWN'],
  },
  [`GET ${groupPath}/consumers`]: {
    id: 'listConsumersV3',
    summary: 'Who is in a consumer group',
    reply: answer(listOf(consumer)),
    errors: notThere,
  },
  [`GET ${consumerPath}`]: {
    id: 'describeConsumerV3',
    summary: 'A consumer',
    reply: answer(consumer),
    errors: notThere,
  },
  [`GET ${consumerPath}/assignments`]: {
    id: 'listAssignmentsV3',
    summary: 'What a consumer reads',
    reply: answer(listOf(consumerAssignment)),
    errors: notThere,
  },
  [`GET ${consumerPath}/assignments/:topic/partitions/:partition`]: {
    id: 'describeAssignmentV3',
    summary: 'A partition that a consumer reads',
    reply: answer(consumerAssignment),
    errors: noPlace,
  },
  [`GET ${groupPath}/lags`]: {
    id: 'listLagsV3',
    summary: 'How far a consumer group is behind in each partition of which something is committed',
    reply: answer(listOf(consumerLag)),
    errors: notThere,
  },
  [`GET ${groupPath}/lags/:topic/partitions/:partition`]: {
    id: 'describeLagV3',
    summary: 'How far a consumer group is behind in a partition',
    reply: answer(consumerLag),
    errors: noPlace,
  },
  [`GET ${groupPath}/lag-summary`]: {
    id: 'summarizeLagsV3',
    summary: 'How far a consumer group is behind, at most and in all',
    description: 'Of a group by which nothing is committed there is none.',
    reply: answer(lagSummary),
    errors: notThere,
  },
  [`POST ${groupPath}/offsets:reset`]: {
    id: 'resetOffsetsV3',
    summary: 'Move the offsets of a consumer group',
    description:
      'Only while nobody is in it, and it is no subscription’s. Without topic_name: of all ' +
      'partitions of which something is committed. It is safe to send again.',
    request: { [jsonType]: resetBody },
    reply: answer(groupOffsets),
    errors: [...badBody, ...noPlace, 'GROUP_NOT_EMPTY', 'ILLEGAL_STATE', 'OUTCOME_UNKNOWN'],
  },
};
