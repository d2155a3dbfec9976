// Where an instance's next poll begins, and how far its group has come: seeking, committing, and
// what is committed.

import * as z from 'zod/mini';
import { topicsIn } from '../../access/acl.ts';
import {
  commitOffsets,
  committedOffsets,
  type NamedOffset,
} from '../../engine/group/commit-offsets.ts';
import { seek } from '../../engine/group/seek.ts';
import { invalidField } from '../../engine/identity-errors.ts';
import type { PartitionName } from '../../ids.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { integerIn } from '../query.ts';
import { emptyReply, reply } from '../reply.ts';
import { fitsReply } from '../reply-list.ts';
import { commitBody, committedQuery, partitionsBody, positionsBody } from '../schemas/consumers.ts';
import { millisOf } from '../schemas/timestamp.ts';
import { consumerBody, placesBodyBytesMax, valid } from './consumer-body.ts';
import { instanceParameters } from './consumer-names.ts';

export const positionRoutes: RouteGroup = {
  'POST /consumers/:group/instances/:instance/positions': seekTo,
  'POST /consumers/:group/instances/:instance/positions/beginning': (exchange) =>
    seekToEdge(exchange, 'beginning'),
  'POST /consumers/:group/instances/:instance/positions/end': (exchange) =>
    seekToEdge(exchange, 'end'),
  'POST /consumers/:group/instances/:instance/offsets': commit,
  'GET /consumers/:group/instances/:instance/offsets': async (exchange) =>
    tellCommitted(exchange, partitionNamed(exchange) ?? (await partitionsIn(exchange))),
  // For those whose clients, or whoever stands between, let no GET have a body.
  'POST /consumers/:group/instances/:instance/offsets/committed': async (exchange) =>
    tellCommitted(exchange, await partitionsIn(exchange)),
};

async function seekTo(exchange: Exchange): Promise<Response> {
  const name = instanceParameters(exchange);
  const { offsets, timestamps } = await consumerBody(exchange, positionsBody);
  if (!offsets && !timestamps) {
    throw invalidField('offsets', 'it or timestamps must be there');
  }
  exchange.access.need('READ', ...topicsIn([...(offsets ?? []), ...(timestamps ?? [])]));
  await seek(exchange.engine, exchange.call, name, [
    ...(offsets ?? []).map(({ topic, partition, offset }) => {
      return { topic, partition, to: { offset } };
    }),
    ...(timestamps ?? []).map(({ topic, partition, timestamp }) => {
      return { topic, partition, to: { timestamp: millisOf(timestamp) } };
    }),
  ]);
  return emptyReply(exchange);
}

async function seekToEdge(exchange: Exchange, to: 'beginning' | 'end'): Promise<Response> {
  const name = instanceParameters(exchange);
  const partitions = await partitionsIn(exchange);
  exchange.access.need('READ', ...topicsIn(partitions));
  const sought = partitions.map((place) => ({ ...place, to }));
  await seek(exchange.engine, exchange.call, name, sought);
  return emptyReply(exchange);
}

/** Done when it is answered, whatever `async` says. */
async function commit(exchange: Exchange): Promise<Response> {
  const name = instanceParameters(exchange);
  const { offsets } = await consumerBody(exchange, commitBody, placesBodyBytesMax);
  exchange.access.need('READ', ...topicsIn(offsets ?? []));
  const commits = offsets?.map(({ topic, partition, offset, metadata }): NamedOffset => {
    return { topic, partition, offset: offset + 1, metadata: metadata ?? '' };
  });
  await commitOffsets(exchange.engine, exchange.call, name, commits, (delivered) => {
    exchange.access.needUnnamed('READ', ...topicsIn(delivered));
  });
  return emptyReply(exchange);
}

async function tellCommitted(
  exchange: Exchange,
  partitions: readonly PartitionName[],
): Promise<Response> {
  const type = v2ReplyType(exchange);
  const name = instanceParameters(exchange);
  exchange.access.need('DESCRIBE', ...topicsIn(partitions));
  const offsets = await committedOffsets(exchange.engine, exchange.call, name, partitions);
  const body = JSON.stringify({ offsets });
  if (fitsReply(body)) return reply(exchange, { type, body });
  throw invalidField('partitions', 'what is committed of them is too long for one reply');
}

async function partitionsIn(exchange: Exchange): Promise<readonly PartitionName[]> {
  return (await consumerBody(exchange, partitionsBody)).partitions;
}

/** By the query; undefined: it names none.
 * @throws EngineError INVALID_FIELD. */
function partitionNamed({ context: { req } }: Exchange): readonly PartitionName[] | undefined {
  const [topic, partition] = [req.query('topic'), req.query('partition')];
  if (topic === undefined && partition === undefined) return undefined;
  const place = valid(z.required(committedQuery), { topic, partition: integerIn(partition) });
  return [place];
}
