// Consumer instances: made and ended, and what they read: topics that they share with their group,
// or partitions that they are assigned by hand. Everything of an instance is in the stores, so any
// process serves any of its requests.

import { topicOf, topicsIn } from '../../access/acl.ts';
import { createInstance, deleteInstance } from '../../engine/group/instances.ts';
import {
  assignByHand,
  assignmentOf,
  subscribe,
  subscriptionOf,
  unsubscribe,
  type WantedSubscription,
} from '../../engine/group/subscribe.ts';
import { invalidField } from '../../engine/identity-errors.ts';
import { baseUrl } from '../base-url.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { emptyReply, jsonReply } from '../reply.ts';
import { partitionsBody, type SubscriptionBody, subscriptionBody } from '../schemas/consumers.ts';
import { consumerBody } from './consumer-body.ts';
import { checkInstanceName, groupParameter, instanceParameters } from './consumer-names.ts';
import { createBodyOf, settingsOf } from './consumer-settings.ts';

export const consumerRoutes: RouteGroup = {
  'POST /consumers/:group': create,
  'DELETE /consumers/:group/instances/:instance': end,
  'POST /consumers/:group/instances/:instance/subscription': changeSubscription,
  'GET /consumers/:group/instances/:instance/subscription': tellSubscription,
  'DELETE /consumers/:group/instances/:instance/subscription': endSubscription,
  'POST /consumers/:group/instances/:instance/assignments': assign,
  'GET /consumers/:group/instances/:instance/assignments': tellAssignments,
};

async function create(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const group = groupParameter(exchange);
  const body = await createBodyOf(exchange);
  const instance = body.name ? body.name : drawnName(exchange);
  checkInstanceName(instance);
  await createInstance(engine, call, { group, instance, settings: settingsOf(body) });
  const path = `/consumers/${encodeURIComponent(group)}/instances/${encodeURIComponent(instance)}`;
  return jsonReply(exchange, type, {
    instance_id: instance,
    base_uri: `${baseUrl(exchange)}${path}`,
  });
}

/** As the reference proxy draws them. */
function drawnName({ engine }: Exchange): string {
  const hex = Buffer.from(engine.chance.bytes(16)).toString('hex');
  return `rest-consumer-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}

async function end(exchange: Exchange): Promise<Response> {
  await deleteInstance(exchange.engine, exchange.call, instanceParameters(exchange));
  return emptyReply(exchange);
}

async function changeSubscription(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const name = instanceParameters(exchange);
  const wanted = subscriptionIn(await consumerBody(exchange, subscriptionBody));
  if (wanted?.kind === 'topics') exchange.access.need('READ', ...wanted.topics.map(topicOf));
  if (wanted === undefined) await unsubscribe(engine, call, name);
  else await subscribe(engine, call, name, wanted);
  return emptyReply(exchange);
}

/** @returns undefined: an empty list, which is how Kafka's consumer unsubscribes.
 * @throws EngineError INVALID_FIELD: not one of the two. */
function subscriptionIn({
  topics,
  topic_pattern: pattern,
}: SubscriptionBody): WantedSubscription | undefined {
  if (Array.isArray(topics) === (typeof pattern === 'string')) {
    throw invalidField('topics', 'either it or topic_pattern must be there');
  }
  if (typeof pattern === 'string') return { kind: 'pattern', pattern };
  const names = [...new Set(topics)];
  return names.length === 0 ? undefined : { kind: 'topics', topics: names };
}

async function tellSubscription(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const name = instanceParameters(exchange);
  const { engine, call, access } = exchange;
  const topics = await subscriptionOf(engine, call, name);
  // A pattern finds what its instance may not know of.
  return jsonReply(exchange, type, { topics: access.seen('DESCRIBE', topics, topicOf) });
}

async function endSubscription(exchange: Exchange): Promise<Response> {
  await unsubscribe(exchange.engine, exchange.call, instanceParameters(exchange));
  return emptyReply(exchange);
}

async function assign(exchange: Exchange): Promise<Response> {
  const name = instanceParameters(exchange);
  const { partitions } = await consumerBody(exchange, partitionsBody);
  exchange.access.need('READ', ...topicsIn(partitions));
  await assignByHand(exchange.engine, exchange.call, name, partitions);
  return emptyReply(exchange);
}

async function tellAssignments(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const name = instanceParameters(exchange);
  const { engine, call, access } = exchange;
  const all = await assignmentOf(engine, call, name);
  const partitions = access.seen('DESCRIBE', all, ({ topic }) => topicOf(topic));
  return jsonReply(exchange, type, { partitions });
}
