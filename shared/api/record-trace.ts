// The trace that a request is in goes on in its records, as headers of Kafka's records do: for each
// record that says none itself, and has room. It is no part of what the request says, so a repeat
// from another trace is a repeat.
//
//     traceparent   68 bytes of a record, before it is compressed
//     tracestate    14 bytes, and what it says
//
// Sources: W3C, "Trace Context"; OpenTelemetry, "Semantic conventions for messaging spans".

import type { RecordToProduce } from '../engine/records-by-partition.ts';
import type { RecordHeader } from '../record/record.ts';
import {
  type TraceContext,
  traceContext,
  traceparentName,
  tracestateName,
} from '../trace-context.ts';
import { type Exchange, requestHeader } from './exchange.ts';

/** Of all records of a request together: the greatest ones still fit a segment. */
const traceBytesMax = 1024 * 1024;

/** What gives a record the request's trace.
 * @param count records of the request. */
export function tracing(
  exchange: Exchange,
  count: number,
): <Of extends RecordToProduce>(record: Of) => Of {
  const asked = [traceparentName, tracestateName].map((name) => requestHeader(exchange, name));
  const trace = traceHeaders(traceContext(asked[0], asked[1]), count);
  if (trace.length === 0) return (record) => record;
  return (record) => (saysTrace(record) ? record : { ...record, trace });
}

/** The headers of a trace, or what there is room for. */
export function traceHeaders(
  context: TraceContext | undefined,
  count: number,
): readonly RecordHeader[] {
  if (context === undefined) return [];
  const { traceparent, tracestate } = context;
  const parent = { key: traceparentName, value: Buffer.from(traceparent) };
  const state = tracestate && { key: tracestateName, value: Buffer.from(tracestate) };
  const ways = state ? [[parent, state], [parent]] : [[parent]];
  return ways.find((headers) => count * bytesOf(headers) <= traceBytesMax) ?? [];
}

function bytesOf(headers: readonly { readonly key: string; readonly value: Uint8Array }[]): number {
  return headers.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
}

function saysTrace({ headers, trace }: RecordToProduce): boolean {
  return trace !== undefined || headers.some(({ key }) => key === traceparentName);
}
