// Stateless fetch: the records of one partition from an offset or a time on, for whoever keeps his
// own place. Also where a partition begins and ends, in v2's words.
//
// When a reply may be kept: the records of given offsets never change, but a reply is the same for
// the same URL only if it was cut by max_bytes and not by the end of the log, if the URL names the
// offset (what a time or the log start stand for moves), and if the topic is not compacted. A
// deleted topic's name may be used again, and retention deletes: so such a reply is immutable for
// an hour, not for ever.

import type * as z from 'zod/mini';
import {
  type FetchedBatches,
  type FetchedRecords,
  fetchBatches,
  fetchRecords,
} from '../../engine/fetch.ts';
import { offsetForTime, partitionOffsets } from '../../engine/offsets.ts';
import { topicNamed } from '../../engine/topic-cache.ts';
import { EngineError } from '../../errors.ts';
import type { PartitionName } from '../../ids.ts';
import { fetchBytesDefault, fetchBytesMax } from '../../limits.ts';
import { isCompacted } from '../../log/topic-configs.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import type { Format } from '../formats.ts';
import { batchesType, recordTypes, replyType, v2ReplyType } from '../media-types.ts';
import { queryOf } from '../query.ts';
import { jsonReply, type ReplyHeaders, reply } from '../reply.ts';
import { fetchQuery } from '../schemas/fetch.ts';
import { recordText } from './record-text.ts';

export const fetchRoutes: RouteGroup = {
  'GET /topics/:topic/partitions/:partition/records': fetchFromPartition,
  'GET /topics/:topic/partitions/:partition/offsets': describeOffsets,
};

const replyTypes = [...recordTypes.keys(), batchesType];

async function fetchFromPartition(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const name = { topic: topicParameter(exchange, 'READ'), partition: partitionParameter(exchange) };
  const query = queryOf(exchange, fetchQuery);
  const type = replyType(exchange, replyTypes);
  const request = {
    ...name,
    offset: await firstOffset(exchange, name, query),
    maxBytes: query.max_bytes ?? fetchBytesDefault,
    waitMillis: query.timeout ?? 0,
  };
  const format = recordTypes.get(type);
  const { body, ...fetched } =
    format === undefined
      ? batchesReply(exchange, await fetchBatches(engine, call, request))
      : recordsReply(exchange, { name, format }, await fetchRecords(engine, call, request));
  call.tally.lag = fetched.highWatermark - fetched.nextOffset;
  const headers: ReplyHeaders = {
    Vary: 'Accept',
    'Sluice-High-Watermark': String(fetched.highWatermark),
    'Sluice-Log-Start-Offset': String(fetched.logStart),
    'Sluice-Next-Offset': String(fetched.nextOffset),
    'Cache-Control':
      query.offset !== undefined && (await isImmutable(exchange, name.topic, fetched))
        ? 'private, max-age=3600, immutable'
        : 'no-store',
  };
  return reply(exchange, { type, body, headers });
}

/** Something was left below the end, so the reply was cut by its bytes. */
async function isImmutable(
  { engine, call }: Exchange,
  topic: string,
  { nextOffset, highWatermark }: { readonly nextOffset: number; readonly highWatermark: number },
): Promise<boolean> {
  if (nextOffset >= highWatermark) return false;
  const { configs } = await topicNamed(engine, call, topic);
  return !isCompacted(configs);
}

async function firstOffset(
  { engine, call }: Exchange,
  name: PartitionName,
  { offset, timestamp }: z.output<typeof fetchQuery>,
): Promise<number> {
  if (offset !== undefined && timestamp !== undefined) {
    const message = 'timestamp: cannot be given together with offset';
    throw new EngineError('INVALID_FIELD', message, { field: 'timestamp' });
  }
  if (offset !== undefined) return offset;
  if (timestamp !== undefined) return offsetForTime(engine, call, { ...name, timestamp });
  return (await partitionOffsets(engine, call, name)).logStart;
}

function batchesReply({ call: { tally } }: Exchange, { bytes, ...fetched }: FetchedBatches) {
  tally.bytes += bytes.length;
  return { ...fetched, body: bytes as Uint8Array<ArrayBuffer> };
}

/** In JSON a byte may become six, and a record takes some hundred beside its bytes: what would pass
 * the greatest max_bytes is left for the next fetch. A first record that does is still given. */
function recordsReply(
  { call: { tally } }: Exchange,
  { name, format }: { readonly name: PartitionName; readonly format: Format },
  { records, nextOffset, ...bounds }: FetchedRecords,
) {
  let body = '';
  let bytes = 0;
  for (const record of records) {
    const text = recordText(name, format, record);
    const size = Buffer.byteLength(text);
    bytes += size + 1;
    if (bytes > fetchBytesMax && body !== '') {
      return { ...bounds, nextOffset: record.offset, body: `[${body}]` };
    }
    body += body === '' ? text : `,${text}`;
    tally.consumedMessages++;
    tally.bytes += size;
  }
  return { ...bounds, nextOffset, body: `[${body}]` };
}

async function describeOffsets(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const name = {
    topic: topicParameter(exchange, 'DESCRIBE'),
    partition: partitionParameter(exchange),
  };
  const { logStart, highWatermark } = await partitionOffsets(engine, call, name);
  return jsonReply(exchange, type, { beginning_offset: logStart, end_offset: highWatermark });
}
