// What a caller may send to do harm, over a real socket and through the whole of a body's path.
// Each is refused in the API's form, stores nothing, and leaves the server as it was.

import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import {
  controlBodyBytesMax,
  headersPerRecordMax,
  produceBodyBytesMax,
  recordsPerRequestMax,
} from '../../shared/limits.ts';
import { batchHeaderBytes, writeBatchHeader } from '../../shared/record/batch-header.ts';
import type { Codec } from '../../shared/record/codec.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { batches, createTopic, endOffset, json } from './conversation.ts';
import { rawExchange } from './raw-connection.ts';

let engine: Embedded;
let url: string;

beforeAll(async () => {
  const stores = { kind: 'memory' } as const;
  engine = await startEmbedded({ host: '127.0.0.1', port: 0, allowedHosts: [], stores });
  url = `http://127.0.0.1:${engine.port}`;
  await createTopic(url, 'orders', 2);
});
afterAll(() => engine.stop());

type Request = {
  readonly route: string;
  readonly type?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
};

type Abuse = readonly [
  what: string,
  request: Omit<Request, 'route'> & { readonly route?: string },
  status: number,
  code: number,
];

async function refusesAll(common: Request, abuses: readonly Abuse[]): Promise<void> {
  for (const [what, own, status, code] of abuses) {
    const { route, type, headers = [], body } = { ...common, ...own };
    const bytes = Buffer.from(body ?? '');
    const head = [
      `${route} HTTP/1.1`,
      'Host: localhost',
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      ...(body === undefined ? [] : [`Content-Length: ${bytes.length}`]),
      ...headers,
    ];
    const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
    const answer = await rawExchange(engine.port, request);
    expect([what, answer?.status], answer?.body).toEqual([what, status]);
    const error = { error_code: code, message: expect.stringMatching(/^[ -~]{1,300}$/) };
    expect(JSON.parse(answer?.body ?? ''), what).toEqual(error);
    expect(answer?.headers.has('x-injected'), what).toBe(false);
    for (const partition of [0, 1]) expect(await endOffset(url, 'orders', partition)).toBe(0);
  }
  expect(await (await fetch(`${url}/topics`)).json()).toEqual(['orders']);
}

const records = (...list: readonly string[]) => `{"records":[${list}]}`;
const many = (count: number, text: string) => Array(count).fill(text).join();
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const spaces = (bytes: number) => Buffer.alloc(bytes, ' ');

test('bodies that are too large, too deep, or not what they say', () =>
  refusesAll({ route: 'POST /topics/orders', type: json }, [
    ['too large', { body: spaces(produceBodyBytesMax + 1) }, 413, 413],
    ['5,000 deep', { body: records(`{"value":${nested(5_000)}}`) }, 400, 400],
    ['two million deep', { body: nested(2_000_000) }, 400, 400],
    ['two million deep and open', { body: '{"a":'.repeat(800_000) }, 400, 400],
    ['NUL', { body: Buffer.alloc(100_000) }, 400, 400],
    ['invalid UTF-8', { body: Buffer.from(records('{"value":"\xff"}'), 'latin1') }, 400, 400],
    [
      'a bomb of brotli',
      {
        headers: ['Content-Encoding: br'],
        body: brotliCompressSync(records(`{"value":"${'a'.repeat(2 * produceBodyBytesMax)}"}`)),
      },
      400,
      400,
    ],
    ['no type of ours', { type: `${json};\tx, text/html`.slice(4), body: '{}' }, 415, 415],
    [
      'no answer of ours',
      { headers: ['Accept: text/html'], body: records('{"value":1}') },
      406,
      406,
    ],
  ]));

