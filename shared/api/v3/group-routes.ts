// v3's consumer groups: which there are, who is in them and reads what, how far behind they are;
// and ours: moving a group's offsets, and deleting it, while nobody is in it.

import { groupOf, type Operation, topicOf, topicsIn } from '../../access/acl.ts';
import { deleteGroup } from '../../engine/group/delete-group.ts';
import {
  type DescribedGroup,
  type DescribedMember,
  describeGroup,
  lagsOfGroup,
  listGroups,
} from '../../engine/group/describe-groups.ts';
import { unknownGroup } from '../../engine/group/read-group.ts';
import { type GroupReset, resetGroup } from '../../engine/group/reset-group.ts';
import { EngineError } from '../../errors.ts';
import type { PartitionName } from '../../ids.ts';
import { groupNameLengthMax } from '../../limits.ts';
import {
  type Exchange,
  partitionParameter,
  pathParameter,
  type RouteGroup,
  topicParameter,
} from '../exchange.ts';
import { v3ReplyType } from '../media-types.ts';
import { emptyReply, jsonReply } from '../reply.ts';
import { controlBody } from '../request-body.ts';
import { resetBody, resetOf } from './group-reset.ts';
import {
  assignmentResource,
  consumerResource,
  consumerUrl,
  groupResource,
  groupUrl,
  lagResource,
  lagSummaryResource,
  offsetList,
} from './group-resources.ts';
import { collectionOf, scopeOf } from './resources.ts';

const groupsPath = '/v3/clusters/:cluster/consumer-groups';
const groupPath = `${groupsPath}/:group`;
const consumerPath = `${groupPath}/consumers/:instance`;

export const v3GroupRoutes: RouteGroup = {
  [`GET ${groupsPath}`]: list,
  [`GET ${groupPath}`]: describe,
  [`DELETE ${groupPath}`]: remove,
  [`GET ${groupPath}/consumers`]: listConsumers,
  [`GET ${consumerPath}`]: describeConsumer,
  [`GET ${consumerPath}/assignments`]: listAssignments,
  [`GET ${consumerPath}/assignments/:topic/partitions/:partition`]: describeAssignment,
  [`GET ${groupPath}/lags`]: listLags,
  [`GET ${groupPath}/lags/:topic/partitions/:partition`]: describeLag,
  [`GET ${groupPath}/lag-summary`]: summarizeLags,
  [`POST ${groupPath}/offsets:reset`]: reset,
};

async function list(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { engine, call, access } = exchange;
  const groups = await listGroups(engine, call);
  const seen = access.seen('DESCRIBE', groups, ({ name }) => groupOf(name));
  const data = seen.map((group) => groupResource(scope, group));
  const url = `${scope.url}/consumer-groups`;
  return jsonReply(exchange, type, collectionOf('KafkaConsumerGroupList', url, data));
}

async function describe(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const group = await groupAsked(exchange);
  return jsonReply(exchange, type, groupResource(scope, group));
}

async function remove(exchange: Exchange): Promise<Response> {
  scopeOf(exchange);
  await deleteGroup(exchange.engine, exchange.call, groupParameter(exchange, 'DELETE'));
  return emptyReply(exchange);
}

async function listConsumers(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { name, members } = await groupAsked(exchange);
  const data = members.map((member) => consumerResource(scope, name, member));
  const url = `${groupUrl(scope, name)}/consumers`;
  return jsonReply(exchange, type, collectionOf('KafkaConsumerList', url, data));
}

async function describeConsumer(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { group, member } = await memberAsked(exchange);
  return jsonReply(exchange, type, consumerResource(scope, group.name, member));
}

async function listAssignments(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { group, member } = await memberAsked(exchange);
  const of = { group: group.name, instance: member.instance };
  const seen = exchange.access.seen('DESCRIBE', member.partitions, ({ topic }) => topicOf(topic));
  const data = seen.map((place) => assignmentResource(scope, of, place));
  const url = `${consumerUrl(scope, of.group, of.instance)}/assignments`;
  return jsonReply(exchange, type, collectionOf('KafkaConsumerAssignmentList', url, data));
}

