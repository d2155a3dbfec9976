// What is no subscription, or none any more: each refused by name, with the limit where there is
// one, and nothing is stored.

import { expect, test } from 'vitest';
import { controlBodyBytesMax } from '../../shared/limits.ts';
import {
  attemptsMost,
  batchRecordsMost,
  batchWindowMillisMost,
  deliveriesMost,
  deliveryBytesMax,
  deliveryMillisLeast,
  deliveryMillisMost,
  recordsPerSecondLeast,
  recordsPerSecondMost,
  redrivenPerRequestMax,
  retryMillisLeast,
  retryMillisMost,
} from '../../shared/trigger-limits.ts';
import { type Asked, newApi } from './ask.ts';

const target = { type: 'lambda', function: 'bill' };
const billing = { name: 'billing', topic: 'orders', target };
const accept = 'application/problem+json';

async function isRefused(
  { ask }: Asked,
  route: string,
  body: unknown,
  as: { readonly status?: number; readonly field: string; readonly limit?: number },
): Promise<void> {
  const { status, json } = await ask(route, { body, accept });
  const what = `${route} ${JSON.stringify(body).slice(0, 200)}`;
  const { field, limit, message } = json;
  expect({ what, status, field, limit }).toEqual({ what, status: 422, limit: undefined, ...as });
  expect(message.slice(0, as.field.length + 2), what).toBe(`${as.field}: `);
}

async function holdsNothing({ ask }: Asked): Promise<void> {
  expect((await ask('GET /subscriptions')).json.subscriptions).toEqual([]);
  expect((await ask('GET /v3/clusters/sluice/consumer-groups')).json.data).toEqual([]);
}

/** Both are allowed. */
const bounds: Readonly<Record<string, readonly [least: number, most: number]>> = {
  batch_size: [1, batchRecordsMost],
  batch_bytes: [1_024, deliveryBytesMax],
  batch_window_ms: [0, batchWindowMillisMost],
  max_attempts: [1, attemptsMost],
  max_age_ms: [1_000, 31_536_000_000],
  retry_min_ms: [retryMillisLeast, retryMillisMost],
  retry_max_ms: [retryMillisLeast, retryMillisMost],
  max_concurrency: [1, deliveriesMost],
  max_records_per_second: [recordsPerSecondLeast, recordsPerSecondMost],
  timeout_ms: [deliveryMillisLeast, deliveryMillisMost],
};

test('a setting is within its bounds, both of which are allowed', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await world.time.run(world.createTopic({ name: 'dead', partitions: 1 }));
  const whole = { ...billing, dead_letter_topic: 'dead' };
  const beside = (field: string, value: number) => {
    if (field === 'retry_min_ms') return { retry_max_ms: retryMillisMost };
    return field === 'retry_max_ms' ? { retry_min_ms: Math.min(value, retryMillisLeast) } : {};
  };
  for (const [field, [least, most]] of Object.entries(bounds)) {
    const step = Number.isInteger(least) ? 1 : least / 2;
    const outside = [
      [least - step, least],
      [most + 1, most],
    ] as const;
    for (const [value, limit] of outside) {
      await isRefused(api, 'POST /subscriptions', { ...whole, [field]: value }, { field, limit });
    }
  }
  await holdsNothing(api);
  const { json: made } = await ask('POST /subscriptions', { body: whole });
  for (const [field, [least, most]] of Object.entries(bounds)) {
    await isRefused(
      api,
      'PATCH /subscriptions/billing',
      { [field]: most + 1 },
      {
        field,
        limit: most,
      },
    );
    for (const value of [least, most]) {
      const body = { ...beside(field, value), [field]: value };
      const { status, json } = await ask('PATCH /subscriptions/billing', { body });
      expect([field, value, status, json[field]]).toEqual([field, value, 200, value]);
    }
    const back = { retry_min_ms: null, retry_max_ms: null, [field]: null };
    expect((await ask('PATCH /subscriptions/billing', { body: back })).json).toEqual(made);
  }
});

test('settings fit each other, and what is there already', async () => {
  const api = await newApi();
  const { ask } = api;
  const field = 'retry_max_ms';
  const refused = (route: string, body: object, as: Parameters<typeof isRefused>[3]) =>
    isRefused(api, route, { ...(route.startsWith('POST') ? billing : {}), ...body }, as);
  const create = 'POST /subscriptions';
  await refused(create, { retry_min_ms: 500, [field]: 499 }, { field, limit: 500 });
  await refused(create, { retry_min_ms: 60_001 }, { field, limit: 60_001 });
  await refused(create, { max_attempts: 3 }, { field: 'dead_letter_topic' });
  await refused(create, { max_age_ms: 5_000 }, { field: 'dead_letter_topic' });
  await refused(create, { dead_letter_topic: 'orders' }, { field: 'dead_letter_topic' });
  await refused(create, { dead_letter_topic: 'a/b' }, { field: 'dead_letter_topic', status: 404 });
  expect(await ask(create, { body: { ...billing, dead_letter_topic: 'none' } })).toMatchObject({
    status: 404,
    json: { error_code: 40401, message: expect.stringContaining('none') },
  });
  await holdsNothing(api);
  await ask(create, { body: billing });
  const change = 'PATCH /subscriptions/billing';
  await refused(change, { [field]: 999 }, { field, limit: 1_000 });
  await refused(change, { max_attempts: 3 }, { field: 'dead_letter_topic' });
});

