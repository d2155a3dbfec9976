// How large topics are, and what their partitions are stored in: ours, for whoever looks on.

import { listSegments } from '../../engine/list-segments.ts';
import { topicSizes } from '../../engine/topic-sizes.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { queryOf } from '../query.ts';
import { jsonReply } from '../reply.ts';
import {
  segmentsDefault,
  segmentsQuery,
  sizedPartitionsDefault,
  sizesQuery,
} from '../schemas/sizes.ts';

export const sizeRoutes: RouteGroup = {
  'GET /topics/:topic/sizes': describeSizes,
  'GET /topics/:topic/partitions/:partition/segments': describeSegments,
};

async function describeSizes(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const topic = topicParameter(exchange, 'DESCRIBE');
  const { partition: from = 0, limit = sizedPartitionsDefault } = queryOf(exchange, sizesQuery);
  const { sizes, next } = await topicSizes(engine, call, { topic, from, limit });
  const partitions = sizes.map(({ partition, segments, bytes, ...size }) => ({
    partition,
    log_start_offset: size.logStart,
    log_end_offset: size.highWatermark,
    counted_from: Math.max(size.countedFrom, size.logStart),
    segments,
    bytes,
  }));
  return jsonReply(exchange, type, { partitions, next_partition: next ?? null });
}

async function describeSegments(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const topic = topicParameter(exchange, 'DESCRIBE');
  const partition = partitionParameter(exchange);
  const { offset, limit = segmentsDefault } = queryOf(exchange, segmentsQuery);
  const listed = await listSegments(engine, call, { topic, partition, offset, limit });
  const segments = listed.segments.map(({ baseOffset, count, length, timestampMax }) => ({
    base_offset: baseOffset,
    count,
    bytes: length,
    timestamp_max: timestampMax,
  }));
  return jsonReply(exchange, type, {
    segments,
    next_offset: listed.nextOffset,
    log_start_offset: listed.logStart,
    log_end_offset: listed.highWatermark,
  });
}