async function describeAssignment(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const place = placeParameter(exchange);
  const { group, member } = await memberAsked(exchange);
  if (!member.partitions.some((one) => isSame(one, place))) {
    const message = `partition_id: ${place.topic}-${place.partition} is not assigned to it`;
    throw new EngineError('NOT_FOUND', message, { field: 'partition_id' });
  }
  const of = { group: group.name, instance: member.instance };
  return jsonReply(exchange, type, assignmentResource(scope, of, place));
}

/** Who is furthest behind comes first, as in the reference. */
async function listLags(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { group, lags } = await lagsSeen(exchange);
  const sorted = lags.toSorted((one, other) => other.lag - one.lag);
  const data = sorted.map((lag) => lagResource(scope, group, lag));
  const url = `${groupUrl(scope, group.name)}/lags`;
  return jsonReply(exchange, type, collectionOf('KafkaConsumerLagList', url, data));
}

async function describeLag(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const place = placeParameter(exchange);
  const { engine, call } = exchange;
  const name = groupParameter(exchange, 'DESCRIBE');
  const { group, lags } = await lagsOfGroup(engine, call, name, place);
  const [lag] = lags;
  if (lag === undefined) throw nothingCommitted(`of ${place.topic}-${place.partition}`);
  return jsonReply(exchange, type, lagResource(scope, group, lag));
}

async function summarizeLags(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { group, lags } = await lagsSeen(exchange);
  if (lags.length === 0) throw nothingCommitted('by this group');
  return jsonReply(exchange, type, lagSummaryResource(scope, group, lags));
}

async function reset(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { engine, call } = exchange;
  const group = groupParameter(exchange, 'READ');
  const asked = resetOf(group, await controlBody(exchange, resetBody));
  await needMoved(exchange, asked);
  const offsets = await resetGroup(engine, call, asked);
  return jsonReply(exchange, type, offsetList(scope, group, offsets));
}

/** Of all topics of which a reset moves the group. @throws EngineError FORBIDDEN. */
async function needMoved({ engine, call, access }: Exchange, { group, topic }: GroupReset) {
  if (topic !== undefined) return access.need('READ', topicOf(topic));
  const { lags } = await lagsOfGroup(engine, call, group);
  access.needUnnamed('READ', ...topicsIn(lags));
}

/** Of those topics that the caller may know of. */
async function lagsSeen(exchange: Exchange) {
  const { engine, call, access } = exchange;
  const name = groupParameter(exchange, 'DESCRIBE');
  const { group, lags } = await lagsOfGroup(engine, call, name);
  return { group, lags: access.seen('DESCRIBE', lags, ({ topic }) => topicOf(topic)) };
}

/** @throws EngineError UNKNOWN_GROUP for a name that none can have; FORBIDDEN. */
function groupParameter(exchange: Exchange, operation: Operation): string {
  const name = pathParameter(exchange, 'group');
  if (name.length > groupNameLengthMax) throw unknownGroup();
  exchange.access.need(operation, groupOf(name));
  return name;
}

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION, NOT_FOUND. */
function placeParameter(exchange: Exchange): PartitionName {
  return { topic: topicParameter(exchange, 'DESCRIBE'), partition: partitionParameter(exchange) };
}

function groupAsked(exchange: Exchange): Promise<DescribedGroup> {
  const name = groupParameter(exchange, 'DESCRIBE');
  return describeGroup(exchange.engine, exchange.call, name);
}

type MemberAsked = { readonly group: DescribedGroup; readonly member: DescribedMember };

/** @throws EngineError UNKNOWN_GROUP, NOT_FOUND. */
async function memberAsked(exchange: Exchange): Promise<MemberAsked> {
  const group = await groupAsked(exchange);
  const name = pathParameter(exchange, 'instance');
  const member = group.members.find(({ instance }) => instance === name);
  if (member !== undefined) return { group, member };
  const field = 'consumer_id';
  throw new EngineError('NOT_FOUND', `${field}: there is no such consumer`, { field });
}

function isSame(one: PartitionName, other: PartitionName): boolean {
  return one.topic === other.topic && one.partition === other.partition;
}

function nothingCommitted(what: string): EngineError {
  return new EngineError('NOT_FOUND', `nothing is committed ${what}`);
}
