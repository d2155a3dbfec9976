// Record batches of several partitions in one request: one PUT, and an answer for each.

import { expect, test } from 'vitest';
import { recordsPerRequestMax } from '../../shared/limits.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { encodeParts, partsHeadBytesMax } from '../../shared/record/parts.ts';
import { newApi, text } from './ask.ts';

const type = 'application/vnd.sluice.parts';
const route = 'POST /topics/orders';

function batch(values: readonly string[], producer?: { id: number; baseSequence: number }) {
  const records = values.map((value) => {
    return { key: null, value: Buffer.from(value), headers: [], timestamp: 5 };
  });
  const numbered = producer === undefined ? {} : { producer: { epoch: 0, ...producer } };
  return encodeBatch({ records, compression: 'none', ...numbered });
}

function body(shares: readonly (readonly [partition: number, bytes: Uint8Array])[]): Uint8Array {
  const partitions = shares.map(([partition, { length }]) => ({ partition, bytes: length }));
  return encodeParts(
    { partitions },
    shares.map(([, bytes]) => bytes),
  );
}

const ok = { error_code: null, error: null };

test('each partition is stored in one PUT, and answered by itself', async () => {
  const { ask } = await newApi();
  const answer = await ask(route, {
    type,
    body: body([
      [1, Buffer.concat([batch(['a', 'b']), batch(['c'])])],
      [0, batch(['d'])],
    ]),
  });
  expect(answer.json).toEqual({
    offsets: [
      { partition: 1, offset: 0, count: 3, ...ok },
      { partition: 0, offset: 0, count: 1, ...ok },
    ],
  });
  expect(answer.headers.get('server-timing')).toMatch(/objectPuts;desc="1"/);
  const path = 'GET /topics/orders/partitions/1/records';
  const { json: records } = await ask(path, { accept: text });
  expect(records.map(({ value }: { value: string }) => value)).toEqual(['a', 'b', 'c']);
});

test('a repeat is stored once, and what is out of order is refused alone', async () => {
  const { ask, endOf } = await newApi();
  const first = body([[0, batch(['a'], { id: 7, baseSequence: 0 })]]);
  await ask(route, { type, body: first });
  const mixed = body([
    [0, batch(['a'], { id: 7, baseSequence: 0 })],
    [1, batch(['b'], { id: 7, baseSequence: 3 })],
  ]);
  const { status, json } = await ask(route, { type, body: mixed });
  expect(status).toBe(200);
  expect(json.offsets).toMatchObject([
    { partition: 0, offset: 0, count: 1, duplicate: true },
    { partition: 1, offset: null, error_code: 40904 },
  ]);
  expect([await endOf('orders', 0), await endOf('orders', 1)]).toEqual([1, 0]);
  const refused = await ask(route, {
    type,
    body: body([[1, batch(['b'], { id: 7, baseSequence: 3 })]]),
  });
  expect([refused.status, refused.json.error_code]).toEqual([409, 40904]);
});

test('under an Idempotency-Key all partitions are one request', async () => {
  const { ask, endOf } = await newApi();
  const headers = { 'Idempotency-Key': 'k' };
  const shares = (one: string) =>
    body([
      [0, batch([one])],
      [1, batch(['b'])],
    ]);
  await ask(route, { type, headers, body: shares('a') });
  const { json } = await ask(route, { type, headers, body: shares('a') });
  expect(json.offsets).toMatchObject([{ duplicate: true }, { duplicate: true }]);
  const other = await ask(route, { type, headers, body: shares('x') });
  expect(other.status).toBe(422);
  expect([await endOf('orders', 0), await endOf('orders', 1)]).toEqual([1, 1]);
});

test('what is wrong is said, and nothing of the request is stored', async () => {
  const { ask, endOf } = await newApi();
  const good = batch(['a']);
  const line = (head: object) => encodeParts(head, [good]);
  const partition = { partition: 0, bytes: good.length };
  const long = { partitions: [partition], more: 'x'.repeat(partsHeadBytesMax) };
  const cases: readonly (readonly [string, Uint8Array, number, RegExp])[] = [
    ['no line', Buffer.from('{"partitions":[]}'), 400, /begin with a line of JSON/],
    ['a line too long', line(long), 400, /at most 65536 bytes/],
    ['no JSON', Buffer.from('nothing\n'), 400, /must be JSON/],
    ['no list', line({}), 422, /partitions: is required/],
    ['an empty one', line({ partitions: [] }), 422, /partitions: must be at least 1 long/],
    ['another field', line({ partitions: [partition], more: 1 }), 422, /more: is unknown/],
    [
      'a partition twice',
      body([
        [0, good],
        [0, good],
      ]),
      422,
      /partitions: one must not be repeated/,
    ],
    ['fewer bytes', line({ partitions: [{ ...partition, bytes: 5 }] }), 422, /partitions.bytes/],
    ['more bytes', line({ partitions: [{ ...partition, bytes: 500 }] }), 422, /partitions.bytes/],
    [
      'no partition',
      body([
        [0, good],
        [2, good],
      ]),
      404,
      /partition/,
    ],
    [
      'half a batch',
      body([
        [1, good],
        [0, good.subarray(1)],
      ]),
      422,
      /batches/,
    ],
  ];
  for (const [name, sent, status, message] of cases) {
    const answer = await ask(route, { type, body: sent });
    expect([name, answer.status, answer.json.message]).toEqual([
      name,
      status,
      expect.stringMatching(message),
    ]);
  }
  expect([await endOf('orders', 0), await endOf('orders', 1)]).toEqual([0, 0]);
});

test('what a request may bring is bounded for all its partitions together', async () => {
  const { ask, endOf } = await newApi();
  const half = batch(Array.from({ length: recordsPerRequestMax / 2 + 1 }, () => ''));
  const alone = await ask(route, { type, body: body([[0, half]]) });
  expect(alone.status).toBe(200);
  const both = body([
    [0, half],
    [1, half],
  ]);
  const answer = await ask(route, { type, body: both });
  expect([answer.status, answer.json.message]).toEqual([
    413,
    expect.stringContaining(String(recordsPerRequestMax)),
  ]);
  expect(await endOf('orders', 1)).toBe(0);
});
