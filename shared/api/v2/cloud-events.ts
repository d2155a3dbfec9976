// CloudEvents over HTTP become records in the form of the Kafka binding:
//
//   HTTP binary       a header ce_<attribute> each, and content-type; the body is the value
//   HTTP structured   the header content-type: application/cloudevents+json; the event is the value
//   HTTP batch        each event as a structured one, since Kafka's binding has no batch
//
// The attribute partitionkey is the record's key. An event without data has a null value. An event
// that says its trace (the attributes traceparent and tracestate) is in that, and not in the one of
// the request that brings it.
// Source: CloudEvents 1.0.2, HTTP protocol binding and Kafka protocol binding; its extension
// "Distributed Tracing".

import type * as z from 'zod/mini';
import type { RecordToProduce } from '../../engine/records-by-partition.ts';
import { EngineError } from '../../errors.ts';
import { produceBodyBytesMax } from '../../limits.ts';
import { traceContext, traceparentName, tracestateName } from '../../trace-context.ts';
import { type Exchange, requestHeader } from '../exchange.ts';
import { jsonBytes, parseJson } from '../json-text.ts';
import { contentType, unsupportedMediaType } from '../media-types.ts';
import { traceHeaders } from '../record-trace.ts';
import { checked } from '../request-body.ts';
import { cloudEvent, cloudEventBatch } from '../schemas/cloud-event.ts';

const structuredType = 'application/cloudevents+json';
const batchType = 'application/cloudevents-batch+json';
const httpPrefix = 'ce-';
const kafkaPrefix = 'ce_';

export function isCloudEvent(exchange: Exchange): boolean {
  return (
    contentType(exchange).startsWith('application/cloudevents') ||
    requestHeader(exchange, `${httpPrefix}specversion`) !== undefined
  );
}

/** @throws EngineError UNSUPPORTED_MEDIA_TYPE, MALFORMED_REQUEST, MALFORMED_FIELD,
 * INVALID_FIELD. */
export async function cloudEventRecords(exchange: Exchange): Promise<readonly RecordToProduce[]> {
  const type = contentType(exchange);
  const body = await exchange.readBody(produceBodyBytesMax);
  if (type === structuredType) {
    return [structuredRecord(checked(cloudEvent, parseJson(body)), body)];
  }
  if (type === batchType) {
    const events = parseJson(body);
    const batch = checked(cloudEventBatch, events);
    return batch.map((event, at) => structuredRecord(event, jsonBytes((events as unknown[])[at])));
  }
  if (type.startsWith('application/cloudevents')) throw unsupportedMediaType();
  return [binaryRecord(exchange, body)];
}

type Event = z.output<typeof cloudEvent>;

function structuredRecord(event: Event, value: Uint8Array): RecordToProduce {
  const headers = [textHeader('content-type', `${structuredType}; charset=UTF-8`)];
  return { key: keyOf(event.partitionkey), value, headers, ...traceOf(event) };
}

function traceOf({ [traceparentName]: traceparent, [tracestateName]: tracestate }: Event) {
  const [parent, state] = [traceparent, tracestate].map((said) => {
    return typeof said === 'string' ? said : undefined;
  });
  const trace = traceHeaders(traceContext(parent, state), 1);
  return trace.length === 0 ? {} : { trace };
}

function binaryRecord(exchange: Exchange, body: Uint8Array): RecordToProduce {
  const attributes = attributesOf(exchange);
  const event = checked(cloudEvent, Object.fromEntries(attributes));
  const type = requestHeader(exchange, 'content-type');
  return {
    ...traceOf(event),
    key: keyOf(event.partitionkey),
    value: body.length === 0 ? null : body,
    headers: [
      ...(type === undefined ? [] : [textHeader('content-type', type)]),
      ...[...attributes].map(([name, value]) => textHeader(kafkaPrefix + name, value)),
    ],
  };
}

function attributesOf(exchange: Exchange): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  exchange.context.req.raw.headers.forEach((value, header) => {
    if (!header.startsWith(httpPrefix)) return;
    const name = header.slice(httpPrefix.length);
    if (!/^[a-z0-9]+$/.test(name)) throw malformed(header, 'must name a CloudEvents attribute');
    attributes.set(name, attributeValue(header, value));
  });
  return attributes;
}

/** Quoted strings are unquoted, then percent-encoding is decoded, once. */
function attributeValue(header: string, value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  const text = quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1');
  try {
    return decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  } catch {
    throw malformed(header, 'must be percent-encoded UTF-8');
  }
}

function keyOf(partitionKey: string | undefined): Uint8Array | null {
  return partitionKey === undefined ? null : Buffer.from(partitionKey);
}

function textHeader(key: string, value: string) {
  return { key, value: Buffer.from(value) };
}

function malformed(field: string, fault: string): EngineError {
  return new EngineError('MALFORMED_FIELD', `${field}: ${fault}`, { field });
}
