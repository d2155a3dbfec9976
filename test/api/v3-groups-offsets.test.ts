// How far behind v3's consumer groups are, and moving their offsets.

import { expect, test } from 'vitest';
import { deleteInstance } from '../../shared/engine/group/instances.ts';
import { assignByHand } from '../../shared/engine/group/subscribe.ts';
import { type Consumer, consumer, polled } from '../world/group-story.ts';
import { type Asked, newApi } from './ask.ts';

const groups = '/v3/clusters/sluice/consumer-groups';
const url = `http://localhost${groups}`;
const topicsUrl = 'http://localhost/v3/clusters/sluice/topics';

/** Somebody who has committed the end of orders as it was. */
async function reader({ world }: Asked, instance = 'one'): Promise<Consumer> {
  const one = await world.time.run(consumer(world, { group: 'shop', instance }));
  for (const _ of ['read', 'commit']) await world.time.run(polled(world, one));
  return one;
}

async function leave({ world }: Asked, { engine, ...name }: Consumer): Promise<void> {
  await world.time.run(deleteInstance(engine, world.call(engine), name));
}

/** A record a second in partition 0, the first of them at the start. */
async function produce({ ask, world }: Asked, count: number): Promise<number> {
  const start = world.time.now();
  const records = Array.from({ length: count }, (_, at) => {
    return { value: null, timestamp: start + 1_000 * at };
  });
  for (const record of records) {
    await ask('POST /topics/orders/partitions/0', { body: { records: [record] } });
  }
  return start;
}

test('each lag in records and in milliseconds, the greatest first; and in sum', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await reader(api);
  const start = await produce(api, 3);
  await world.time.run(world.time.sleep(60_000));
  const lag = (partition: number, behind: number, millis: unknown) => ({
    kind: 'KafkaConsumerLag',
    metadata: {
      self: `${url}/shop/lags/orders/partitions/${partition}`,
      resource_name: `crn:///kafka=sluice/consumer-group=shop/lag=orders/partition=${partition}`,
    },
    cluster_id: 'sluice',
    consumer_group_id: 'shop',
    topic_name: 'orders',
    partition_id: partition,
    current_offset: 0,
    current_metadata: '',
    log_end_offset: behind,
    lag: behind,
    lag_ms: millis,
    consumer_id: 'one',
    instance_id: null,
    client_id: 'one',
  });
  const { json: first } = await ask(`GET ${groups}/shop/lags/orders/partitions/0`);
  expect(first).toEqual(lag(0, 3, world.time.now() - start));
  expect(first.lag_ms).toBeGreaterThanOrEqual(60_000);
  const { json: all } = await ask(`GET ${groups}/shop/lags`);
  expect(all).toEqual({
    kind: 'KafkaConsumerLagList',
    metadata: { self: `${url}/shop/lags`, next: null },
    data: [lag(0, 3, expect.any(Number)), lag(1, 0, 0)],
  });
  const { json: summary } = await ask(`GET ${groups}/shop/lag-summary`);
  expect(summary).toEqual({
    kind: 'KafkaConsumerGroupLagSummary',
    metadata: {
      self: `${url}/shop/lag-summary`,
      resource_name: 'crn:///kafka=sluice/consumer-group=shop/lag-summary',
    },
    cluster_id: 'sluice',
    consumer_group_id: 'shop',
    max_lag_consumer_id: 'one',
    max_lag_instance_id: null,
    max_lag_client_id: 'one',
    max_lag_topic_name: 'orders',
    max_lag_partition_id: 0,
    max_lag: 3,
    max_lag_ms: expect.any(Number),
    total_lag: 3,
    max_lag_consumer: { related: `${url}/shop/consumers/one` },
    max_lag_partition: { related: `${topicsUrl}/orders/partitions/0` },
  });
  expect(summary.max_lag_ms).toBeGreaterThan(first.lag_ms);
});

