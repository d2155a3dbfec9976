// Subscriptions: who is given a topic's records, and how; how far that is, stopping it and going on
// elsewhere.

import { groupOf } from '../../access/acl.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { changeSubscription } from '../../engine/delivery/change-subscription.ts';
import { createSubscription } from '../../engine/delivery/create-subscription.ts';
import { deleteSubscription } from '../../engine/delivery/delete-subscription.ts';
import {
  describeSubscription,
  type PartitionDelivery,
} from '../../engine/delivery/describe-subscriptions.ts';
import { allSubscriptions } from '../../engine/delivery/find-subscription.ts';
import { seekSubscription } from '../../engine/delivery/seek-subscription.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { emptyReply, jsonReply, reply } from '../reply.ts';
import { textsThatFit } from '../reply-list.ts';
import { controlBody } from '../request-body.ts';
import { placeOf } from '../schemas/reset-to.ts';
import {
  changeSubscriptionBody,
  createSubscriptionBody,
  rotateSecretBody,
  seekBody,
} from '../schemas/subscriptions.ts';
import { subscriptionIn } from './subscription-body.ts';
import { needDeadLetters, needDelivery, subscriptionParameter } from './subscription-names.ts';
import { saysSettings, settingsAfter, settingsReply } from './subscription-settings.ts';
import {
  drawSecret,
  shownOnce,
  targetFrom,
  targetReply,
  withSecret,
} from './subscription-target.ts';

export const subscriptionRoutes: RouteGroup = {
  'POST /subscriptions': create,
  'GET /subscriptions': list,
  'GET /subscriptions/:subscription': describe,
  'PATCH /subscriptions/:subscription': change,
  'DELETE /subscriptions/:subscription': remove,
  'POST /subscriptions/:subscription/pause': pause,
  'POST /subscriptions/:subscription/resume': resume,
  'POST /subscriptions/:subscription/seek': seek,
  'POST /subscriptions/:subscription/rotate-secret': rotateSecret,
};

async function create(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const body = await controlBody(exchange, createSubscriptionBody);
  const drawn = drawSecret(exchange);
  const { target, ...wanted } = subscriptionIn(body, drawn);
  exchange.access.need('ALTER', groupOf(wanted.group));
  needDelivery(exchange, wanted);
  needDeadLetters(exchange, wanted.settings);
  const created = await createSubscription(engine, call, { ...wanted, target: target() });
  const said = { ...subscriptionReply(created), ...shownOnce(created.target, drawn) };
  return jsonReply(exchange, type, said, 201);
}

/** As many as a reply holds, and the name to go on from. */
async function list(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const after = exchange.context.req.query('after') ?? '';
  const all = await allSubscriptions(exchange.engine, exchange.call);
  const { access } = exchange;
  const seen = access.seen('DESCRIBE', all, ({ group }) => groupOf(group));
  const asked = seen.filter(({ name }) => name > after);
  const texts = textsThatFit(asked, (one) => JSON.stringify(subscriptionReply(one)));
  const next = texts.length < asked.length ? asked[texts.length - 1]?.name : null;
  const body = `{"subscriptions":[${texts.join(',')}],"next":${JSON.stringify(next)}}`;
  return reply(exchange, { type, body });
}

async function describe(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const asked = await subscriptionParameter(exchange, 'DESCRIBE');
  const { subscription, partitions } = await describeSubscription(engine, call, asked);
  const said = { ...subscriptionReply(subscription), partitions: partitions.map(partitionReply) };
  return jsonReply(exchange, type, said);
}

async function change(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const subscription = await subscriptionParameter(exchange, 'ALTER');
  const { target, ...settings } = await controlBody(exchange, changeSubscriptionBody);
  const deadLetterTopic = settings.dead_letter_topic ?? undefined;
  if (target !== undefined || deadLetterTopic !== undefined) needDelivery(exchange, subscription);
  if (deadLetterTopic !== undefined) needDeadLetters(exchange, { deadLetterTopic });
  const drawn = drawSecret(exchange);
  const changed = await changeSubscription(engine, call, subscription, {
    ...(target && { target: (before) => targetFrom(target, drawn, before) }),
    ...(saysSettings(settings) && { settings: (before) => settingsAfter(before, settings) }),
  });
  const said = { ...subscriptionReply(changed), ...shownOnce(changed.target, drawn) };
  return jsonReply(exchange, type, said);
}

async function remove(exchange: Exchange): Promise<Response> {
  const subscription = await subscriptionParameter(exchange, 'ALTER');
  await deleteSubscription(exchange.engine, exchange.call, subscription);
  return emptyReply(exchange);
}

function pause(exchange: Exchange): Promise<Response> {
  return changeState(exchange, 'paused');
}

function resume(exchange: Exchange): Promise<Response> {
  return changeState(exchange, 'running');
}

async function changeState(exchange: Exchange, state: Subscription['state']): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const subscription = await subscriptionParameter(exchange, 'ALTER');
  const changed = await changeSubscription(engine, call, subscription, { state });
  return jsonReply(exchange, type, subscriptionReply(changed));
}

async function seek(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const subscription = await subscriptionParameter(exchange, 'ALTER');
  const { to, partition } = await controlBody(exchange, seekBody);
  const place = { to: placeOf(to), ...(typeof partition === 'number' && { partition }) };
  const offsets = await seekSubscription(engine, call, subscription, place);
  return jsonReply(exchange, type, { offsets });
}

async function rotateSecret(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const subscription = await subscriptionParameter(exchange, 'ALTER');
  const { secret: said } = await controlBody(exchange, rotateSecretBody, {});
  const secret = said ?? drawSecret(exchange);
  const target = (before: Subscription['target']) => withSecret(before, secret);
  await changeSubscription(engine, call, subscription, { target });
  return jsonReply(exchange, type, { secret });
}

function subscriptionReply({ target, settings, ...own }: Subscription) {
  const { name, topic, group, state, createdAt } = own;
  const said = { name, topic, group, state, created_at: createdAt, target: targetReply(target) };
  return { ...said, ...settingsReply(settings) };
}

function partitionReply({ partition, attempts, failure, ...lag }: PartitionDelivery) {
  return {
    partition,
    committed_offset: lag.committed,
    log_end_offset: lag.logEnd,
    lag: lag.lag,
    lag_ms: lag.lagMillis ?? null,
    attempts,
    last_error: failure?.reason ?? null,
    retry_at: failure?.retryAt ?? null,
  };
}