test('records that are too many, too large, or misshapen', () =>
  refusesAll({ route: 'POST /topics/orders' }, [
    ['too many', { body: records(many(recordsPerRequestMax + 1, '{"value":""}')) }, 422, 42206],
    ['a million of no kind', { body: records(many(1_000_000, '1')) }, 422, 42206],
    ['too large', { body: records(`{"value":"${'A'.repeat(2_000_000)}"}`) }, 422, 42206],
    [
      'too many headers',
      {
        body: records(
          `{"value":"","headers":[${many(headersPerRecordMax + 1, '{"key":"","value":""}')}]}`,
        ),
      },
      422,
      42206,
    ],
    ['junk base64', { body: records('{"value":"YQ=="}', '{"value":"Y*Q="}') }, 400, 40001],
    ['base64 with a newline', { body: records('{"value":"YQ\\n=="}') }, 400, 40001],
    ['__proto__', { body: records('{"value":"","__proto__":{"partition":1}}') }, 422, 42206],
    [
      'partition 2^53+1',
      { body: records('{"value":"","partition":9007199254740993}') },
      400,
      40001,
    ],
    [
      'timestamp 2^53+1',
      { body: records('{"value":"","timestamp":9007199254740993}') },
      400,
      40001,
    ],
    ['partition -1', { body: records('{"value":"","partition":-1}') }, 422, 42206],
    ['partition 1e999', { body: records('{"value":"","partition":1e999}') }, 400, 40001],
  ]));

test('names and numbers in paths and queries', () => {
  const from = 'GET /topics/orders/partitions/0/records';
  const body = records('{"value":""}');
  return refusesAll({ route: '' }, [
    ['dots', { route: 'POST /topics/%2e%2e%2forders', body }, 404, 40401],
    ['dots that lead away', { route: 'POST /topics/../etc/passwd', body }, 404, 404],
    ['encoded dots that lead away', { route: 'POST /topics/%2e%2e/etc/passwd', body }, 404, 404],
    ['NUL', { route: 'POST /topics/orders%00', body }, 404, 40401],
    ['CRLF', { route: 'POST /topics/a%0d%0aX-Injected:%20b', body }, 404, 40401],
    ['half of UTF-8', { route: 'POST /topics/%c3', body }, 404, 40401],
    ['half an escape', { route: 'POST /topics/%', body }, 404, 40401],
    ['a key of ours', { route: 'POST /topics/part%23orders', body }, 404, 40401],
    ['250 characters', { route: `POST /topics/${'a'.repeat(250)}`, body }, 404, 40401],
    ['10,000 characters', { route: `POST /topics/${'a'.repeat(10_000)}`, body }, 404, 40401],
    ['partition 2^53+1', { route: `${from.replace('0', '9007199254740993')}` }, 404, 40402],
    ['partition -1', { route: `${from.replace('0', '-1')}` }, 404, 404],
    ['partition 0x0', { route: `${from.replace('0', '0x0')}` }, 404, 404],
    ['offset 2^53+1', { route: `${from}?offset=9007199254740993` }, 422, 42206],
    ['offset -1', { route: `${from}?offset=-1` }, 422, 42206],
    ['offset past the end', { route: `${from}?offset=9007199254740991` }, 416, 41601],
    ['offset a word', { route: `${from}?offset=%0d%0aX-Injected:%20b` }, 400, 40001],
    ['timeout for ever', { route: `${from}?timeout=999999999` }, 422, 42206],
    ['max_bytes 2^53+1', { route: `${from}?max_bytes=9007199254740993` }, 422, 42206],
  ]);
});

test('topics that cannot be', () => {
  const topic = (name: string, count = '1') => ({
    body: `{"topic_name":${JSON.stringify(name)},"partitions_count":${count}}`,
  });
  const route = 'POST /v3/clusters/sluice/topics';
  return refusesAll({ route, type: 'application/json' }, [
    ['..', topic('..'), 400, 40002],
    ['a path', topic('../orders'), 400, 40002],
    ['NUL', topic('a\0'), 400, 40002],
    ['CRLF', topic('a\r\nX-Injected: b'), 400, 40002],
    ['nothing', topic(''), 400, 40002],
    ['250 characters', topic('a'.repeat(250)), 400, 40002],
    ['no partitions', topic('a', '0'), 400, 40002],
    ['2^53+1 partitions', topic('a', '9007199254740993'), 400, 40002],
    ['a million partitions', topic('a', '1000000'), 400, 40002],
    ['__proto__', { body: '{"topic_name":"a","__proto__":{}}' }, 400, 40002],
    ['too large', { body: spaces(controlBodyBytesMax + 1) }, 413, 413],
    ['5,000 deep', { body: nested(5_000) }, 400, 40002],
  ]);
});