test('the longest wait need not be where the most records are', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await reader(api);
  await produce(api, 1);
  await world.time.run(world.time.sleep(60_000));
  const body = { records: [{ value: null }, { value: null }] };
  await ask('POST /topics/orders/partitions/1', { body });
  const { json: all } = await ask(`GET ${groups}/shop/lags`);
  expect(all.data).toMatchObject([
    { partition_id: 1, lag: 2 },
    { partition_id: 0, lag: 1 },
  ]);
  expect(all.data[0].lag_ms).toBeLessThan(60_000);
  const { json: summary } = await ask(`GET ${groups}/shop/lag-summary`);
  expect(summary).toMatchObject({ max_lag: 2, max_lag_partition_id: 1, total_lag: 3 });
  expect(summary.max_lag_ms).toBeGreaterThanOrEqual(60_000);
});

test('what nobody has is nobody’s lag; what is had by hand is his', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await leave(api, await reader(api));
  const summary = async () => (await ask(`GET ${groups}/shop/lag-summary`)).json;
  const nobody = { max_lag_consumer_id: '', max_lag_client_id: '', max_lag_instance_id: null };
  expect(await summary()).toMatchObject({ ...nobody, max_lag: 0, max_lag_ms: 0 });
  const { related } = (await summary()).max_lag_consumer;
  expect((await ask(`GET ${new URL(related).pathname}`)).status).toBe(200);
  const hand = await world.time.run(
    consumer(world, { group: 'shop', instance: 'hand' }, { topics: [] }),
  );
  const place = { topic: 'orders', partition: 0 };
  await world.time.run(assignByHand(hand.engine, world.call(hand.engine), hand, [place]));
  const { json: all } = await ask(`GET ${groups}/shop/lags`);
  expect(all.data).toMatchObject([{ consumer_id: 'hand' }, { consumer_id: '' }]);
  await reader(api);
  const { json: shared } = await ask(`GET ${groups}/shop/lags`);
  expect(shared.data).toMatchObject([{ consumer_id: 'one' }, { consumer_id: 'one' }]);
});

test('of what nothing is committed of there is no lag', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await world.time.run(consumer(world, { group: 'shop', instance: 'one' }));
  expect((await ask(`GET ${groups}/shop/lags`)).json.data).toEqual([]);
  const refusals = [
    ['/shop/lag-summary', 404, /^nothing is committed by this group/],
    ['/shop/lags/orders/partitions/0', 404, /^nothing is committed of orders-0/],
    ['/shop/lags/audit/partitions/0', 404, /^nothing is committed of audit-0/],
    ['/shop/lags/a%20b/partitions/0', 40401, /^topic_name: /],
    ['/shop/lags/orders/partitions/1000', 40402, /^partition_id: /],
    ['/none/lags', 404, /^consumer_group_id: /],
    ['/none/lags/orders/partitions/0', 404, /^consumer_group_id: /],
    ['/none/lag-summary', 404, /^consumer_group_id: /],
  ] as const;
  for (const [path, code, says] of refusals) {
    const { status, json } = await ask(`GET ${groups}${path}`);
    expect([path, status, json.error_code]).toEqual([path, 404, code]);
    expect([path, json.message]).toEqual([path, expect.stringMatching(says)]);
  }
  for (const path of ['lags', 'lags/orders/partitions/0', 'lag-summary']) {
    const { status } = await ask(`GET ${groups.replace('sluice', 'c2')}/shop/${path}`);
    expect([path, status]).toEqual([path, 404]);
  }
});

