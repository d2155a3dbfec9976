// Subscriptions, as who sets them up meets them: made, looked at, changed, stopped, moved, deleted.

import { expect, test } from 'vitest';
import { itemOfSubscription } from '../../shared/delivery/subscription-items.ts';
import { findSubscription } from '../../shared/engine/delivery/find-subscription.ts';
import { deliveryBytesMax } from '../../shared/trigger-limits.ts';
import { newApi } from './ask.ts';

const group = (name: string) => `/v3/clusters/sluice/consumer-groups/${name}`;
const target = { type: 'lambda', function: 'bill' };
const billing = { name: 'billing', topic: 'orders', target };

/** What nobody has set. */
const defaults = {
  batch_size: 100,
  batch_bytes: deliveryBytesMax,
  batch_window_ms: 0,
  filter: null,
  max_attempts: null,
  max_age_ms: null,
  retry_min_ms: 1_000,
  retry_max_ms: 60_000,
  bisect: true,
  dead_letter_topic: null,
  max_concurrency: null,
  max_records_per_second: null,
  timeout_ms: 30_000,
};

test('one that says little has the defaults, and begins at the end', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2, 3);
  const made = await ask('POST /subscriptions', { body: billing });
  const whole = { ...billing, group: 'billing', state: 'running', ...defaults };
  expect(made).toMatchObject({ status: 201 });
  expect(made.headers.get('content-type')).toBe('application/vnd.kafka.v2+json');
  expect(made.json).toEqual({ ...whole, created_at: expect.any(Number) });
  await store('orders', 4);
  expect((await ask('GET /subscriptions')).json).toEqual({
    subscriptions: [made.json],
    next: null,
  });
  const place = { lag_ms: 0, attempts: 0, last_error: null, retry_at: null };
  expect((await ask('GET /subscriptions/billing')).json).toEqual({
    ...made.json,
    partitions: [
      { ...place, partition: 0, committed_offset: 3, log_end_offset: 4, lag: 1, lag_ms: 5 },
      { ...place, partition: 1, committed_offset: 0, log_end_offset: 0, lag: 0 },
    ].map((one) => ({ ...one, lag_ms: expect.any(Number) })),
  });
});

test('it begins where it is told to, and goes on where its group was', async () => {
  const { ask, store, world } = await newApi();
  await store('orders', 1, 2);
  await world.time.run(world.time.sleep(10_000));
  const between = new Date(world.time.now() - 5_000).toISOString();
  await store('orders', 3);
  const begins = async (name: string, more: object) => {
    await ask('POST /subscriptions', { body: { ...billing, name, ...more } });
    const { json } = await ask(`GET /subscriptions/${name}`);
    return json.partitions[0].committed_offset;
  };
  expect(await begins('a', { starting_position: 'earliest' })).toBe(0);
  expect(await begins('b', { starting_position: 'latest' })).toBe(3);
  expect(await begins('c', { starting_position: { timestamp: between } })).toBe(2);
  expect(await begins('d', { starting_position: null, group: null })).toBe(3);

  const consumer = '/consumers/shop/instances/c1';
  await ask('POST /consumers/shop', { body: { name: 'c1' } });
  const place = { topic: 'orders', partition: 0 };
  await ask(`POST ${consumer}/assignments`, { body: { partitions: [place] } });
  await ask(`POST ${consumer}/offsets`, { body: { offsets: [{ ...place, offset: 0 }] } });
  const taken = { body: { ...billing, group: 'shop' } };
  expect(await ask('POST /subscriptions', taken)).toMatchObject({
    status: 409,
    json: { error_code: 409 },
  });
  await ask(`DELETE ${consumer}`);
  expect(await begins('billing', { group: 'shop' })).toBe(1);
});

