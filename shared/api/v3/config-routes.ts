// v3's topic settings: look, set, put back to the default, several at once.

import { topicOf } from '../../access/acl.ts';
import { isConfigName } from '../../config-specs.ts';
import type { Topic } from '../../engine/topic-cache.ts';
import { alterConfigs, describeTopic, listTopics } from '../../engine/topics.ts';
import { EngineError } from '../../errors.ts';
import { effectiveConfigs } from '../../log/topic-configs.ts';
import { type Exchange, pathParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { v3ReplyType } from '../media-types.ts';
import { emptyReply, jsonReply } from '../reply.ts';
import { controlBody } from '../request-body.ts';
import { alterConfigsBody, setConfigBody } from '../schemas/topics.ts';
import { collectionOf, configResource, type Scope, scopeOf, topicUrl } from './resources.ts';
import { sayingWhere } from './settings.ts';

/** A topic cannot be called "-" here: the path of all topics' settings comes first. */
export const v3ConfigRoutes: RouteGroup = {
  'GET /v3/clusters/:cluster/topics/-/configs': listAll,
  'GET /v3/clusters/:cluster/topics/:topic/configs': list,
  'POST /v3/clusters/:cluster/topics/:topic/configs:alter': alter,
  'GET /v3/clusters/:cluster/topics/:topic/configs/:config': describe,
  'PUT /v3/clusters/:cluster/topics/:topic/configs/:config': set,
  'DELETE /v3/clusters/:cluster/topics/:topic/configs/:config': reset,
};

async function listAll(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const { engine, call, access } = exchange;
  const topics = await listTopics(engine, call);
  const seen = access.seen('DESCRIBE_CONFIGS', topics, ({ name }) => topicOf(name));
  const data = seen.flatMap((topic) => configsOf(scope, topic));
  const url = `${topicUrl(scope, '-')}/configs`;
  return jsonReply(exchange, type, collectionOf('KafkaTopicConfigList', url, data));
}

async function list(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const topic = await describeTopic(
    exchange.engine,
    exchange.call,
    topicParameter(exchange, 'DESCRIBE_CONFIGS'),
  );
  const url = `${topicUrl(scope, topic.name)}/configs`;
  const data = configsOf(scope, topic);
  return jsonReply(exchange, type, collectionOf('KafkaTopicConfigList', url, data));
}

async function describe(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const config = configParameter(exchange);
  const topic = await describeTopic(
    exchange.engine,
    exchange.call,
    topicParameter(exchange, 'DESCRIBE_CONFIGS'),
  );
  return jsonReply(
    exchange,
    type,
    configsOf(scope, topic).find(({ name }) => name === config),
  );
}

async function set(exchange: Exchange): Promise<Response> {
  scopeOf(exchange);
  const config = configParameter(exchange);
  const topic = topicParameter(exchange, 'ALTER_CONFIGS');
  const { value } = await controlBody(exchange, setConfigBody);
  return change(exchange, { topic, changes: [[config, value]], at: () => '' });
}

async function reset(exchange: Exchange): Promise<Response> {
  scopeOf(exchange);
  const config = configParameter(exchange);
  const topic = topicParameter(exchange, 'ALTER_CONFIGS');
  return change(exchange, { topic, changes: [[config, undefined]], at: () => '' });
}

async function alter(exchange: Exchange): Promise<Response> {
  scopeOf(exchange);
  const topic = topicParameter(exchange, 'ALTER_CONFIGS');
  const body = await controlBody(exchange, alterConfigsBody);
  const at = (index: number) => `data[${index}].`;
  const changes = body.data.map(({ name, value, operation }, index): Change => {
    const isDelete = operation === 'DELETE';
    if (isDelete === (typeof value === 'string')) {
      const field = `${at(index)}value`;
      const fault = isDelete ? 'must not be given to DELETE' : 'is required';
      throw new EngineError('INVALID_FIELD', `${field}: ${fault}`, { field });
    }
    return [name, value ?? undefined];
  });
  return change(exchange, { topic, changes, at, validateOnly: body.validate_only ?? false });
}

type Change = readonly [name: string, value: string | undefined];

type Changes = {
  readonly topic: string;
  readonly changes: readonly Change[];
  /** As sayingWhere wants it. */
  readonly at: (index: number) => string;
  readonly validateOnly?: boolean;
};

async function change(
  exchange: Exchange,
  { topic: name, changes, at, validateOnly = false }: Changes,
): Promise<Response> {
  const request = { name, changes: new Map(changes), validateOnly };
  const altered = alterConfigs(exchange.engine, exchange.call, request);
  await sayingWhere({ names: changes.map(([name]) => name), at }, altered);
  return emptyReply(exchange);
}

function configsOf(scope: Scope, topic: Topic) {
  return effectiveConfigs(topic.configs).map((config) => configResource(scope, topic.name, config));
}

/** @throws EngineError NOT_FOUND. */
function configParameter(exchange: Exchange): string {
  const name = pathParameter(exchange, 'config');
  if (isConfigName(name)) return name;
  throw new EngineError('NOT_FOUND', 'config: there is none of this name', { field: 'config' });
}
