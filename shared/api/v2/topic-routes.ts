// v2's metadata: brokers, topics, partitions. The engine is one broker with id 0 that leads all.

import { topicOf } from '../../access/acl.ts';
import { unknownPartition } from '../../engine/on-topic.ts';
import { describeTopic, listTopics } from '../../engine/topics.ts';
import { EngineError } from '../../errors.ts';
import { effectiveConfigs } from '../../log/topic-configs.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { refusal } from '../refusal.ts';
import { unknownTopicMetadataReply } from '../replies.ts';
import { jsonReply } from '../reply.ts';

export const topicRoutes: RouteGroup = {
  'GET /brokers': listBrokers,
  'GET /topics': listNames,
  'GET /topics/:topic': describe,
  'GET /topics/:topic/partitions': listPartitions,
  'GET /topics/:topic/partitions/:partition': describePartition,
};

function listBrokers(exchange: Exchange): Response {
  exchange.access.needNothing();
  return jsonReply(exchange, v2ReplyType(exchange), { brokers: [0] });
}

async function listNames(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const { engine, call, access } = exchange;
  const names = (await listTopics(engine, call)).map(({ name }) => name);
  return jsonReply(exchange, type, access.seen('DESCRIBE', names, topicOf));
}

async function describe(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  try {
    const topic = await describeTopic(
      exchange.engine,
      exchange.call,
      topicParameter(exchange, 'DESCRIBE'),
    );
    const seesConfigs = exchange.access.may('DESCRIBE_CONFIGS', topicOf(topic.name));
    const seen = seesConfigs ? effectiveConfigs(topic.configs) : [];
    const configs = seen.map(({ name, value }) => [name, value]);
    return jsonReply(exchange, type, {
      name: topic.name,
      configs: Object.fromEntries(configs),
      partitions: Array.from({ length: topic.partitions }, (_, partition) =>
        partitionOf(partition),
      ),
    });
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'UNKNOWN_TOPIC') throw error;
    return refusal(exchange, unknownTopicMetadataReply, error);
  }
}

async function listPartitions(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const { partitions } = await describeTopic(
    exchange.engine,
    exchange.call,
    topicParameter(exchange, 'DESCRIBE'),
  );
  const all = Array.from({ length: partitions }, (_, partition) => partitionOf(partition));
  return jsonReply(exchange, type, all);
}

async function describePartition(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const name = topicParameter(exchange, 'DESCRIBE');
  const partition = partitionParameter(exchange);
  const topic = await describeTopic(exchange.engine, exchange.call, name);
  if (partition >= topic.partitions) throw unknownPartition(topic, partition);
  return jsonReply(exchange, type, partitionOf(partition));
}

function partitionOf(partition: number) {
  return { partition, leader: 0, replicas: [{ broker: 0, leader: true, in_sync: true }] };
}
