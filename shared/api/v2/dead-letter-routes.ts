// What a subscription has given up: reading its dead letters, and putting them back.

import { topicOf } from '../../access/acl.ts';
import { encodeBase64 } from '../../base64.ts';
import { deadLettersOf, type FoundLetter } from '../../engine/delivery/dead-letters.ts';
import { redrive } from '../../engine/delivery/redrive.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { queryOf } from '../query.ts';
import { jsonReply, reply } from '../reply.ts';
import { fitsReply, textsThatFit } from '../reply-list.ts';
import { controlBody } from '../request-body.ts';
import { deadLettersDefault, deadLettersQuery, redriveBody } from '../schemas/subscriptions.ts';
import { subscriptionParameter } from './subscription-names.ts';

export const deadLetterRoutes: RouteGroup = {
  'GET /subscriptions/:subscription/dead-letters': list,
  'POST /subscriptions/:subscription/redrive': putBack,
};

async function list(exchange: Exchange): Promise<Response> {
  const { engine, call, access } = exchange;
  const type = v2ReplyType(exchange);
  const subscription = await subscriptionParameter(exchange, 'DESCRIBE');
  const { deadLetterTopic } = subscription.settings;
  // What was given up is read there.
  if (deadLetterTopic !== undefined) access.need('READ', topicOf(deadLetterTopic));
  const { limit = deadLettersDefault } = queryOf(exchange, deadLettersQuery);
  const letters = await deadLettersOf(engine, call, subscription, limit);
  const texts = textsThatFit(letters, letterText);
  return reply(exchange, { type, body: `{"dead_letters":[${texts.join(',')}]}` });
}

/** One that no reply can hold is told of without its key and value, or it would hide those behind
 * it. */
function letterText({ letter, partition, record }: FoundLetter): string {
  const said = {
    partition,
    offset: record.offset,
    source_topic: letter.topic,
    source_partition: letter.partition,
    source_offset: letter.offset,
    attempts: letter.attempts,
    reason: letter.reason,
    failed_at: letter.at,
    timestamp: letter.timestamp,
  };
  const whole = { ...said, key: base64Of(record.key), value: base64Of(record.value) };
  const text = JSON.stringify(whole);
  return fitsReply(text) ? text : JSON.stringify(said);
}

function base64Of(bytes: Uint8Array | null): string | null {
  return bytes && encodeBase64(bytes);
}

async function putBack(exchange: Exchange): Promise<Response> {
  const { engine, call, access } = exchange;
  const type = v2ReplyType(exchange);
  const subscription = await subscriptionParameter(exchange, 'ALTER');
  access.need('WRITE', topicOf(subscription.topic));
  const { limit } = await controlBody(exchange, redriveBody, {});
  const { redriven, isDone } = await redrive(engine, call, subscription, limit ?? undefined);
  return jsonReply(exchange, type, { redriven, done: isDone });
}
