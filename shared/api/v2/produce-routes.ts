// v2's produce: POST /topics/T and /topics/T/partitions/P, in JSON, as CloudEvents, or as raw
// record batches. Everything of a request is checked before any of it is stored; then each record
// answers for itself. One that failed whole answers with its error's own status, so that nobody
// takes it for stored.

import type * as z from 'zod';
import {
  type ProducedEntry,
  produceBatches,
  produceRecords,
  type RecordToProduce,
} from '../../engine/produce.ts';
import { produceBodyBytesMax } from '../../limits.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { base64Bytes, bytesOf, type Format } from '../formats.ts';
import { parseJson } from '../json-text.ts';
import { batchesType, contentType, v2ReplyType } from '../media-types.ts';
import { entryError, wholeFailure } from '../produced.ts';
import { jsonReply, reply } from '../reply.ts';
import { checked } from '../request-body.ts';
import { produceToPartitionBody, produceToTopicBody, type RecordBody } from '../schemas/produce.ts';
import { cloudEventRecords, isCloudEvent } from './cloud-events.ts';
import { produceForm, schemaFormatFault } from './produce-formats.ts';

export const produceRoutes: RouteGroup = {
  'POST /topics/:topic': produceToTopic,
  'POST /topics/:topic/partitions/:partition': produceToPartition,
};

async function produceToTopic(exchange: Exchange): Promise<Response> {
  const topic = topicParameter(exchange);
  const records = isCloudEvent(exchange)
    ? await cloudEventRecords(exchange)
    : await jsonRecords(exchange, produceToTopicBody);
  return produce(exchange, topic, records);
}

async function produceToPartition(exchange: Exchange): Promise<Response> {
  const topic = topicParameter(exchange);
  const partition = partitionParameter(exchange);
  if (contentType(exchange) === batchesType) return produceRaw(exchange, topic, partition);
  const records = await jsonRecords(exchange, produceToPartitionBody);
  return produce(
    exchange,
    topic,
    records.map((record) => ({ ...record, partition })),
  );
}

async function jsonRecords(
  exchange: Exchange,
  schema: z.ZodType<{ readonly records: readonly RecordBody[] }>,
): Promise<readonly RecordToProduce[]> {
  const form = produceForm(contentType(exchange));
  const body = parseJson(await exchange.readBody(produceBodyBytesMax));
  if (form === 'schema') throw schemaFormatFault(body);
  const { records } = checked(schema, body);
  return records.map((record, index) => recordOf(form, record, index));
}

async function produce(
  exchange: Exchange,
  topic: string,
  records: readonly RecordToProduce[],
): Promise<Response> {
  const type = v2ReplyType(exchange);
  const entries = await produceRecords(exchange.engine, exchange.call, { topic, records });
  const failure = wholeFailure(entries);
  if (failure !== undefined) throw failure;
  return reply(exchange, { type, body: offsetsBody(entries) });
}

/** Record batches as a Kafka producer makes them. */
async function produceRaw(exchange: Exchange, topic: string, partition: number): Promise<Response> {
  const type = v2ReplyType(exchange);
  const bytes = await exchange.readBody(produceBodyBytesMax);
  const request = { topic, partition, bytes };
  const { baseOffset, count } = await produceBatches(exchange.engine, exchange.call, request);
  return jsonReply(exchange, type, { partition, base_offset: baseOffset, count });
}

function recordOf(format: Format, body: RecordBody, index: number): RecordToProduce {
  const field = (name: string) => `records[${index}].${name}`;
  const headers = body.headers ?? [];
  return {
    key: bytesOf(format, body.key, () => field('key')),
    value: bytesOf(format, body.value, () => field('value')),
    headers: headers.map(({ key, value }, at) => ({
      key,
      value: value === null ? null : base64Bytes(value, () => field(`headers[${at}].value`)),
    })),
    ...(typeof body.partition === 'number' ? { partition: body.partition } : {}),
    ...(typeof body.timestamp === 'number' ? { timestamp: body.timestamp } : {}),
  };
}

function offsetsBody(entries: readonly ProducedEntry[]): string {
  let offsets = '';
  for (const entry of entries) {
    if (offsets !== '') offsets += ',';
    offsets += 'error' in entry ? failedOffset(entry) : storedOffset(entry);
  }
  return `{"offsets":[${offsets}],"key_schema_id":null,"value_schema_id":null}`;
}

function storedOffset({ partition, offset }: Extract<ProducedEntry, { offset: number }>): string {
  return `{"partition":${partition},"offset":${offset},"error_code":null,"error":null}`;
}

function failedOffset({ partition, error }: Extract<ProducedEntry, { error: unknown }>): string {
  const { errorCode, message } = entryError(error, 'v2');
  return JSON.stringify({ partition, offset: null, error_code: errorCode, error: message });
}
