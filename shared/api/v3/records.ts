// Records as v3 says them, and their receipts. A bad record is refused alone; the good ones of a
// request are produced together.

import { produceEachRecord } from '../../engine/produce.ts';
import type { RecordToProduce } from '../../engine/records-by-partition.ts';
import { EngineError } from '../../errors.ts';
import { timestampMax } from '../../limits.ts';
import type { Exchange } from '../exchange.ts';
import { base64Bytes, bytesOf, type Format } from '../formats.ts';
import { keyIdentity } from '../identity.ts';
import { entryError, wholeFailure } from '../produced.ts';
import { tracing } from '../record-trace.ts';
import type { RecordV3 } from '../schemas/records-v3.ts';
import { clusterId } from './resources.ts';

/** One of a request's records: what it says, or why it cannot be read. */
export type Reading = Good | { readonly error: EngineError };

type Good = { readonly record: RecordV3 };

/** `error_code` 200 and where the record is; or why it is not there, in a message. */
export type Receipt = { readonly error_code: number; readonly [name: string]: unknown };

const formats = { BINARY: 'binary', STRING: 'text', JSON: 'json' } as const satisfies Record<
  string,
  Format
>;

/** @returns a receipt a reading, in order.
 * @throws EngineError UNKNOWN_TOPIC; or, when none is stored for want of a store, why not. */
export async function produceEach(
  exchange: Exchange,
  name: string,
  readings: readonly Reading[],
): Promise<readonly Receipt[]> {
  const { engine, call } = exchange;
  const traced = tracing(exchange, readings.length);
  const records = readings.map((reading) => {
    const record = judged(reading);
    return record instanceof EngineError ? record : traced(record);
  });
  const identity = keyIdentity(exchange);
  const entries = await produceEachRecord(engine, call, { topic: name, records, identity });
  const failure = wholeFailure(entries);
  if (failure !== undefined && failure.outcome !== 'definite') throw failure;
  return entries.map((entry, index) => {
    if ('error' in entry) return failed(entry.error);
    const { key, value } = (readings[index] as Good).record;
    const stored = records[index] as RecordToProduce;
    return {
      error_code: 200,
      cluster_id: clusterId,
      topic_name: name,
      partition_id: entry.partition,
      offset: entry.offset,
      timestamp: new Date(entry.timestamp).toISOString(),
      ...(entry.duplicate === undefined ? {} : { duplicate: true }),
      ...part('key', key, stored.key),
      ...part('value', value, stored.value),
    };
  });
}

/** The record to produce, or why it is none. */
function judged(reading: Reading): RecordToProduce | EngineError {
  if ('error' in reading) return reading.error;
  try {
    return recordToProduce(reading.record);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** @throws EngineError MALFORMED_FIELD. */
function recordToProduce(record: RecordV3): RecordToProduce {
  const { key, value, headers, partition_id: partition } = record;
  const timestamp = millisOf(record.timestamp);
  return {
    key: key ? bytesOf(formats[key.type], key.data, () => 'key.data') : null,
    value: value ? bytesOf(formats[value.type], value.data, () => 'value.data') : null,
    headers: (headers ?? []).map((header, at) => ({
      key: header.name,
      value:
        typeof header.value === 'string'
          ? base64Bytes(header.value, () => `headers[${at}].value`)
          : null,
    })),
    ...(typeof partition === 'number' ? { partition } : {}),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** @throws EngineError INVALID_FIELD for a time that a record cannot have. */
function millisOf(timestamp: RecordV3['timestamp']): number | undefined {
  const millis = typeof timestamp === 'string' ? Date.parse(timestamp) : (timestamp ?? undefined);
  if (millis === undefined || (millis >= 0 && millis <= timestampMax)) return millis;
  const message = 'timestamp: must be between 1970-01-01 and the year 6429';
  throw new EngineError('INVALID_FIELD', message, { field: 'timestamp', limit: timestampMax });
}

function part(name: 'key' | 'value', said: RecordV3['key'], bytes: Uint8Array | null) {
  return said ? { [name]: { type: said.type, size: bytes?.length ?? 0 } } : {};
}

/** A bad record's code is the status it would have alone. */
function failed(error: EngineError): Receipt {
  const { status, errorCode, message } = entryError(error, 'v3');
  return { error_code: status === 400 ? 400 : errorCode, message };
}
