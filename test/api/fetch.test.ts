// Stateless fetch: which records, in which form, and what the headers say of them.

import { expect, test } from 'vitest';
import { fetchBytesMax } from '../../shared/limits.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { base64, binary, json, newApi, text } from './ask.ts';

const path = 'GET /topics/orders/partitions/0/records';
const batches = 'application/vnd.sluice.batches';

test('records from an offset on, and where to go on', async () => {
  const { ask, store } = await newApi();
  for (const value of ['a', 'b', 'c']) await store('orders', value);
  const { status, headers, json: records } = await ask(`${path}?offset=1`, { accept: json });
  expect(status).toBe(200);
  expect(records.map(({ value }: { value: string }) => value)).toEqual(['b', 'c']);
  expect(headers.get('content-type')).toBe(json);
  expect(headers.get('sluice-log-start-offset')).toBe('0');
  expect(headers.get('sluice-high-watermark')).toBe('3');
  expect(headers.get('sluice-next-offset')).toBe('3');
});

test('max_bytes cuts, but one record is always given', async () => {
  const { ask, store } = await newApi();
  await store('orders', 'one', 'two', 'three');
  const { headers, json: records } = await ask(`${path}?max_bytes=1`, { accept: json });
  expect(records).toHaveLength(1);
  expect(headers.get('sluice-next-offset')).toBe('1');
});

test('a reply stays within bounds, though it says a byte by six characters', async () => {
  const { ask } = await newApi();
  const produced = 4;
  for (let count = 0; count < produced; count++) {
    const records = [{ value: '\0'.repeat(200_000) }];
    await ask('POST /topics/orders/partitions/0', { type: text, body: { records } });
  }
  const offsets: number[] = [];
  for (let offset = 0; offset < produced; ) {
    const query = `offset=${offset}&max_bytes=${fetchBytesMax}`;
    const { headers, bytes, json: records } = await ask(`${path}?${query}`, { accept: text });
    expect(bytes.length).toBeLessThanOrEqual(fetchBytesMax);
    expect(headers.get('sluice-high-watermark')).toBe(String(produced));
    offsets.push(...records.map((record: { offset: number }) => record.offset));
    offset = Number(headers.get('sluice-next-offset'));
    expect(offset).toBe(offsets.length);
  }
  expect(offsets).toEqual([0, 1, 2, 3]);
});

test('one record is given even so', async () => {
  const { ask } = await newApi();
  const records = [{ value: '\0'.repeat(600_000) }, { value: 'next' }];
  await ask('POST /topics/orders/partitions/0', { type: text, body: { records } });
  const { headers, bytes, json: fetched } = await ask(path, { accept: text });
  expect(bytes.length).toBeGreaterThan(fetchBytesMax);
  expect(fetched).toHaveLength(1);
  expect(headers.get('sluice-next-offset')).toBe('1');
});

test('from a time on', async () => {
  const { ask } = await newApi();
  const records = [10, 20, 30].map((timestamp) => ({ value: timestamp, timestamp }));
  await ask('POST /topics/orders/partitions/0', { type: json, body: { records } });
  const offsets = async (query: string) =>
    (await ask(`${path}?${query}`)).json.map(({ offset }: { offset: number }) => offset);
  expect(await offsets('timestamp=11')).toEqual([1, 2]);
  expect(await offsets('timestamp=31')).toEqual([]);
});

test('a fetch at the end waits, and is woken by what comes', async () => {
  const { ask, store } = await newApi();
  const began = ask(`${path}?offset=0&timeout=10000`, { accept: json });
  await store('orders', 'late');
  expect((await began).json[0].value).toBe('late');
});

test('a fetch at the end waits its whole time when nothing comes', async () => {
  const { ask, world } = await newApi();
  const start = world.time.now();
  const { json: records } = await ask(`${path}?offset=0&timeout=10000`);
  expect(records).toEqual([]);
  expect(world.time.now() - start).toBeGreaterThanOrEqual(10_000);
});

