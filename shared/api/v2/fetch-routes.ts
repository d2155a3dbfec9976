// Stateless fetch: the records of one partition from an offset or a time on, for whoever keeps his
// own place. Also where a partition begins and ends, in v2's words.
//
// When a reply may be kept: the records of given offsets never change, but a reply is the same for
// the same URL only if it was cut by max_bytes and not by the end of the log, if the URL names the
// offset (what a time or the log start stand for moves), and if the topic is not compacted. A
// deleted topic's name may be used again, and retention deletes: so such a reply is immutable for
// an hour, not for ever.

import type * as z from 'zod';
import { fetchBatches, fetchRecords } from '../../engine/fetch.ts';
import { offsetForTime, partitionOffsets } from '../../engine/offsets.ts';
import { topicNamed } from '../../engine/topic-cache.ts';
import { EngineError } from '../../errors.ts';
import { fetchBytesDefault } from '../../limits.ts';
import type { LogRecord } from '../../record/record.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { type Format, jsonOf } from '../formats.ts';
import { batchesType, replyType, v2ReplyType } from '../media-types.ts';
import { queryOf } from '../query.ts';
import { jsonReply, type ReplyHeaders, reply } from '../reply.ts';
import { fetchQuery } from '../schemas/fetch.ts';

export const fetchRoutes: RouteGroup = {
  'GET /topics/:topic/partitions/:partition/records': fetchFromPartition,
  'GET /topics/:topic/partitions/:partition/offsets': describeOffsets,
};

/** By the type of the reply; the first is the default. */
const formats: ReadonlyMap<string, Format | 'batches'> = new Map<string, Format | 'batches'>([
  ['application/vnd.kafka.binary.v2+json', 'binary'],
  ['application/vnd.kafka.json.v2+json', 'json'],
  ['application/vnd.kafka.text.v2+json', 'text'],
  ['application/vnd.kafka.v2+json', 'binary'],
  ['application/vnd.kafka.binary.v1+json', 'binary'],
  ['application/vnd.kafka.json.v1+json', 'json'],
  ['application/vnd.kafka.v1+json', 'binary'],
  ['application/json', 'binary'],
  [batchesType, 'batches'],
]);

const replyTypes = [...formats.keys()];

async function fetchFromPartition(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const name = { topic: topicParameter(exchange), partition: partitionParameter(exchange) };
  const query = queryOf(exchange, fetchQuery);
  const type = replyType(exchange, replyTypes);
  const format = formats.get(type) ?? 'binary';
  const request = {
    ...name,
    offset: await firstOffset(exchange, name, query),
    maxBytes: query.max_bytes ?? fetchBytesDefault,
    waitMillis: query.timeout ?? 0,
  };
  const { body, ...fetched } =
    format === 'batches'
      ? await fetchBatches(engine, call, request).then(({ bytes, ...rest }) => ({
          ...rest,
          body: bytes as Uint8Array<ArrayBuffer>,
        }))
      : await fetchRecords(engine, call, request).then(({ records, ...rest }) => ({
          ...rest,
          body: recordsBody(name, format, records),
        }));
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
  return !(configs.get('cleanup.policy') ?? '').includes('compact');
}

type PartitionName = { readonly topic: string; readonly partition: number };

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

function recordsBody(
  { topic, partition }: PartitionName,
  format: Format,
  records: readonly LogRecord[],
): string {
  const place = `"topic":${JSON.stringify(topic)},"partition":${partition}`;
  const texts = records.map((record) => {
    const field = (name: string) => `${name} of offset ${record.offset}`;
    const key = jsonOf(format, record.key, () => field('key'));
    const value = jsonOf(format, record.value, () => field('value'));
    const { offset, timestamp } = record;
    const rest = `"offset":${offset},"timestamp":${timestamp}${headersMember(record)}`;
    return `{${place},"key":${key},"value":${value},${rest}}`;
  });
  return `[${texts.join(',')}]`;
}

function headersMember({ headers }: LogRecord): string {
  if (headers.length === 0) return '';
  const texts = headers.map(({ key, value }) => {
    const base64 = jsonOf('binary', value, () => key);
    return `{"key":${JSON.stringify(key)},"value":${base64}}`;
  });
  return `,"headers":[${texts.join(',')}]`;
}

async function describeOffsets(exchange: Exchange): Promise<Response> {
  const { engine, call } = exchange;
  const type = v2ReplyType(exchange);
  const name = { topic: topicParameter(exchange), partition: partitionParameter(exchange) };
  const { logStart, highWatermark } = await partitionOffsets(engine, call, name);
  return jsonReply(exchange, type, { beginning_offset: logStart, end_offset: highWatermark });
}
