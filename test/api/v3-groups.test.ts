// v3's consumer groups: which there are, who is in them, what these read; and deleting one.

import { expect, test } from 'vitest';
import { deleteInstance } from '../../shared/engine/group/instances.ts';
import { assignByHand } from '../../shared/engine/group/subscribe.ts';
import { groupNameLengthMax, sessionMillisDefault } from '../../shared/limits.ts';
import { consumer, polled } from '../world/group-story.ts';
import { type Asked, newApi } from './ask.ts';

const groups = '/v3/clusters/sluice/consumer-groups';
const url = `http://localhost${groups}`;
const topicsUrl = 'http://localhost/v3/clusters/sluice/topics';

/** An instance that has polled, and so reads all of orders. */
async function reader({ world }: Asked, group = 'shop', instance = 'one') {
  const one = await world.time.run(consumer(world, { group, instance }));
  await world.time.run(polled(world, one));
  return one;
}

async function refused({ ask }: Asked, route: string): Promise<readonly [number, number, string]> {
  const { status, json } = await ask(route);
  return [status, json.error_code, json.message];
}

test('a group as it is, and all of them by name', async () => {
  const api = await newApi();
  const { ask } = api;
  const none = { kind: 'KafkaConsumerGroupList', metadata: { self: url, next: null }, data: [] };
  expect((await ask(`GET ${groups}`)).json).toEqual(none);
  await reader(api);
  const { status, headers, json: group } = await ask(`GET ${groups}/shop`);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(group).toEqual({
    kind: 'KafkaConsumerGroup',
    metadata: {
      self: `${url}/shop`,
      resource_name: 'crn:///kafka=sluice/consumer-group=shop',
    },
    cluster_id: 'sluice',
    consumer_group_id: 'shop',
    is_simple: false,
    partition_assignor: 'cooperative-sticky',
    state: 'STABLE',
    type: 'CLASSIC',
    is_mixed_consumer_group: false,
    generation: 1,
    coordinator: { related: 'http://localhost/v3/clusters/sluice/brokers/0' },
    consumers: { related: `${url}/shop/consumers` },
    lag_summary: { related: `${url}/shop/lag-summary` },
  });
  await reader(api, 'audit');
  const { json: all } = await ask(`GET ${groups}`);
  expect(all).toEqual({ ...none, data: [(await ask(`GET ${groups}/audit`)).json, group] });
});

test('its state and its generation follow who is in it', async () => {
  const api = await newApi();
  const { ask, world } = api;
  const seen = async () => {
    const { json } = await ask(`GET ${groups}/shop`);
    return [json.state, json.generation, json.is_simple];
  };
  const hand = await world.time.run(
    consumer(world, { group: 'shop', instance: 'hand' }, { topics: [] }),
  );
  expect(await seen()).toEqual(['EMPTY', 0, true]);
  const one = await world.time.run(consumer(world, { group: 'shop', instance: 'one' }));
  expect(await seen()).toEqual(['PREPARING_REBALANCE', 1, false]);
  await world.time.run(polled(world, one));
  expect(await seen()).toEqual(['STABLE', 1, false]);
  for (const each of [one, hand]) {
    await world.time.run(deleteInstance(each.engine, world.call(each.engine), each));
  }
  expect(await seen()).toEqual(['EMPTY', 2, false]);
});

test('who is in it, and what each reads', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await reader(api);
  const self = `${url}/shop/consumers/one`;
  const name = 'crn:///kafka=sluice/consumer-group=shop/consumer=one';
  const one = {
    kind: 'KafkaConsumer',
    metadata: { self, resource_name: name },
    cluster_id: 'sluice',
    consumer_group_id: 'shop',
    consumer_id: 'one',
    instance_id: null,
    client_id: 'one',
    assignments: { related: `${self}/assignments` },
  };
  expect((await ask(`GET ${groups}/shop/consumers/one`)).json).toEqual(one);
  expect((await ask(`GET ${groups}/shop/consumers`)).json).toEqual({
    kind: 'KafkaConsumerList',
    metadata: { self: `${url}/shop/consumers`, next: null },
    data: [one],
  });
  const { json: assignments } = await ask(`GET ${groups}/shop/consumers/one/assignments`);
  const assignment = (partition: number) => ({
    kind: 'KafkaConsumerAssignment',
    metadata: {
      self: `${self}/assignments/orders/partitions/${partition}`,
      resource_name: `${name}/assignment=orders/partition=${partition}`,
    },
    cluster_id: 'sluice',
    consumer_group_id: 'shop',
    consumer_id: 'one',
    topic_name: 'orders',
    partition_id: partition,
    partition: { related: `${topicsUrl}/orders/partitions/${partition}` },
    lag: { related: `${url}/shop/lags/orders/partitions/${partition}` },
  });
  expect(assignments).toEqual({
    kind: 'KafkaConsumerAssignmentList',
    metadata: { self: `${self}/assignments`, next: null },
    data: [assignment(0), assignment(1)],
  });
  const path = `${groups}/shop/consumers/one/assignments/orders/partitions/1`;
  expect((await ask(`GET ${path}`)).json).toEqual(assignment(1));

  const hand = await world.time.run(
    consumer(world, { group: 'shop', instance: 'hand' }, { topics: [] }),
  );
  const place = { topic: 'orders', partition: 1 };
  await world.time.run(assignByHand(hand.engine, world.call(hand.engine), hand, [place]));
  const { json: byHand } = await ask(`GET ${groups}/shop/consumers/hand/assignments`);
  expect(byHand.data).toMatchObject([{ consumer_id: 'hand', partition_id: 1 }]);
});

