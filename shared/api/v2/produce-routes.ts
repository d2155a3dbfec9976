// v2's produce: POST /topics/T and /topics/T/partitions/P, in JSON, as CloudEvents, or as raw
// record batches. Everything of a request is checked before any of it is stored; then each record
// answers for itself. One that failed whole answers with its error's own status, so that nobody
// takes it for stored.

import { produceRecords, type RecordsToProduce } from '../../engine/produce.ts';
import type { ProducedEntry } from '../../engine/records-by-partition.ts';
import { type Exchange, partitionParameter, type RouteGroup, topicParameter } from '../exchange.ts';
import { identityOf, keyIdentity, sequencesByPartition } from '../identity.ts';
import { batchesType, contentType, partsType, v2ReplyType } from '../media-types.ts';
import { entryError, wholeFailure } from '../produced.ts';
import { tracing } from '../record-trace.ts';
import { reply } from '../reply.ts';
import { produceToPartitionBody, produceToTopicBody } from '../schemas/produce.ts';
import { cloudEventRecords, isCloudEvent } from './cloud-events.ts';
import { jsonRecords } from './json-records.ts';
import { produceParts, produceRaw } from './raw-produce.ts';

export const produceRoutes: RouteGroup = {
  'POST /topics/:topic': produceToTopic,
  'POST /topics/:topic/partitions/:partition': produceToPartition,
};

async function produceToTopic(exchange: Exchange): Promise<Response> {
  const topic = topicParameter(exchange, 'WRITE');
  if (isCloudEvent(exchange)) {
    const records = await cloudEventRecords(exchange);
    return produce(exchange, { topic, records, identity: keyIdentity(exchange) });
  }
  if (contentType(exchange) === partsType) return produceParts(exchange, topic);
  const { records, body } = await jsonRecords(exchange, produceToTopicBody);
  const sequences = body.sequences && sequencesByPartition(body.sequences);
  const identity = identityOf(exchange, body, { sequences, name: 'sequences' });
  return produce(exchange, { topic, records, identity });
}

async function produceToPartition(exchange: Exchange): Promise<Response> {
  const topic = topicParameter(exchange, 'WRITE');
  const partition = partitionParameter(exchange);
  if (contentType(exchange) === batchesType) return produceRaw(exchange, topic, partition);
  const { records: all, body } = await jsonRecords(exchange, produceToPartitionBody);
  const records = all.map((record) => ({ ...record, partition }));
  const { sequence } = body;
  const sequences = sequence === undefined ? undefined : new Map([[partition, sequence]]);
  const identity = identityOf(exchange, body, { sequences, name: 'sequence' });
  return produce(exchange, { topic, records, identity });
}

async function produce(exchange: Exchange, request: RecordsToProduce): Promise<Response> {
  const type = v2ReplyType(exchange);
  const records = request.records.map(tracing(exchange, request.records.length));
  const entries = await produceRecords(exchange.engine, exchange.call, { ...request, records });
  const failure = wholeFailure(entries);
  if (failure !== undefined) throw failure;
  return reply(exchange, { type, body: offsetsBody(entries) });
}

function offsetsBody(entries: readonly ProducedEntry[]): string {
  let offsets = '';
  for (const entry of entries) {
    if (offsets !== '') offsets += ',';
    offsets += 'error' in entry ? failedOffset(entry) : storedOffset(entry);
  }
  return `{"offsets":[${offsets}],"key_schema_id":null,"value_schema_id":null}`;
}

function storedOffset({
  partition,
  offset,
  duplicate,
}: Extract<ProducedEntry, { readonly offset: number }>): string {
  const more = duplicate === undefined ? '' : ',"duplicate":true';
  return `{"partition":${partition},"offset":${offset},"error_code":null,"error":null${more}}`;
}

function failedOffset({ partition, error }: Extract<ProducedEntry, { error: unknown }>): string {
  const { errorCode, message } = entryError(error, 'v2');
  return JSON.stringify({ partition, offset: null, error_code: errorCode, error: message });
}