/** Beyond what a batch may become, and otherwise as it should be. */
const large = {
  records: [{ timestamp: 0, key: null, value: new Uint8Array(40_000_000), headers: [] }],
};

/** Three bytes that repeat 64, a million times, and the length that they say they become. */
const snappyBomb = Buffer.concat([
  Buffer.from('81a0c21e0061', 'hex'),
  Buffer.alloc(3_000_000, Buffer.from('fe0100', 'hex')),
]);

/** A frame of one block: a byte, repeated as often as 400,000 bytes of length say. */
const lz4Bomb = Buffer.concat([
  Buffer.from('04224d18604000' + '841a0600' + '1f610100', 'hex'),
  Buffer.alloc(400_000, 0xff),
]);

function batchOf(codec: Codec, body: Uint8Array, count = 1): Buffer {
  const batch = Buffer.concat([Buffer.alloc(batchHeaderBytes), body]);
  writeBatchHeader(batch, {
    baseOffset: 0,
    codec,
    timestampType: 'CreateTime',
    hasDeleteHorizon: false,
    lastOffsetDelta: count - 1,
    baseTimestamp: 0,
    maxTimestamp: 0,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    count,
  });
  return batch;
}

test('record batches that are bombs, or lie', () => {
  const small = { records: [{ timestamp: 0, key: null, value: Buffer.alloc(9), headers: [] }] };
  const good = encodeBatch({ ...small, compression: 'none' });
  const withByte = (at: number, byte: number) => Uint8Array.from(good).with(at, byte);
  return refusesAll({ route: 'POST /topics/orders/partitions/0', type: batches }, [
    ['gzip bomb', { body: encodeBatch({ ...large, compression: 'gzip' }) }, 422, 42208],
    ['zstd bomb', { body: encodeBatch({ ...large, compression: 'zstd' }) }, 422, 42208],
    ['snappy bomb', { body: batchOf('snappy', snappyBomb) }, 422, 42208],
    ['lz4 bomb', { body: batchOf('lz4', lz4Bomb) }, 422, 42208],
    ['too large', { body: spaces(produceBodyBytesMax + 1) }, 413, 413],
    ['nothing', { body: '' }, 422, 42208],
    ['junk', { body: Buffer.alloc(1_000, 'junk') }, 422, 42208],
    ['a byte too many', { body: Buffer.concat([good, Buffer.alloc(1)]) }, 422, 42208],
    ['a byte too few', { body: good.subarray(0, -1) }, 422, 42208],
    ['another CRC', { body: withByte(17, 1) }, 422, 42208],
    ['magic 1', { body: withByte(16, 1) }, 422, 42208],
    ['a length below its header’s', { body: withByte(11, 1) }, 422, 42208],
    ['a negative length', { body: withByte(8, 0xff) }, 422, 42208],
    ['two billion records', { body: batchOf('none', Buffer.alloc(9), 2 ** 31 - 1) }, 413, 413],
    ['more records than there are', { body: batchOf('none', Buffer.alloc(9), 9) }, 422, 42208],
  ]);
});

test('v3 bodies', () => {
  const route = 'POST /v3/clusters/sluice/topics/orders/records';
  return refusesAll({ route: `${route}:batch`, type: 'application/json' }, [
    ['too large', { route, body: spaces(produceBodyBytesMax + 1) }, 413, 413],
    ['batch too large', { body: spaces(produceBodyBytesMax + 1) }, 413, 413],
    ['batch 5,000 deep', { body: nested(5_000) }, 400, 40002],
    ['invalid UTF-8', { route, body: Buffer.of(0xff) }, 400, 40002],
    ['many entries', { body: `{"entries":[${many(9_999, '{"id":"1"}')}]}` }, 422, 42208],
  ]);
});
