// v3's clusters, topics, partitions and settings.

import { expect, test } from 'vitest';
import { newApi } from './ask.ts';

const topics = '/v3/clusters/sluice/topics';
const url = 'http://localhost/v3/clusters/sluice';

test('one cluster with one broker', async () => {
  const { ask } = await newApi();
  const cluster = (await ask('GET /v3/clusters/sluice')).json;
  expect(cluster).toMatchObject({
    kind: 'KafkaCluster',
    metadata: { self: url, resource_name: 'crn:///kafka=sluice' },
    cluster_id: 'sluice',
    controller: { related: `${url}/brokers/0` },
    topics: { related: `${url}/topics` },
  });
  expect((await ask('GET /v3/clusters')).json).toEqual({
    kind: 'KafkaClusterList',
    metadata: { self: 'http://localhost/v3/clusters', next: null },
    data: [cluster],
  });
  const broker = (await ask('GET /v3/clusters/sluice/brokers/0')).json;
  expect(broker).toMatchObject({ kind: 'KafkaBroker', broker_id: 0, host: 'localhost', port: 80 });
  expect((await ask('GET /v3/clusters/sluice/brokers')).json.data).toEqual([broker]);
  for (const path of [
    '/v3/clusters/c2',
    '/v3/clusters/c2/topics',
    '/v3/clusters/sluice/brokers/1',
  ]) {
    const { status, json } = await ask(`GET ${path}`);
    expect([path, status, json.error_code]).toEqual([path, 404, 404]);
  }
});

test('a topic is made, described, grown and deleted', async () => {
  const { ask } = await newApi();
  const body = {
    topic_name: 'logs',
    partitions_count: 3,
    replication_factor: 3,
    configs: [{ name: 'retention.ms', value: '1000' }],
  };
  const made = await ask(`POST ${topics}`, { body });
  expect(made.status).toBe(201);
  expect(made.json).toEqual({
    kind: 'KafkaTopic',
    metadata: { self: `${url}/topics/logs`, resource_name: 'crn:///kafka=sluice/topic=logs' },
    cluster_id: 'sluice',
    topic_name: 'logs',
    is_internal: false,
    replication_factor: 1,
    partitions_count: 3,
    partitions: { related: `${url}/topics/logs/partitions` },
    configs: { related: `${url}/topics/logs/configs` },
    partition_reassignments: { related: `${url}/topics/logs/partitions/-/reassignment` },
    authorized_operations: [],
  });
  expect((await ask(`GET ${topics}/logs`)).json).toEqual(made.json);
  const { json: list } = await ask(`GET ${topics}`);
  expect(list).toMatchObject({
    kind: 'KafkaTopicList',
    data: [made.json, { topic_name: 'orders' }],
  });

  const grown = await ask(`PATCH ${topics}/logs`, { body: { partitions_count: 5 } });
  expect([grown.status, grown.json.partitions_count]).toEqual([200, 5]);
  const shrunk = await ask(`PATCH ${topics}/logs`, { body: { partitions_count: 4 } });
  expect([shrunk.status, shrunk.json.error_code]).toEqual([400, 40002]);
  expect(shrunk.json.message).toMatch(/^partitions_count: 4 must be above the 5/);

  expect((await ask(`DELETE ${topics}/logs`)).status).toBe(204);
  for (const method of ['GET', 'DELETE']) {
    const { status, json } = await ask(`${method} ${topics}/logs`);
    expect([status, json.error_code]).toEqual([404, 40401]);
  }
});

test('validate_only makes nothing', async () => {
  const { ask } = await newApi();
  const body = { topic_name: 'logs', validate_only: true };
  expect((await ask(`POST ${topics}`, { body })).status).toBe(200);
  expect((await ask(`GET ${topics}/logs`)).status).toBe(404);
});

test('topics that cannot be made', async () => {
  const { ask } = await newApi();
  const named = (name: unknown, more = {}) => ({ topic_name: name, ...more });
  const configs = (...list: unknown[]) => named('a', { configs: list });
  const week = { name: 'retention.ms', value: '604800000' };
  const refusals = [
    [named('orders'), /orders exists/],
    [named('..'), /^topic_name: /],
    [named('a/b'), /^topic_name: /],
    [named('a'.repeat(250)), /^topic_name: .*249/],
    [named(7), /^topic_name: must be a string/],
    [{}, /^topic_name: is required/],
    [[], /^body: must be an object/],
    ['{', /JSON/],
    [named('a', { partitions_count: 0 }), /^partitions_count: .*1000/],
    [named('a', { partitions_count: 1_001 }), /^partitions_count: .*1000/],
    [named('a', { partitions_count: '3' }), /^partitions_count: must be an integer/],
    [named('a', { retention: 1 }), /^retention: is unknown/],
    ['{"topic_name":"a","__proto__":{}}', /^__proto__: is unknown/],
    [configs(week, { name: 'no.such', value: '1' }), /^configs\[1\]\.name: .*no\.such/],
    [configs({ name: '__proto__', value: '1' }), /^configs\[0\]\.name: .*__proto__/],
    [configs({ ...week, value: 'x' }), /^configs\[0\]\.value: .*retention\.ms: must be an integer/],
    [configs(week, { ...week, value: 'x' }), /^configs\[1\]\.value: /],
    [configs({ name: 'retention.ms' }), /^configs\[0\]\.value: is required/],
    [configs(...Array(1_000).fill(1)), /^configs: must be at most \d+ long/],
  ] as const;
  for (const [body, says] of refusals) {
    const { status, json } = await ask(`POST ${topics}`, { body });
    expect([body, status, json.error_code]).toEqual([body, 400, 40002]);
    expect(json.message).toMatch(says);
  }
  const large = { topic_name: 'a', configs: 'x'.repeat(300_000) };
  expect((await ask(`POST ${topics}`, { body: large })).status).toBe(413);
  expect((await ask(`POST ${topics}`, { type: 'text/csv', body: named('a') })).status).toBe(415);
  expect((await ask('GET /topics')).json).toEqual(['orders']);
});

