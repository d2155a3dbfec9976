// What is measured: a request to the engine, and the request that costs a bare server the same
// bytes.

import { encodeBatch } from '../shared/record/encode-batch.ts';
import { httpRequest } from './load.ts';

export type Scenario = {
  readonly name: string;
  readonly connections: number;
  /** Records a request; 0 for fetches, where answered bytes are what counts. */
  readonly records: number;
  /** Bytes of keys and values a request. */
  readonly payloadBytes: number;
  readonly engine: (number: number) => Buffer;
  readonly bare: readonly { readonly name: string; readonly request: Buffer }[];
};

const batchesType = 'application/vnd.sluice.batches';
const binaryType = 'application/vnd.kafka.binary.v2+json';

/** Half chance, half repetition, so that a codec has something to do, as with records of a
 * business. */
function payload(bytes: number, seed: number): Buffer {
  const value = Buffer.alloc(bytes, `{"order":${seed},"customer":"c-${seed * 7919}","lines":[]}`);
  for (let at = 0; at < bytes; at += 2) value[at] = 33 + ((seed * 31 + at * 17 + at * at * 7) % 90);
  return value;
}

function jsonBody(records: number, bytes: number): Buffer {
  const list = Array.from({ length: records }, (_, index) => ({
    value: payload(bytes, index).toString('base64'),
  }));
  return Buffer.from(JSON.stringify({ records: list }));
}

function rawBody(records: number, bytes: number): Buffer {
  const list = Array.from({ length: records }, (_, index) => ({
    timestamp: 1_700_000_000_000,
    key: null,
    value: payload(bytes, index),
    headers: [],
  }));
  return Buffer.from(encodeBatch({ records: list, compression: 'none' }));
}

export function produceScenario(
  name: string,
  shape: { connections: number; records: number; bytes: number; raw?: boolean },
): Scenario {
  const { connections, records, bytes, raw = false } = shape;
  const body = raw ? rawBody(records, bytes) : jsonBody(records, bytes);
  const headers = { 'Content-Type': raw ? batchesType : binaryType };
  const request = httpRequest('POST', '/topics/bench/partitions/0', headers, body);
  return {
    name,
    connections,
    records,
    payloadBytes: records * bytes,
    engine: () => request,
    bare: [
      { name: 'bare', request: httpRequest('POST', '/read', headers, body) },
      { name: 'bare, durable', request: httpRequest('POST', '/durable', headers, body) },
    ],
  };
}

/** @param answerBytes what one answer is long, measured beforehand. */
export function fetchScenario(
  name: string,
  shape: { connections: number; offset: (number: number) => number; answerBytes: number },
): Scenario {
  const { connections, offset, answerBytes } = shape;
  const engine = (number: number) => fetchRequest(offset(number));
  const bare = { name: 'bare', request: httpRequest('GET', `/bytes/${answerBytes}`, {}) };
  return { name, connections, records: 0, payloadBytes: 0, engine, bare: [bare] };
}

export function fetchRequest(offset: number): Buffer {
  const path = `/topics/bench/partitions/0/records?offset=${offset}&max_bytes=1048576`;
  return httpRequest('GET', path, { Accept: batchesType });
}

/** One record a request, of as many producers as there are connections, each of which numbers its
 * own; or, to compare with, of nobody. */
export function oneRecordRequests(identity: 'stamped' | 'plain', firstProducer: number) {
  const record = JSON.stringify({ value: payload(1_000, 1).toString('base64') });
  const sequences = new Map<number, number>();
  return (_: number, connection: number): Buffer => {
    const sequence = sequences.get(connection) ?? 0;
    sequences.set(connection, sequence + 1);
    const id = firstProducer + connection;
    const stamp = `,"producer_id":${id},"producer_epoch":0,"sequence":${sequence}`;
    const body = `{"records":[${record}]${identity === 'stamped' ? stamp : ''}}`;
    const headers = { 'Content-Type': binaryType };
    return httpRequest('POST', '/topics/bench/partitions/0', headers, Buffer.from(body));
  };
}
