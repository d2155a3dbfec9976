// Where a partition begins and ends, in v3's words.

import { partitionOffsets } from '../../engine/offsets.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { v3ReplyType } from '../media-types.ts';
import { jsonReply } from '../reply.ts';
import { offsetResource, scopeOf } from './resources.ts';

export const v3OffsetRoutes: RouteGroup = {
  'GET /v3/clusters/:cluster/topics/:topic/partitions/:partition/offset': describeOffsets,
};

async function describeOffsets(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = scopeOf(exchange);
  const name = {
    topic: topicParameter(exchange, 'DESCRIBE'),
    partition: partitionParameter(exchange),
  };
  const offsets = await partitionOffsets(exchange.engine, exchange.call, name);
  return jsonReply(exchange, type, offsetResource(scope, name, offsets));
}