test('raw batches carry their offsets', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2);
  await store('orders', 3);
  const { headers, bytes } = await ask(path, { accept: batches });
  expect(headers.get('content-type')).toBe(batches);
  expect(splitBatches(bytes)).toMatchObject({
    headers: [
      { baseOffset: 0, count: 2 },
      { baseOffset: 2, count: 1 },
    ],
  });
});

test('raw batches that were fetched can be produced, and damaged ones cannot', async () => {
  const { ask, store, endOf } = await newApi();
  await store('orders', 'a', 'b');
  const { bytes } = await ask(path, { accept: batches });
  const raw = 'POST /topics/orders/partitions/1';
  const { status, json: answer } = await ask(raw, { type: batches, body: bytes });
  expect([status, answer]).toEqual([200, { partition: 1, base_offset: 0, count: 2 }]);
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);
  for (const body of [damaged, bytes.subarray(0, -1), Buffer.alloc(0)]) {
    const refused = await ask(raw, { type: batches, body });
    expect([refused.status, refused.json.error_code]).toEqual([422, 42208]);
  }
  expect(await endOf('orders', 1)).toBe(2);
  const anywhere = await ask('POST /topics/orders', { type: batches, body: bytes });
  expect(anywhere.status).toBe(415);
});

test('what cannot be said in the format asked for can be had in another', async () => {
  const { ask } = await newApi();
  const bytes = Buffer.from([0xff]).toString('base64');
  const records = [{ key: base64('{'), value: bytes }];
  await ask('POST /topics/orders/partitions/0', { type: binary, body: { records } });
  for (const accept of [json, text]) {
    const { status, json: answer } = await ask(path, { accept });
    expect([status, answer.error_code]).toEqual([422, 42203]);
    expect(answer.message).toMatch(/, offset 0/);
  }
  expect((await ask(path, { accept: binary })).json[0].value).toBe(bytes);
});

test('out of range is 416, with both bounds', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2);
  const { status, headers, json: answer } = await ask(`${path}?offset=3`);
  expect([status, answer.error_code]).toEqual([416, 41601]);
  expect(answer.message).toMatch(/3.* 0 to 2/);
  expect(headers.get('sluice-log-start-offset')).toBe('0');
  expect(headers.get('sluice-high-watermark')).toBe('2');
});

test('parameters that are no integers, out of bounds, or contradict each other', async () => {
  const { ask } = await newApi();
  const refusals = [
    ['offset=x', 400, /^offset: must be/],
    ['offset=', 400, /^offset: must be/],
    ['offset=1e3', 400, /^offset: must be/],
    ['offset=-1', 422, /^offset: must be at least 0/],
    ['offset=9007199254740993', 422, /^offset: must be at most 9007199254740991/],
    ['max_bytes=0', 422, /^max_bytes: must be at least 1/],
    ['max_bytes=99999999', 422, /^max_bytes: must be at most 3145728/],
    ['timeout=20001', 422, /^timeout: must be at most 20000/],
    ['timestamp=140737488355328', 422, /^timestamp: must be at most/],
    ['offset=0&timestamp=0', 422, /^timestamp: cannot be given together/],
  ] as const;
  for (const [query, status, says] of refusals) {
    const answer = await ask(`${path}?${query}`);
    expect([query, answer.status]).toEqual([query, status]);
    expect(answer.json.message).toMatch(says);
  }
});

test('a reply is immutable when only max_bytes ended it', async () => {
  const { ask, store } = await newApi();
  for (const value of ['a', 'b', 'c']) await store('orders', value);
  const cached = async (query: string) =>
    (await ask(`${path}?${query}`)).headers.get('cache-control')?.includes('immutable');
  expect(await cached('offset=0&max_bytes=1')).toBe(true);
  expect(await cached('offset=0'), 'more records will come').toBe(false);
  expect(await cached('max_bytes=1'), 'the log start moves').toBe(false);
  expect(await cached('timestamp=0&max_bytes=1'), 'what a time stands for moves').toBe(false);
  const body = { value: 'delete,compact' };
  await ask('PUT /v3/clusters/sluice/topics/orders/configs/cleanup.policy', { body });
  expect(await cached('offset=0&max_bytes=1'), 'compaction removes').toBe(false);
  expect((await ask(`${path}?offset=0`)).headers.get('vary')).toBe('Accept');
});
