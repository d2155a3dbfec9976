// v2's metadata: brokers, topics, partitions, offsets.

import { expect, test } from 'vitest';
import { newApi } from './ask.ts';

test('one broker', async () => {
  const { ask } = await newApi();
  expect((await ask('GET /brokers')).json).toEqual({ brokers: [0] });
});

test('topics by name', async () => {
  const { ask, world } = await newApi();
  await world.time.run(world.createTopic({ name: 'alarms' }));
  expect((await ask('GET /topics')).json).toEqual(['alarms', 'orders']);
});

test('a topic, its settings and its partitions', async () => {
  const { ask } = await newApi();
  const { json } = await ask('GET /topics/orders');
  const partition = (number: number) => ({
    partition: number,
    leader: 0,
    replicas: [{ broker: 0, leader: true, in_sync: true }],
  });
  expect(json).toMatchObject({ name: 'orders', partitions: [partition(0), partition(1)] });
  expect(json.configs).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '604800000' });
  expect((await ask('GET /topics/orders/partitions')).json).toEqual(json.partitions);
  expect((await ask('GET /topics/orders/partitions/1')).json).toEqual(partition(1));
});

test('where a partition begins and ends', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2, 3);
  const { json } = await ask('GET /topics/orders/partitions/0/offsets');
  expect(json).toEqual({ beginning_offset: 0, end_offset: 3 });
});

test('what there is not', async () => {
  const { ask } = await newApi();
  const routes = {
    '/topics/none': 40403,
    '/topics/none/partitions': 40401,
    '/topics/none/partitions/0': 40401,
    '/topics/none/partitions/0/offsets': 40401,
    '/topics/none/partitions/0/records': 40401,
    '/topics/orders/partitions/2': 40402,
    '/topics/orders/partitions/99999999999999999999': 40402,
    '/topics/orders/partitions/2/offsets': 40402,
    '/topics/orders/partitions/2/records': 40402,
    '/topics/orders/partitions/x': 404,
    '/topics/orders/partitions/x/offsets': 404,
    '/topics/orders/partitions/-1/records': 404,
  };
  for (const [path, code] of Object.entries(routes)) {
    const { status, json } = await ask(`GET ${path}`);
    expect([path, status, json.error_code]).toEqual([path, 404, code]);
  }
});
