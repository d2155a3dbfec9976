// How large a topic is, and in which segments it is stored: what an onlooker is told, and at which
// price.

import { expect, test } from 'vitest';
import { sizedChunksMax } from '../../shared/engine/topic-sizes.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { type Asked, newApi, openApi } from './ask.ts';

const v2 = 'application/vnd.kafka.v2+json';
const segmentsOf = 'GET /topics/orders/partitions/0/segments';

async function storeMany(api: Asked, appends: number): Promise<void> {
  for (let append = 0; append < appends; append++) {
    await api.store('orders', append, 'and another');
    await api.world.time.run(api.engine.background.idle());
  }
}

test('each partition with its ends, its segments and its bytes', async () => {
  const api = await newApi();
  await storeMany(api, 3);
  const { status, headers, json } = await api.ask('GET /topics/orders/sizes');
  expect([status, headers.get('content-type')]).toEqual([200, v2]);
  const { json: listed } = await api.ask(segmentsOf);
  const bytes = listed.segments.reduce((sum: number, one: { bytes: number }) => sum + one.bytes, 0);
  expect(bytes).toBeGreaterThan(3 * 61);
  const whole = { log_start_offset: 0, counted_from: 0 };
  expect(json).toEqual({
    partitions: [
      { partition: 0, ...whole, log_end_offset: 6, segments: 3, bytes },
      { partition: 1, ...whole, log_end_offset: 0, segments: 0, bytes: 0 },
    ],
    next_partition: null,
  });
});

test('segments are those of chunks and of the tail, page by page', async () => {
  const api = await newApi();
  const appends = 2 * refsPerChunk + 3;
  await storeMany(api, appends);
  const seen: number[] = [];
  let offset = 0;
  do {
    const { json } = await api.ask(`${segmentsOf}?offset=${offset}&limit=7`);
    expect(json).toMatchObject({ log_start_offset: 0, log_end_offset: 2 * appends });
    expect(json.segments.length).toBeLessThanOrEqual(7);
    for (const one of json.segments) {
      expect(one).toMatchObject({ count: 2, bytes: expect.any(Number) });
      expect(one.timestamp_max).toBeGreaterThan(0);
      seen.push(one.base_offset);
    }
    expect(json.next_offset).toBeGreaterThan(offset);
    offset = json.next_offset;
  } while (offset < 2 * appends);
  expect(seen).toEqual(Array.from({ length: appends }, (_, append) => 2 * append));
  const { json: sizes } = await api.ask('GET /topics/orders/sizes?limit=1');
  expect(sizes).toMatchObject({ partitions: [{ segments: appends }], next_partition: 1 });
});

test('a segment is found by any offset in it, and at the end there is none', async () => {
  const api = await newApi();
  await storeMany(api, 2);
  const { json: within } = await api.ask(`${segmentsOf}?offset=3`);
  expect(within.segments).toMatchObject([{ base_offset: 2, count: 2 }]);
  const { json: atEnd } = await api.ask(`${segmentsOf}?offset=4`);
  expect(atEnd).toMatchObject({ segments: [], next_offset: 4 });
});

test('what is asked for wrongly, or is not there', async () => {
  const api = await newApi();
  await storeMany(api, 2);
  const refused = [
    [`${segmentsOf}?offset=5`, 416, 41601],
    [`${segmentsOf}?offset=x`, 400, 40001],
    [`${segmentsOf}?limit=0`, 422, 42206],
    [`${segmentsOf}?limit=1001`, 422, 42206],
    ['GET /topics/orders/partitions/2/segments', 404, 40402],
    ['GET /topics/none/partitions/0/segments', 404, 40401],
    ['GET /topics/none/sizes', 404, 40401],
    ['GET /topics/orders/sizes?partition=-1', 422, 42206],
    ['GET /topics/orders/sizes?limit=0', 422, 42206],
  ] as const;
  for (const [route, status, code] of refused) {
    const answer = await api.ask(route);
    expect([route, answer.status, answer.json.error_code]).toEqual([route, status, code]);
  }
  const { json } = await api.ask('GET /topics/orders/sizes?partition=2');
  expect(json).toEqual({ partitions: [], next_partition: null });
});

test('records that were deleted count no more', async () => {
  const api = await newApi();
  await storeMany(api, 3);
  const records = '/v3/clusters/sluice/topics/orders/partitions/0/records';
  await api.ask(`DELETE ${records}?before_offset=3`);
  const { json } = await api.ask('GET /topics/orders/sizes?limit=1');
  expect(json.partitions).toMatchObject([{ log_start_offset: 3, log_end_offset: 6 }]);
  const { json: listed } = await api.ask(segmentsOf);
  expect(listed.segments.map((one: { base_offset: number }) => one.base_offset)).toEqual([2, 4]);
  expect((await api.ask(`${segmentsOf}?offset=2`)).status).toBe(416);
});

test('looked at again it costs a read of each partition, and what the index has new', async () => {
  const writer = await newApi();
  await storeMany(writer, 3 * refsPerChunk);
  const onlooker = openApi(writer.world);
  await onlooker.ask('GET /topics/orders');
  const look = async () => {
    const { headers, json } = await onlooker.ask('GET /topics/orders/sizes');
    const timing = headers.get('server-timing') ?? '';
    const said = (name: string) => {
      const [, count = 0] = new RegExp(`${name};desc="(\\d+)"`).exec(timing) ?? [];
      return Number(count);
    };
    const [reads, queries] = [said('tableReads'), said('tableQueries')];
    return { reads, queries, size: json.partitions[0] };
  };
  const whole = { log_start_offset: 0, counted_from: 0 };
  const first = await look();
  expect(first).toMatchObject({ size: { ...whole, segments: 3 * refsPerChunk } });
  expect(first.queries, 'a weak one may be too old').toBeLessThanOrEqual(2);
  expect(await look()).toMatchObject({ reads: 2, queries: 0, size: first.size });
  await storeMany(writer, refsPerChunk);
  const later = await look();
  expect(later).toMatchObject({ reads: 2, size: { ...whole, segments: 4 * refsPerChunk } });
  expect(later.queries, 'one chunk more').toBeGreaterThan(0);
});

test('what is counted has a bound, and says where it ended', async () => {
  const api = await newApi();
  const { world, engine } = api;
  const partitions = sizedChunksMax / 2 + 1;
  await world.time.run(world.createTopic({ name: 'wide', partitions }));
  for (let append = 0; append < 3 * refsPerChunk; append++) {
    await api.store('wide', append);
    await world.time.run(engine.background.idle());
  }
  const { json: one } = await api.ask('GET /topics/wide/sizes?limit=1');
  expect(one.partitions[0]).toMatchObject({ counted_from: 0, segments: 3 * refsPerChunk });
  const { json: all } = await api.ask(`GET /topics/wide/sizes?limit=${partitions}`);
  const { counted_from: from, segments } = all.partitions[0];
  expect([from, segments]).toEqual([2 * refsPerChunk, refsPerChunk]);
});
