// POST fetch: a member's fetch, by a client that keeps its own positions. Raw batches of several
// partitions, behind a line that says what the member holds.

import { topicOf, topicsIn } from '../../access/acl.ts';
import { memberFetch } from '../../engine/group/member-fetch.ts';
import { invalidField } from '../../engine/identity-errors.ts';
import { fetchBytesDefault, fetchWaitMillisMax } from '../../limits.ts';
import { encodeParts } from '../../record/parts.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { partsType, replyType } from '../media-types.ts';
import { reply } from '../reply.ts';
import { memberFetchBody } from '../schemas/consumers.ts';
import { consumerBody, placesBodyBytesMax } from './consumer-body.ts';
import { instanceParameters } from './consumer-names.ts';

export const memberFetchRoutes: RouteGroup = {
  'POST /consumers/:group/instances/:instance/fetch': fetchAsMember,
};

async function fetchAsMember(exchange: Exchange): Promise<Response> {
  const { engine, call, access } = exchange;
  const type = replyType(exchange, [partsType]);
  const name = instanceParameters(exchange);
  const body = await consumerBody(exchange, memberFetchBody, placesBodyBytesMax);
  const { partitions: named, timeout = 0, max_bytes: bytesMax = fetchBytesDefault } = body;
  if (new Set(named.map(({ topic, partition }) => `${topic}-${partition}`)).size < named.length) {
    throw invalidField('partitions', 'one must not be repeated');
  }
  access.need('READ', ...topicsIn(named));
  const { generation, held, partitions } = await memberFetch(engine, call, {
    ...name,
    named: named.map(({ generation: takenIn, offset, ...place }) => {
      return { ...place, takenIn, offset: offset ?? undefined };
    }),
    waitMillis: Math.min(timeout, fetchWaitMillisMax),
    bytesMax,
    mayRead: (topic, isNamed) => {
      if (isNamed) access.need('READ', topicOf(topic));
      return access.may('READ', topicOf(topic));
    },
  });
  const head = {
    generation,
    held: held.map(({ takenIn: generation, isRevoked, ...place }) => {
      return { ...place, generation, ...(isRevoked ? { revoked: true } : {}) };
    }),
    partitions: partitions.map((one) => ({
      topic: one.topic,
      partition: one.partition,
      offset: one.offset,
      next_offset: one.nextOffset,
      log_start_offset: one.logStart,
      high_watermark: one.highWatermark,
      committed_offset: one.committed,
      bytes: one.batches.reduce((sum, { bytes }) => sum + bytes.length, 0),
    })),
  };
  const parts = partitions.flatMap(({ batches }) => batches.map(({ bytes }) => bytes));
  const headers = { 'Cache-Control': 'no-store' };
  return reply(exchange, { type, body: encodeParts(head, parts), headers });
}
