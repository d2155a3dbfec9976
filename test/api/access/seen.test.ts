// What a caller may not know of is in no list, in no answer and in no refusal; and a pattern finds
// none of it.

import { expect, test } from 'vitest';
import { aclOf, me } from '../../access/naive-acls.ts';
import { newConsumer } from '../consumer.ts';
import { auditRecords, auditTopic, emptyGroup, letters, records, subscription } from './given.ts';
import { admin, newWalk, type Row, type Walk } from './walk.ts';

const cluster = '/v3/clusters/sluice';

async function newStory(...given: NonNullable<Row['given']>): Promise<Walk> {
  return newWalk({ route: 'GET /topics', needs: [], given });
}

/** @param field of each item; undefined: the items themselves. */
async function listed({ askAs }: Walk, path: string, at: string, field?: string) {
  const { status, json } = await askAs(me, `GET ${path}`);
  expect([path, status]).toEqual([path, 200]);
  const list: unknown[] = at === '' ? json : json[at];
  const names = list.map((item) => (field === undefined ? item : (item as never)[field]));
  return [...new Set(names)];
}

test('lists of topics show those that may be described', async () => {
  const walk = await newStory(auditTopic);
  const seen = async () => [
    await listed(walk, '/topics', ''),
    await listed(walk, `${cluster}/topics`, 'data', 'topic_name'),
    await listed(walk, `${cluster}/topics/-/configs`, 'data', 'topic_name'),
  ];
  expect(await seen()).toEqual([[], [], []]);
  walk.bind(aclOf(['READ', 'TOPIC', 'aud'], { pattern: 'PREFIXED' }));
  expect(await seen()).toEqual([['audit'], ['audit'], []]);
  walk.bind(aclOf(['ALTER_CONFIGS', 'TOPIC', 'orders']));
  expect(await seen()).toEqual([[], [], ['orders']]);
  walk.bind(
    aclOf(['ALL', 'TOPIC', '*']),
    aclOf(['DESCRIBE', 'TOPIC', 'orders'], { permission: 'DENY', principal: 'User:*' }),
  );
  expect(await seen()).toEqual([['audit'], ['audit'], ['audit', 'orders']]);
});

test('a topic shows its settings to those who may describe them', async () => {
  const walk = await newStory();
  const shown = async () => (await walk.askAs(me, 'GET /topics/orders')).json.configs;
  walk.bind(aclOf(['DESCRIBE', 'TOPIC', 'orders']));
  expect(await shown()).toEqual({});
  walk.bind(aclOf(['DESCRIBE', 'TOPIC', 'orders']), aclOf(['DESCRIBE_CONFIGS', 'TOPIC', 'orders']));
  expect(await shown()).toMatchObject({ 'cleanup.policy': 'delete' });
});

test('lists of groups and subscriptions show those whose group may be described', async () => {
  const walk = await newStory(records, emptyGroup, letters, subscription);
  const seen = async () => [
    await listed(walk, `${cluster}/consumer-groups`, 'data', 'consumer_group_id'),
    await listed(walk, '/subscriptions', 'subscriptions', 'name'),
  ];
  expect(await seen()).toEqual([[], []]);
  walk.bind(aclOf(['READ', 'GROUP', 'shop']));
  expect(await seen()).toEqual([['shop'], []]);
  walk.bind(aclOf(['ALTER', 'GROUP', 'bills']));
  expect(await seen()).toEqual([['bills'], ['billing']]);
  // Not the subscription's own name.
  walk.bind(aclOf(['ALL', 'GROUP', 'billing']), aclOf(['ALL', 'TOPIC', '*']));
  expect(await seen()).toEqual([[], []]);
});

/** Who subscribes to all topics by a pattern, for one who may read some. */
async function newPatternReader(walk: Walk, settings: object = {}) {
  const ask: Walk['ask'] = (route, question) => walk.askAs(me, route, question);
  const wanted = { name: 'mine', format: 'json', 'auto.offset.reset': 'earliest', ...settings };
  const reader = await newConsumer({ ...walk, ask }, wanted, 'shop');
  await reader.subscribe({ topic_pattern: '.*' });
  return reader;
}

const group = aclOf(['READ', 'GROUP', 'shop']);

test('a pattern passes over what may not be read, and takes it up when it may', async () => {
  const walk = await newStory(auditTopic, records, auditRecords);
  walk.bind(group, aclOf(['READ', 'TOPIC', 'audit']));
  const reader = await newPatternReader(walk);
  expect(await reader.values('?timeout=0')).toEqual(['first']);
  expect(await reader.values('?timeout=0')).toEqual([]);
  walk.bind(group, aclOf(['READ', 'TOPIC', '*']));
  expect(await reader.values('?timeout=0')).toEqual(['first', 'second']);
  walk.bind(group);
  expect(await reader.values('?timeout=0')).toEqual([]);
});

test('what a pattern passes over is committed by nobody', async () => {
  const walk = await newStory(auditTopic, records, auditRecords);
  walk.bind(group, aclOf(['READ', 'TOPIC', 'audit']));
  const reader = await newPatternReader(walk);
  await reader.poll('?timeout=0');
  await reader.end();
  const { json } = await walk.asAdmin.ask(`GET ${cluster}/consumer-groups/shop/lags`);
  const committed = json.data.map((lag: { topic_name: string }) => lag.topic_name);
  expect(new Set(committed)).toEqual(new Set(['audit']));
});