test('partitions and their offsets', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2);
  const { json: list } = await ask(`GET ${topics}/orders/partitions`);
  expect(list).toMatchObject({ kind: 'KafkaPartitionList', data: [{ partition_id: 0 }, {}] });
  const self = `${url}/topics/orders/partitions/1`;
  expect((await ask(`GET ${topics}/orders/partitions/1`)).json).toEqual({
    kind: 'KafkaPartition',
    metadata: { self, resource_name: 'crn:///kafka=sluice/topic=orders/partition=1' },
    cluster_id: 'sluice',
    topic_name: 'orders',
    partition_id: 1,
    leader: { related: `${self}/replicas/0` },
    replicas: { related: `${self}/replicas` },
    reassignment: { related: `${self}/reassignment` },
  });
  const { json: offsets } = await ask(`GET ${topics}/orders/partitions/0/offset`);
  expect(offsets).toMatchObject({ earliest_offset: 0, latest_offset: 2, partition_id: 0 });
  for (const path of ['2', '2/offset', '1000']) {
    const { json: error } = await ask(`GET ${topics}/orders/partitions/${path}`);
    expect(error.error_code).toBe(40402);
    expect(error.message).toMatch(/^partition_id: /);
  }
});

test('a setting is changed, and put back', async () => {
  const { ask } = await newApi();
  const path = `${topics}/orders/configs/retention.ms`;
  expect((await ask(`PUT ${path}`, { body: { value: '5' } })).status).toBe(204);
  expect((await ask(`GET ${path}`)).json).toEqual({
    kind: 'KafkaTopicConfig',
    metadata: {
      self: `${url}/topics/orders/configs/retention.ms`,
      resource_name: 'crn:///kafka=sluice/topic=orders/config=retention.ms',
    },
    cluster_id: 'sluice',
    topic_name: 'orders',
    name: 'retention.ms',
    value: '5',
    is_default: false,
    is_read_only: false,
    is_sensitive: false,
    source: 'DYNAMIC_TOPIC_CONFIG',
    synonyms: [
      { name: 'retention.ms', value: '5', source: 'DYNAMIC_TOPIC_CONFIG' },
      { name: 'retention.ms', value: '604800000', source: 'DEFAULT_CONFIG' },
    ],
  });
  expect((await ask(`DELETE ${path}`)).status).toBe(204);
  expect((await ask(`GET ${path}`)).json).toMatchObject({
    value: '604800000',
    is_default: true,
    source: 'DEFAULT_CONFIG',
  });
  const bad = await ask(`PUT ${path}`, { body: { value: '-2' } });
  expect([bad.status, bad.json.error_code]).toEqual([400, 40002]);
  expect(bad.json.message).toMatch(/^value: .*retention\.ms: must be an integer/);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const question = method === 'PUT' ? { body: { value: '1' } } : {};
    const { status } = await ask(`${method} ${topics}/orders/configs/no.such`, question);
    expect([method, status]).toEqual([method, 404]);
  }
});

test('several settings are altered at once, all or none', async () => {
  const { ask } = await newApi();
  const alter = (data: unknown, more = {}) =>
    ask(`POST ${topics}/orders/configs:alter`, { body: { data, ...more } });
  const settingOf = async (name: string) =>
    (await ask(`GET ${topics}/orders/configs/${name}`)).json.value;
  await alter([{ name: 'retention.ms', value: '5' }]);
  const both = [
    { name: 'retention.ms', operation: 'DELETE' },
    { name: 'retention.bytes', value: '9' },
  ];
  expect((await alter(both, { validate_only: true })).status).toBe(204);
  expect(await settingOf('retention.ms')).toBe('5');
  const bad = await alter([...both, { name: 'max.message.bytes', value: 'x' }]);
  expect([bad.status, await settingOf('retention.ms')]).toEqual([400, '5']);
  expect(bad.json.message).toMatch(/^data\[2\]\.value: .*max\.message\.bytes: must be/);
  const { json: unknown } = await alter([...both, { name: 'no.such', value: '1' }]);
  expect(unknown.message).toMatch(/^data\[2\]\.name: .*no\.such/);
  expect((await alter(both)).status).toBe(204);
  expect(await settingOf('retention.ms')).toBe('604800000');
  expect(await settingOf('retention.bytes')).toBe('9');
  for (const data of [
    [],
    [{ name: 'retention.ms' }],
    [{ ...both[0], value: '1' }],
    [{ value: '1' }],
  ]) {
    const { status, json } = await alter(data);
    expect([data, status, json.error_code]).toEqual([data, 400, 40002]);
  }
});

test('the settings of one topic, and of all', async () => {
  const { ask, world } = await newApi();
  await world.time.run(world.createTopic({ name: 'alarms' }));
  const { json: own } = await ask(`GET ${topics}/orders/configs`);
  expect(own.metadata.self).toBe(`${url}/topics/orders/configs`);
  const { json: all } = await ask(`GET ${topics}/-/configs`);
  expect(all.data).toHaveLength(2 * own.data.length);
  expect(all.data).toEqual(expect.arrayContaining(own.data));
});