test('a field is there, known, and of its type', async () => {
  const api = await newApi();
  const { target: _, ...nobody } = billing;
  const create = 'POST /subscriptions';
  const cases: readonly (readonly [object, string, number?])[] = [
    [{ ...billing, more: 1 }, 'more'],
    [{ ...billing, batch_sise: 1 }, 'batch_sise'],
    [{ ...billing, target: { ...target, more: 1 } }, 'target.more'],
    [{ ...billing, target: { ...target, secret: 'x' } }, 'target.secret'],
    [{ topic: 'orders', target }, 'name'],
    [{ name: 'billing', target }, 'topic'],
    [nobody, 'target'],
    [{ ...billing, target: { type: 'lambda' } }, 'target.function'],
    [{ ...billing, target: {} }, 'target.type'],
    [{ ...billing, target: { type: 'kafka' } }, 'target.type'],
    [{ ...billing, target: null }, 'target', 400],
    [{ ...billing, batch_size: '7' }, 'batch_size', 400],
    [{ ...billing, batch_size: 1.5 }, 'batch_size', 400],
    [{ ...billing, max_records_per_second: '1' }, 'max_records_per_second', 400],
    [{ ...billing, bisect: 'yes' }, 'bisect', 400],
    [{ ...billing, starting_position: 'middle' }, 'starting_position', 400],
    [[billing], 'body', 400],
  ];
  for (const [body, field, status = 422] of cases) {
    await isRefused(api, create, body, { field, status });
  }
  const { json } = await api.ask(create, { body: { ...billing, target: { type: 'kafka' } } });
  expect(json.message).toBe('target.type: must be one of lambda, sqs, https');
  const rate = await api.ask(create, { body: { ...billing, max_records_per_second: '1' } });
  expect(rate.json.message).toBe('max_records_per_second: must be a number');
  const large = { ...billing, filter: { key: ['x'.repeat(controlBodyBytesMax)] } };
  expect((await api.ask(create, { body: large })).status).toBe(413);
  expect((await api.ask(create, { body: billing, type: 'text/plain' })).status).toBe(415);
  await holdsNothing(api);

  await api.ask(create, { body: billing });
  const own = 'subscriptions/billing';
  // What a subscription is cannot be changed.
  for (const field of ['name', 'topic', 'group', 'starting_position']) {
    await isRefused(api, `PATCH /${own}`, { [field]: 'latest' }, { field });
  }
  await isRefused(api, `PATCH /${own}`, { target: null }, { field: 'target', status: 400 });
  await isRefused(api, `POST /${own}/seek`, {}, { field: 'to' });
  await isRefused(
    api,
    `POST /${own}/seek`,
    { to: 'latest', partition: -1 },
    { field: 'partition', limit: 0 },
  );
  await isRefused(api, `POST /${own}/rotate-secret`, { secret: 'x' }, { field: 'secret' });
  const field = 'limit';
  const limit = redrivenPerRequestMax;
  await isRefused(api, `POST /${own}/redrive`, { limit: limit + 1 }, { field, limit });
  for (const [given, bound] of [
    [0, 1],
    [101, 100],
  ]) {
    const { status, json: said } = await api.ask(`GET /${own}/dead-letters?limit=${given}`, {
      accept,
    });
    expect([status, said.field, said.limit]).toEqual([422, field, bound]);
  }
});

test('names are such as topics and groups have', async () => {
  const api = await newApi();
  const { ask } = api;
  const create = 'POST /subscriptions';
  for (const name of ['', '.', '..', 'a/b', 'a b', 'ä', '\ud800']) {
    await isRefused(api, create, { ...billing, name }, { field: 'name' });
  }
  await isRefused(
    api,
    create,
    { ...billing, name: 'x'.repeat(250) },
    { field: 'name', limit: 249 },
  );
  for (const group of ['', '.', '..', 'x'.repeat(250)]) {
    await isRefused(api, create, { ...billing, group }, { field: 'group', limit: 249 });
  }
  await isRefused(api, create, { ...billing, group: '\ud800' }, { field: 'group' });
  await isRefused(
    api,
    create,
    { ...billing, topic: 'x'.repeat(250) },
    { field: 'topic', limit: 249 },
  );
  expect(await ask(create, { body: { ...billing, topic: 'none' } })).toMatchObject({
    status: 404,
    json: { error_code: 40401 },
  });
  await holdsNothing(api);

  const name = 'x'.repeat(249);
  expect((await ask(create, { body: { ...billing, name, group: 'ä b/c' } })).status).toBe(201);
  expect(await ask(create, { body: { ...billing, name } })).toMatchObject({
    status: 409,
    json: { error_code: 409, message: expect.stringMatching(/^name: /) },
  });
  expect(await ask(create, { body: { ...billing, group: 'ä b/c' } })).toMatchObject({
    status: 409,
    json: { error_code: 40903 },
  });
});

test('what is asked of no subscription is 404, whatever is asked', async () => {
  const { ask } = await newApi();
  const target = { type: 'https', url: 'https://hooks.example.com' };
  for (const name of ['none', 'a%2Fb', 'ä', 'x'.repeat(250)]) {
    const routes = [
      ['GET', ''],
      ['PATCH', '', { batch_size: 1 }],
      ['PATCH', '', { target }],
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['POST', '/seek', { to: 'latest' }],
      ['POST', '/rotate-secret'],
      ['POST', '/redrive'],
      ['GET', '/dead-letters'],
    ] as const;
    for (const [method, path, body] of routes) {
      const answer = await ask(`${method} /subscriptions/${name}${path}`, { body });
      expect([method, path, answer.status, answer.json.error_code]).toEqual([
        method,
        path,
        404,
        404,
      ]);
      expect(answer.json.message).toMatch(/^subscription: /);
      // A name that none can have is no store's business.
      const asksNobody = !answer.headers.get('server-timing')?.includes('desc');
      expect([name, path, asksNobody]).toEqual([name, path, name !== 'none']);
    }
  }
});