test('an instance shows, of what it subscribes to and holds, what may be described', async () => {
  const walk = await newStory(auditTopic, records, auditRecords);
  walk.bind(group, aclOf(['READ', 'TOPIC', 'audit']));
  const reader = await newPatternReader(walk);
  await reader.poll('?timeout=0');
  const consumer = `${cluster}/consumer-groups/shop/consumers/mine`;
  const shown = async () => {
    const [topics, holdings] = [
      (await reader.ask('GET /subscription')).json.topics,
      (await reader.ask('GET /assignments')).json.partitions,
    ];
    const assigned = await listed(walk, `${consumer}/assignments`, 'data', 'topic_name');
    const held = holdings.map(({ topic }: { topic: string }) => topic);
    return [topics, [...new Set(held)], assigned];
  };
  expect(await shown()).toEqual([['audit'], ['audit'], ['audit']]);
  walk.bind(group);
  expect(await shown()).toEqual([[], [], []]);
  walk.bind(group, aclOf(['DESCRIBE', 'TOPIC', '*']));
  const both = ['audit', 'orders'];
  expect((await shown()).map((names) => names.toSorted())).toEqual([both, both, both]);
});

test('lags are those of topics that may be described', async () => {
  const walk = await newStory(records, emptyGroup);
  const group = `${cluster}/consumer-groups/shop`;
  const summary = async () => (await walk.askAs(me, `GET ${group}/lag-summary`)).status;
  walk.bind(aclOf(['DESCRIBE', 'GROUP', 'shop']));
  expect(await listed(walk, `${group}/lags`, 'data', 'topic_name')).toEqual([]);
  expect(await summary()).toBe(404);
  walk.bind(aclOf(['DESCRIBE', 'GROUP', 'shop']), aclOf(['DESCRIBE', 'TOPIC', 'orders']));
  expect(await listed(walk, `${group}/lags`, 'data', 'topic_name')).toEqual(['orders']);
  expect(await summary()).toBe(200);
});

test('a poll that is refused moves nothing', async () => {
  const walk = await newStory(records);
  const readOrders = aclOf(['READ', 'TOPIC', 'orders']);
  walk.bind(group, readOrders);
  const ask: Walk['ask'] = (route, question) => walk.askAs(me, route, question);
  const settings = { format: 'json', 'auto.offset.reset': 'earliest' };
  const reader = await newConsumer({ ...walk, ask }, settings, 'shop');
  await reader.subscribe({ topics: ['orders'] });
  walk.bind(group);
  for (let times = 0; times < 2; times++) expect((await reader.poll()).status).toBe(403);
  walk.bind(group, readOrders);
  expect(await reader.values('?timeout=0')).toEqual(['first', 'second']);
});

test('whether there is such a thing is not told to those who may not know of it', async () => {
  const walk = await newStory(records, emptyGroup, letters, subscription);
  const asked = async (route: string, name: string) => {
    const { status, json } = await walk.askAs(me, route.replace('NAME', name));
    return [status, json.error_code, json.message.replaceAll(name, 'NAME')];
  };
  const routes: readonly (readonly [string, string, string])[] = [
    ['GET /topics/NAME', 'orders', 'none'],
    ['GET /topics/NAME/partitions/0/records', 'orders', 'none'],
    ['GET /topics/NAME/partitions/7', 'orders', 'none'],
    ['POST /topics/NAME', 'orders', 'none'],
    [`DELETE ${cluster}/topics/NAME`, 'orders', 'none'],
    [`GET ${cluster}/consumer-groups/NAME`, 'shop', 'none'],
    [`DELETE ${cluster}/consumer-groups/NAME`, 'shop', 'none'],
    [`POST ${cluster}/consumer-groups/NAME/offsets:reset`, 'shop', 'none'],
    ['GET /consumers/NAME/instances/one/records', 'shop', 'none'],
    ['GET /subscriptions/NAME', 'billing', 'none'],
    ['DELETE /subscriptions/NAME', 'billing', 'none'],
    ['POST /subscriptions/NAME/redrive', 'billing', 'none'],
    ['GET /keys/NAME', 'A'.repeat(16), 'B'.repeat(16)],
  ];
  for (const [route, there, missing] of routes) {
    const answer = await asked(route, there);
    expect([route, ...answer]).toEqual([route, 403, 40_301, expect.any(String)]);
    expect([route, ...(await asked(route, missing))]).toEqual([route, ...answer]);
  }
});

test('a refusal names nothing that others have named', async () => {
  const walk = await newStory(auditTopic, records, emptyGroup, letters, subscription);
  const refusal = async (route: string, body: object = {}) => {
    const { status, json } = await walk.askAs(me, route, { body });
    expect([route, status]).toEqual([route, 403]);
    return json.message;
  };
  walk.bind(group);
  const reset = `POST ${cluster}/consumer-groups/shop/offsets:reset`;
  expect(await refusal(reset, { to: 'earliest' })).not.toContain('orders');
  expect(await refusal('POST /subscriptions/billing/pause')).not.toContain('bills');
});

test('who is let in by a super user is let in, and no longer than that', async () => {
  const walk = await newStory();
  const status = async () => (await walk.askAs(me, 'GET /topics/orders')).status;
  const acls = `${cluster}/acls`;
  const said = { resource_type: 'TOPIC', resource_name: 'orders', pattern_type: 'LITERAL' };
  const rest = { principal: me, operation: 'DESCRIBE', permission: 'ALLOW' };
  expect(await status()).toBe(403);
  await walk.askAs(admin, `POST ${acls}`, { body: { ...said, ...rest } });
  expect(await status()).toBe(200);
  await walk.askAs(admin, `DELETE ${acls}?principal=${me}`);
  expect(await status()).toBe(403);
});
