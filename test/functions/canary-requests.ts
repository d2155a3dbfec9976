// Requests that bear a canary wherever a caller's own bytes may be: keys, values, headers, secrets,
// bodies, queries, credentials. Of each route one; those that carry records or secrets are good
// ones, in an order in which they can be served.

import { wellKnown } from './canary.ts';

export type CanaryRequest = {
  /** As its group writes it. */
  readonly route: string;
  readonly query?: string;
  readonly type?: string;
  /** Anything but bytes is sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

const { word, base64 } = wellKnown;
const json = 'application/vnd.kafka.json.v2+json';
const v2 = 'application/vnd.kafka.v2+json';
const one = '/consumers/:group/instances/:instance';
const v3Topics = '/v3/clusters/:cluster/topics';
const headers = [{ key: word, value: base64 }];
const record = { key: word, value: { [word]: word }, headers };
const v3Record = {
  key: { type: 'STRING', data: word },
  value: { type: 'BINARY', data: base64 },
  headers: [{ name: word, value: base64 }],
};
const webhook = { type: 'https', url: 'https://hooks.example.com/in' };

export const topics = ['orders', 'dead', 'empty'];

export function bytesOf({ body }: CanaryRequest): Buffer<ArrayBuffer> {
  return Buffer.from(body instanceof Uint8Array ? body : (JSON.stringify(body) ?? ''));
}

/** What is served, and what has to do with records and secrets. */
export const goodRequests: readonly CanaryRequest[] = [
  { route: 'POST /topics/:topic', type: json, body: { records: [record, record] } },
  {
    route: 'POST /topics/:topic',
    type: json,
    body: { records: [record] },
    headers: { 'idempotency-key': word },
  },
  {
    route: 'POST /topics/:topic',
    type: 'application/cloudevents+json',
    body: { specversion: '1.0', id: word, source: word, type: word, data: word },
  },
  {
    route: 'POST /topics/:topic',
    type: 'text/plain',
    body: Buffer.from(word),
    headers: { 'ce-specversion': '1.0', 'ce-id': word, 'ce-source': word, 'ce-type': word },
  },
  { route: 'POST /topics/:topic/partitions/:partition', type: json, body: { records: [record] } },
  {
    route: 'POST /transactions',
    type: json,
    body: { records: [{ topic: 'orders', ...record }] },
    headers: { 'idempotency-key': `${word}-2` },
  },
  { route: `POST ${v3Topics}/:topic/records`, body: v3Record },
  {
    route: `POST ${v3Topics}/:topic/records:batch`,
    body: { entries: [{ id: word, ...v3Record }] },
  },
  { route: 'POST /producers', type: v2, body: { name: word } },
  { route: 'GET /topics/:topic/partitions/:partition/records', query: 'offset=0' },
  {
    route: 'POST /consumers/:group',
    type: v2,
    body: { name: 'one', format: 'binary', 'auto.offset.reset': 'earliest' },
  },
  { route: `POST ${one}/subscription`, type: v2, body: { topics: ['orders'] } },
  { route: `GET ${one}/records`, query: 'timeout=0' },
  {
    route: `POST ${one}/offsets`,
    type: v2,
    body: { offsets: [{ topic: 'orders', partition: 0, offset: 0, metadata: word }] },
  },
  { route: `GET ${one}/offsets`, type: v2, query: 'topic=orders&partition=0' },
  {
    route: 'POST /subscriptions',
    body: {
      name: 'billing',
      // Where nothing is: nobody is posted anything.
      topic: 'empty',
      target: { ...webhook, secret: wellKnown.secret },
      filter: { value: { [word]: [word] } },
    },
  },
  { route: 'GET /subscriptions/:subscription' },
  { route: 'PATCH /subscriptions/:subscription', body: { target: webhook } },
  {
    route: 'POST /subscriptions/:subscription/rotate-secret',
    body: { secret: wellKnown.secret },
  },
  { route: 'POST /keys', body: { principal: 'User:shop', description: word } },
  { route: 'POST /keys/:key/rotate', body: {} },
];

/** One of a route, with nothing in it that it wants. */
export function badRequest(route: string): CanaryRequest {
  const body = { [word]: word, name: word, records: [record, { [word]: word }] };
  const query = `${word}=${word}&offset=${word}&timeout=${word}`;
  return /^(GET|DELETE) /.test(route) ? { route, query } : { route, query, body };
}

/** One whose body is not what its type says. */
export function brokenRequest(route: string): CanaryRequest {
  return { route, type: json, body: Buffer.from(`{"records":[{"value":${word}`) };
}