test('names that a path cannot hold are said in links as a path holds them', async () => {
  const api = await newApi();
  await reader(api, 'a/b c', 'ü#1');
  const { json } = await api.ask(`GET ${groups}/a%2Fb%20c/consumers`);
  expect(json.data).toMatchObject([
    {
      consumer_group_id: 'a/b c',
      consumer_id: 'ü#1',
      metadata: {
        self: `${url}/a%2Fb%20c/consumers/%C3%BC%231`,
        resource_name: 'crn:///kafka=sluice/consumer-group=a%2Fb%20c/consumer=%C3%BC%231',
      },
    },
  ]);
  const { pathname } = new URL(json.data[0].assignments.related);
  expect((await api.ask(`GET ${pathname}`)).json.data).toHaveLength(2);
});

test('what is not there is 404', async () => {
  const api = await newApi();
  await reader(api);
  const one = `${groups}/shop/consumers/one`;
  const refusals = [
    [`GET ${groups}/none`, 404, /^consumer_group_id: there is no such group/],
    [`DELETE ${groups}/none`, 404, /^consumer_group_id: /],
    [`GET ${groups}/none/consumers`, 404, /^consumer_group_id: /],
    [`GET ${groups}/none/consumers/one`, 404, /^consumer_group_id: /],
    [`GET ${groups}/none/consumers/one/assignments`, 404, /^consumer_group_id: /],
    [`GET ${groups}/shop/consumers/two`, 404, /^consumer_id: /],
    [`GET ${groups}/shop/consumers/two/assignments`, 404, /^consumer_id: /],
    [`GET ${one}/assignments/orders/partitions/2`, 404, /^partition_id: orders-2 is not/],
    [`GET ${one}/assignments/audit/partitions/0`, 404, /^partition_id: audit-0 is not/],
    [`GET ${one}/assignments/a%20b/partitions/0`, 40401, /^topic_name: /],
    [`GET ${one}/assignments/orders/partitions/1000`, 40402, /^partition_id: /],
    [`GET ${one}/assignments/orders/partitions/x`, 404, /HTTP 404/],
    [`GET ${one}/assignments/orders`, 404, /HTTP 404/],
    ['GET /v3/clusters/c2/consumer-groups', 404, /^cluster_id: /],
    ['GET /v3/clusters/c2/consumer-groups/shop', 404, /^cluster_id: /],
    ['DELETE /v3/clusters/c2/consumer-groups/shop', 404, /^cluster_id: /],
    ['GET /v3/clusters/c2/consumer-groups/shop/consumers', 404, /^cluster_id: /],
    ['GET /v3/clusters/c2/consumer-groups/shop/consumers/one', 404, /^cluster_id: /],
    ['GET /v3/clusters/c2/consumer-groups/shop/consumers/one/assignments', 404, /^cluster_id: /],
  ] as const;
  for (const [route, code, says] of refusals) {
    const [status, errorCode, message] = await refused(api, route);
    expect([route, status, errorCode]).toEqual([route, 404, code]);
    expect([route, message]).toEqual([route, expect.stringMatching(says)]);
  }
});

test('a name that none can have is looked for nowhere', async () => {
  const { ask } = await newApi();
  const { status, headers } = await ask(`GET ${groups}/${'x'.repeat(groupNameLengthMax + 1)}`);
  expect([status, headers.get('server-timing')]).toEqual([404, 'total;dur=0']);
});

test('other methods and other types are refused', async () => {
  const api = await newApi();
  await reader(api);
  const { status, headers } = await api.ask(`POST ${groups}/shop`);
  expect([status, headers.get('allow')]).toEqual([405, 'GET, DELETE, HEAD, OPTIONS']);
  for (const path of ['', '/shop', '/shop/consumers', '/shop/consumers/one', '/shop/lags']) {
    const refusal = await api.ask(`GET ${groups}${path}`, { accept: 'text/html' });
    expect([path, refusal.status]).toEqual([path, 406]);
  }
});

test('a group is deleted once nobody is in it', async () => {
  const api = await newApi();
  const { ask, world } = api;
  await reader(api);
  const refusal = await refused(api, `DELETE ${groups}/shop`);
  expect(refusal).toEqual([
    409,
    409,
    expect.stringMatching(/^consumer_group_id: somebody is in it/),
  ]);
  await world.time.run(world.time.sleep(sessionMillisDefault + 1));
  expect((await ask(`GET ${groups}/shop/consumers`)).json.data).toEqual([]);
  const { status, bytes } = await ask(`DELETE ${groups}/shop`);
  expect([status, bytes.length]).toEqual([204, 0]);
  expect((await ask(`GET ${groups}`)).json.data).toEqual([]);
  for (const method of ['GET', 'DELETE']) {
    expect((await refused(api, `${method} ${groups}/shop`))[0]).toBe(404);
  }
});