test('offsets are moved to the beginning, the end, an offset or a time', async () => {
  const api = await newApi();
  const { ask } = api;
  const start = await produce(api, 5);
  await leave(api, await reader(api));
  const reset = (body: unknown) => ask(`POST ${groups}/shop/offsets:reset`, { body });
  const goals = [
    ['earliest', 0],
    ['latest', 5],
    [{ offset: 3 }, 3],
    [{ offset: 99 }, 5],
    [{ timestamp: start + 1_500 }, 2],
    [{ timestamp: new Date(start + 4_000).toISOString() }, 4],
    [{ timestamp: '1969-12-31T23:00:00+01:00' }, 0],
    [{ timestamp: new Date(start + 99_000).toISOString().replace('Z', '+00:00') }, 5],
  ] as const;
  for (const [to, offset] of goals) {
    const { status, json } = await reset({ to });
    expect([to, status, json]).toEqual([
      to,
      200,
      {
        kind: 'KafkaConsumerGroupOffsetList',
        metadata: { self: `${url}/shop/offsets`, next: null },
        data: [
          { topic_name: 'orders', partition_id: 0, offset },
          { topic_name: 'orders', partition_id: 1, offset: 0 },
        ],
      },
    ]);
    const lag = await ask(`GET ${groups}/shop/lags/orders/partitions/0`);
    expect([to, lag.json.current_offset]).toEqual([to, offset]);
  }
  const { json: one } = await reset({ topic_name: 'orders', partition_id: 0, to: 'earliest' });
  expect(one.data).toEqual([{ topic_name: 'orders', partition_id: 0, offset: 0 }]);
  const { json: whole } = await reset({ topic_name: 'orders', partition_id: null, to: 'latest' });
  expect(whole.data).toMatchObject([{ offset: 5 }, { offset: 0 }]);
});

test('a reset that says nothing sound is refused', async () => {
  const api = await newApi();
  const { ask } = api;
  await leave(api, await reader(api));
  const to = 'earliest';
  const refusals = [
    [{}, 400, 40002, /^to: /],
    [[], 400, 40002, /^body: must be an object/],
    ['{', 400, 40002, /JSON/],
    [{ to: 'first' }, 400, 40002, /^to: /],
    [{ to: { offset: -1 } }, 400, 40002, /^to\.offset: must be at least 0/],
    [{ to: { offset: 1.5 } }, 400, 40002, /^to/],
    [{ to: { offset: 1, timestamp: 1 } }, 400, 40002, /^to/],
    [{ to: { timestamp: 'yesterday' } }, 400, 40002, /^to\.timestamp: /],
    [{ to: { timestamp: -1 } }, 400, 40002, /^to\.timestamp: must be at least 0/],
    [{ to, partition_id: 0 }, 400, 40002, /^partition_id: needs topic_name/],
    [{ to, topic_name: 'orders', partition_id: -1 }, 400, 40002, /^partition_id: must be at/],
    [{ to, topic_name: 7 }, 400, 40002, /^topic_name: must be a string/],
    [{ to, topics: [] }, 400, 40002, /^topics: is unknown/],
    [{ to, topic_name: 'audit' }, 404, 40401, /^topic_name: |audit/],
    [{ to, topic_name: 'orders', partition_id: 2 }, 404, 40402, /^partition_id: /],
  ] as const;
  for (const [body, status, code, says] of refusals) {
    const { status: is, json } = await ask(`POST ${groups}/shop/offsets:reset`, { body });
    expect([body, is, json.error_code]).toEqual([body, status, code]);
    expect([body, json.message]).toEqual([body, expect.stringMatching(says)]);
  }
  const typed = { type: 'text/csv', body: { to } };
  expect((await ask(`POST ${groups}/shop/offsets:reset`, typed)).status).toBe(415);
  expect((await ask(`POST ${groups}/none/offsets:reset`, { body: { to } })).status).toBe(404);
  const elsewhere = groups.replace('sluice', 'c2');
  expect((await ask(`POST ${elsewhere}/shop/offsets:reset`, { body: { to } })).status).toBe(404);
  const { status: got, headers } = await ask(`GET ${groups}/shop/offsets:reset`);
  expect([got, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
});

test('and so is one while somebody is in the group', async () => {
  const api = await newApi();
  const { ask } = api;
  const one = await reader(api);
  const reset = () => ask(`POST ${groups}/shop/offsets:reset`, { body: { to: 'latest' } });
  const { status, json } = await reset();
  expect([status, json.error_code]).toEqual([409, 409]);
  expect(json.message).toMatch(/^consumer_group_id: somebody is in it/);
  await leave(api, one);
  expect((await reset()).status).toBe(200);
});
