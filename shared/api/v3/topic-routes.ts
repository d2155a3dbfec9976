// v3's topics and partitions: list, create, describe, grow, delete.
//
// Kafka's REST has no path for AdminClient.deleteRecords. Here it is the DELETE of what a partition
// holds, up to an offset: in v3, beside what else an administrator may do, and for him alone (a
// policy to produce or to fetch names other methods). It answers as the partition's offsets do,
// which say where it starts now.

import { cluster, topicOf } from '../../access/acl.ts';
import { deleteRecords } from '../../engine/delete-records.ts';
import { createTopic, deleteTopic } from '../../engine/make-topics.ts';
import { unknownPartition } from '../../engine/on-topic.ts';
import { describeTopic, growTopic, listTopics } from '../../engine/topics.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { v3ReplyType } from '../media-types.ts';
import { queryOf } from '../query.ts';
import { emptyReply, jsonReply } from '../reply.ts';
import { controlBody } from '../request-body.ts';
import { deleteRecordsQuery } from '../schemas/delete-records.ts';
import { createTopicBody, growTopicBody } from '../schemas/topics.ts';
import {
  collectionOf,
  offsetResource,
  partitionResource,
  scopeOf,
  topicResource,
  topicUrl,
} from './resources.ts';
import { sayingWhere } from './settings.ts';

export const v3TopicRoutes: RouteGroup = {
  'GET /v3/clusters/:cluster/topics': list,
  'POST /v3/clusters/:cluster/topics': create,
  'GET /v3/clusters/:cluster/topics/:topic': describe,
  'PATCH /v3/clusters/:cluster/topics/:topic': grow,
  'DELETE /v3/clusters/:cluster/topics/:topic': remove,
  'GET /v3/clusters/:cluster/topics/:topic/partitions': listPartitions,
  'GET /v3/clusters/:cluster/topics/:topic/partitions/:partition': describePartition,
  'DELETE /v3/clusters/:cluster/topics/:topic/partitions/:partition/records': removeRecords,
};

async function list(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { engine, call, access } = exchange;
  const topics = await listTopics(engine, call);
  const seen = access.seen('DESCRIBE', topics, ({ name }) => topicOf(name));
  const data = seen.map((topic) => topicResource(scope, topic));
  return jsonReply(exchange, type, collectionOf('KafkaTopicList', `${scope.url}/topics`, data));
}

async function create(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const body = await controlBody(exchange, createTopicBody);
  // Of the cluster: of topics of any name.
  if (!exchange.access.may('CREATE', cluster)) {
    exchange.access.need('CREATE', topicOf(body.topic_name));
  }
  const configs = body.configs ?? [];
  const asked = {
    names: configs.map(({ name }) => name),
    at: (index: number) => `configs[${index}].`,
  };
  const created = createTopic(exchange.engine, exchange.call, {
    name: body.topic_name,
    configs: new Map(configs.map(({ name, value }) => [name, value])),
    validateOnly: body.validate_only ?? false,
    ...(typeof body.partitions_count === 'number' ? { partitions: body.partitions_count } : {}),
  });
  const topic = await sayingWhere(asked, created);
  return jsonReply(exchange, type, topicResource(scope, topic), body.validate_only ? 200 : 201);
}

async function describe(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const topic = await describeTopic(
    exchange.engine,
    exchange.call,
    topicParameter(exchange, 'DESCRIBE'),
  );
  return jsonReply(exchange, type, topicResource(scope, topic));
}

async function grow(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const name = topicParameter(exchange, 'ALTER');
  const { partitions_count: partitions } = await controlBody(exchange, growTopicBody);
  const topic = await growTopic(exchange.engine, exchange.call, { name, partitions });
  return jsonReply(exchange, type, topicResource(scope, topic));
}

async function remove(exchange: Exchange): Promise<Response> {
  scopeOf(exchange);
  await deleteTopic(exchange.engine, exchange.call, topicParameter(exchange, 'DELETE'));
  return emptyReply(exchange);
}

async function listPartitions(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const topic = await describeTopic(
    exchange.engine,
    exchange.call,
    topicParameter(exchange, 'DESCRIBE'),
  );
  const url = `${topicUrl(scope, topic.name)}/partitions`;
  const data = Array.from({ length: topic.partitions }, (_, partition) =>
    partitionResource(scope, topic.name, partition),
  );
  return jsonReply(exchange, type, collectionOf('KafkaPartitionList', url, data));
}

async function describePartition(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const name = topicParameter(exchange, 'DESCRIBE');
  const partition = partitionParameter(exchange);
  const topic = await describeTopic(exchange.engine, exchange.call, name);
  if (partition >= topic.partitions) throw unknownPartition(topic, partition);
  return jsonReply(exchange, type, partitionResource(scope, name, partition));
}

async function removeRecords(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const name = {
    topic: topicParameter(exchange, 'DELETE'),
    partition: partitionParameter(exchange),
  };
  const { before_offset: before } = queryOf(exchange, deleteRecordsQuery);
  const bounds = await deleteRecords(exchange.engine, exchange.call, { ...name, before });
  return jsonReply(exchange, type, offsetResource(scope, name, bounds));
}