test('paused and resumed, it keeps all that it is', async () => {
  const { ask } = await newApi();
  const { json: made } = await ask('POST /subscriptions', { body: billing });
  for (const [verb, state] of [
    ['pause', 'paused'],
    ['resume', 'running'],
  ]) {
    for (const _ of ['once', 'again']) {
      const { status, json } = await ask(`POST /subscriptions/billing/${verb}`);
      expect([status, json]).toEqual([200, { ...made, state }]);
    }
    expect((await ask('GET /subscriptions/billing')).json.state).toBe(state);
  }
});

test('it is sought in one partition or in all, by offset, time, beginning or end', async () => {
  const { ask, store, world } = await newApi();
  await store('orders', 1, 2, 3);
  await ask('POST /subscriptions', { body: { ...billing, starting_position: 'earliest' } });
  const seek = async (body: object) => {
    const { status, json } = await ask('POST /subscriptions/billing/seek', { body });
    return status === 200 ? json.offsets : [status, json.error_code];
  };
  const at = (...offsets: number[]) =>
    offsets.map((offset, partition) => ({ topic: 'orders', partition, offset }));
  expect(await seek({ to: 'latest' })).toEqual(at(3, 0));
  expect(await seek({ to: { offset: 1 }, partition: 0 })).toEqual(at(1));
  expect((await ask('GET /subscriptions/billing')).json.partitions).toMatchObject([
    { committed_offset: 1, lag: 2 },
    { committed_offset: 0, lag: 0 },
  ]);
  expect(await seek({ to: { offset: 99 } })).toEqual(at(3, 0));
  expect(await seek({ to: 'earliest', partition: null })).toEqual(at(0, 0));
  expect(await seek({ to: { timestamp: world.time.now() + 1_000 } })).toEqual(at(3, 0));
  expect(await seek({ to: 'latest', partition: 2 })).toEqual([404, 40402]);
  expect(await seek({ to: 'somewhere' })).toEqual([400, 40001]);
  expect(await seek({})).toEqual([422, 42206]);
});

test('deleted, it is gone with its group, and its name is free', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1);
  await ask('POST /subscriptions', { body: { ...billing, starting_position: 'earliest' } });
  expect((await ask(`GET ${group('billing')}`)).status).toBe(200);
  const { status, bytes } = await ask('DELETE /subscriptions/billing');
  expect([status, bytes.length]).toEqual([204, 0]);
  expect((await ask('GET /subscriptions')).json.subscriptions).toEqual([]);
  expect((await ask(`GET ${group('billing')}`)).status).toBe(404);
  for (const route of ['GET', 'DELETE']) {
    expect(await ask(`${route} /subscriptions/billing`)).toMatchObject({
      status: 404,
      json: { error_code: 404 },
    });
  }
  expect((await ask('POST /subscriptions', { body: billing })).status).toBe(201);
});

test('more than a reply holds are listed from a name on', async () => {
  const { ask, world } = await newApi();
  await ask('POST /subscriptions', { body: billing });
  const engine = world.newEngine();
  const call = world.call(engine);
  const first = await world.time.run(findSubscription(engine, call, 'billing'));
  if (first === undefined) throw new Error('it was made');
  const filter = JSON.stringify({ key: ['x'.repeat(4_000)] });
  const names = Array.from({ length: 700 }, (_, index) => `n${String(index).padStart(3, '0')}`);
  for (const name of names) {
    const one = { ...first, name, settings: { ...first.settings, filter } };
    await world.time.run(call.table.write({ put: itemOfSubscription(one) }));
  }
  const listed: string[] = [];
  let next: string | null = '';
  for (let pages = 0; next !== null; pages++) {
    const { json, bytes }: { json: Listed; bytes: Buffer } = await ask(
      `GET /subscriptions?after=${next}`,
    );
    expect(bytes.length).toBeLessThan(3_000_000);
    expect(pages).toBeLessThan(2);
    listed.push(...json.subscriptions.map(({ name }) => name));
    next = json.next;
  }
  expect(listed).toEqual(['billing', ...names]);
});

type Listed = { readonly subscriptions: readonly { name: string }[]; readonly next: string | null };
