// What is told of each request: what it was about and what became of it, and nothing that is its
// callers' alone.

import { describe, expect, test } from 'vitest';
import { namedRoutes } from '../../shared/api/told-reply.ts';
import { json, newApi, type Question } from './ask.ts';
import { apiRoutes } from './every-route.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function toldOf(route: string, question: Question = {}) {
  const { ask, told, store } = await newApi();
  await store('orders', 1, 2, 3);
  told.splice(0);
  await ask(route, question);
  return told;
}

const records = { records: [{ key: 'k', value: 1 }] };

test('a produce: where the records are, how many, and in which trace', async () => {
  const question = { type: json, headers: { traceparent }, body: records };
  expect(await toldOf('POST /topics/orders/partitions/0', question)).toMatchObject([
    {
      operation: 'send',
      outcome: 'ok',
      did: { topic: 'orders', partition: 0, partitions: 1, baseOffset: 3, sentMessages: 1 },
      operations: { objectPuts: 1, tableWrites: 1 },
      request: {
        route: 'POST /topics/:topic/partitions/:partition',
        status: 200,
        traceId: '0af7651916cd43dd8448eb211c80319c',
      },
    },
  ]);
});

test('a produce to several partitions has no one place; a repeat has sent nothing', async () => {
  const { ask, told } = await newApi();
  const body = { records: [0, 1].map((partition) => ({ partition, value: 1 })) };
  const question = { type: json, headers: { 'idempotency-key': 'k' }, body };
  for (const sent of [2, 0]) {
    await ask('POST /topics/orders', question);
    const { did } = told.splice(0)[0] as (typeof told)[0];
    expect(did).toMatchObject({ partitions: 2, sentMessages: sent });
    expect(did).not.toHaveProperty('baseOffset');
    expect(did.bytes).toBe(JSON.stringify(body).length);
  }
});

test('a fetch: how many records, in how many bytes, and how many are left', async () => {
  const route = 'GET /topics/orders/partitions/0/records?offset=1&max_bytes=1';
  const did = { topic: 'orders', partition: 0, consumedMessages: 1, lag: 1 };
  const [told] = await toldOf(route);
  expect(told).toMatchObject({ operation: 'fetch', did, request: { status: 200 } });
  expect(told?.did.bytes).toBeGreaterThan(0);
  const raw = await toldOf(route, { accept: 'application/vnd.sluice.batches' });
  expect(raw).toMatchObject([{ did: { consumedMessages: expect.any(Number) } }]);
});

test('a fetch that waits says how long', async () => {
  const [told] = await toldOf('GET /topics/orders/partitions/0/records?offset=3&timeout=2000');
  expect(told?.did.waitedMillis).toBeGreaterThan(1_500);
  expect((told?.millis ?? 0) - (told?.did.waitedMillis ?? 0)).toBeLessThan(1_000);
});

test('a poll: how old the oldest was that it gave, and a group that changed', async () => {
  const { ask, told, store, world } = await newApi();
  await store('orders', 1, 2);
  await world.time.run(world.time.sleep(5_000));
  const type = 'application/vnd.kafka.v2+json';
  const instance = { name: 'one', format: 'json', 'auto.offset.reset': 'earliest' };
  await ask('POST /consumers/billing', { type, body: instance });
  const one = '/consumers/billing/instances/one';
  await ask(`POST ${one}/subscription`, { type, body: { topics: ['orders'] } });
  expect(told.at(-1)).toMatchObject({ did: { group: 'billing', rebalances: 1 } });
  await ask(`GET ${one}/records?timeout=0`);
  const polled = told.at(-1);
  expect(polled).toMatchObject({
    operation: 'poll',
    did: { group: 'billing', consumedMessages: 2, lag: 0 },
  });
  expect(polled?.did.ageMillis).toBeGreaterThanOrEqual(5_000);
  await ask(`POST ${one}/offsets`, { type });
  expect(told.at(-1)).toMatchObject({ operation: 'commit', outcome: 'ok' });
});

describe('what is refused', () => {
  test('is told by its code', async () => {
    const question = { type: json, body: records };
    expect(await toldOf('POST /topics/nowhere', question)).toMatchObject([
      { outcome: 'refused', errorCode: 'UNKNOWN_TOPIC', did: { topic: 'nowhere' } },
    ]);
  });

  test('is told without what is no name', async () => {
    const [told] = await toldOf('GET /topics/my%20card%20number/partitions/x1/records');
    expect(JSON.stringify(told)).not.toMatch(/card|x1/);
    const [lost] = await toldOf('GET /my/card/number?card=number');
    expect(JSON.stringify(lost)).not.toMatch(/card/);
    expect(lost).toMatchObject({ outcome: 'refused', request: { route: 'none', status: 404 } });
  });
});

test('whether the process answers is told to nobody', async () => {
  for (const path of ['/', '/_health', '/ready', '/healthy']) {
    expect(await toldOf(`GET ${path}`)).toEqual([]);
  }
});

test('routes that have an operation of their own are served', () => {
  const machines = /^GET \/(_health|ready|healthy|metrics|console(\/:file)?)?$/;
  const own = namedRoutes.filter((route) => !machines.test(route) && !/_ingest/.test(route));
  expect(own.filter((route) => !apiRoutes.includes(route))).toEqual([]);
});
