// What functions do to the stores, their roles let them do. Each handler is run through its work,
// the rare parts too, and whatever it did is looked for in what its role may do.

import { beforeAll, expect, test, vi } from 'vitest';
import { wakeUpText } from '../../shared/aws/wake-up-text.ts';
import { environmentNames, followedHead, provisionProperties } from '../../shared/contract.ts';
import { defaultSettings, type Subscription } from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { ensureTopic } from '../../shared/engine/ensure-topic.ts';
import { deleteTopic } from '../../shared/engine/make-topics.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { alterConfigs } from '../../shared/engine/topics.ts';
import { topicIdBytes, topicIdOf } from '../../shared/ids.ts';
import { offsetsRetentionMillis, refsPerChunk } from '../../shared/limits.ts';
import { groupItem, groupKey } from '../../shared/store/group-items.ts';
import { chunkKey, topicItem, topicKey } from '../../shared/store/items.ts';
import { storePermissions } from '../infra/store-permissions.ts';
import { firstOfGroup, insertRecord, kinesisEvent, sqsMessage } from '../ingest/events.ts';
import { consumer, leave, polled } from '../world/group-story.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { EventAccount, inserted } from './event-account.ts';
import { beyond as beyondRole } from './role-uses.ts';
import { signed } from './signed.ts';

const account = new EventAccount();

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  for (const name of ['in', 'dead', 'orders']) await topic(name);
});

/** Of what was done since the last time: what the role does not let be done. */
function beyond(name: keyof typeof storePermissions): string[] {
  const done = [...account.did];
  account.did.clear();
  expect(done.length).toBeGreaterThan(0);
  return beyondRole(storePermissions[name], done);
}

async function topic(name: string) {
  const { engine, call } = account.process();
  const made = await ensureTopic(engine, call, { name });
  // Whoever appends asks its valve.
  const changes = new Map([['producer_byte_rate', '1000000000']]);
  await alterConfigs(engine, call, { name, changes });
  return made;
}

async function produce(...values: string[]): Promise<void> {
  const { engine, call } = account.process();
  for (const value of values) {
    const records = [{ key: null, value: Buffer.from(value), headers: [] }];
    await produceRecords(engine, call, { topic: 'orders', records });
  }
}

function subscribe(
  settings: Partial<Subscription['settings']> = {},
  topic = 'orders',
): Promise<Subscription> {
  const { engine, call } = account.process();
  const name = topic === 'orders' ? 'billing' : `billing-${topic}`;
  return createSubscription(engine, call, {
    name,
    topic,
    group: name,
    target: { kind: 'lambda', function: 'bill' },
    settings: { ...defaultSettings, ...settings },
    from: 'earliest',
  });
}

test('ingest appends, rolls, and looks for what was brought before', async () => {
  const own = { [environmentNames.ingestTopic]: 'in', [environmentNames.ingestMapping]: '{}' };
  const ingest = await account.start('ingest', own);
  for (let at = 0; at <= refsPerChunk; at++) {
    await ingest({ Records: [{ ...sqsMessage, messageId: `m${at}` }] });
  }
  await ingest({ Records: [{ ...sqsMessage, messageId: 'm0' }] });
  await ingest(kinesisEvent);
  await ingest(kinesisEvent);
  expect([...account.did].some((one) => one.startsWith('dynamodb:PutItem part#'))).toBe(true);
  expect(beyond('ingest')).toEqual([]);
});

test('deliver delivers, slowly, and gives up', async () => {
  const { topicId } = await subscribe({
    deadLetterTopic: 'dead',
    attemptsMax: 1,
    bisects: false,
    recordsPerSecondMax: 1_000,
    retryMillisMin: 100,
    batchRecordsMax: 1,
  });
  await produce(...Array.from({ length: 2 * refsPerChunk }, (_, at) => `v${at}`));
  account.answer = () => ({ kind: 'function-error', reason: 'TypeError' });
  const deliver = await account.start('deliver');
  const wakeUp = { subscription: 'billing', topicId, partition: 0, queue: 0 };
  const body = wakeUpText({ wakeUp, notBefore: undefined });
  const event = { Records: [{ ...firstOfGroup, body }] };
  expect(await deliver(event)).toEqual({ batchItemFailures: [] });
  account.answer = () => ({ kind: 'returned', payload: '' });
  await produce('good');
  await deliver(event);
  const did = [...account.did].map((one) => one.replace(/#.*/, ''));
  expect(did).toContain('dynamodb:PutItem valve');
  expect(did).toContain('dynamodb:PutItem txn');
  expect(did).toContain('s3:PutObject');
  expect(beyond('deliver')).toEqual([]);
});

test('subscriptions makes, tells, changes, seeks, puts back and ends', async () => {
  const serve = await account.start<object, { statusCode: number }>('subscriptions');
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await serve({
      rawPath: `/subscriptions${path}`,
      rawQueryString: '',
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: { ...signed, domainName: 'x.example.com', http: { method } },
    });
    expect([path, answer.statusCode]).toEqual([path, expect.toSatisfy((code) => code < 300)]);
  };
  const target = { type: 'https', url: 'https://hooks.example.com/in' };
  await ask('POST', '', { name: 'hook', topic: 'orders', target });
  await ask('GET', '');
  await ask('GET', '/billing');
  await ask('PATCH', '/hook', { max_records_per_second: 5 });
  await ask('POST', '/hook/pause');
  await ask('POST', '/hook/seek', { to: { timestamp: 1 } });
  await ask('POST', '/hook/resume');
  await ask('POST', '/hook/rotate-secret');
  await ask('GET', '/billing/dead-letters');
  await ask('POST', '/billing/redrive');
  await ask('DELETE', '/hook');
  const did = [...account.did].map((one) => one.replace(/#.*/, ''));
  expect(did).toEqual(expect.arrayContaining(['dynamodb:PutItem txn', 's3:PutObject']));
  expect(beyond('subscriptions')).toEqual([]);
  account.sent.length = 0;
});

test('route reads routes', async () => {
  const route = await account.start('route');
  const { id } = await topic('orders');
  const Keys = { pk: { S: `part#${id}#0` }, sk: { S: 'head' } };
  await route({ Records: [{ ...insertRecord, dynamodb: { ...insertRecord.dynamodb, Keys } }] });
  expect(account.sent.splice(0)).not.toEqual([]);
  expect(beyond('route')).toEqual([]);
});

test('sweep puts marks where they are missing, and finds a topic that was made anew', async () => {
  const { engine, call } = account.process();
  const sweep = await account.start('sweep');
  const { id } = await topic('orders');
  const head = { pk: `part#${id}#0`, sk: followedHead.sortKey };
  await account.table.write({ update: head, actions: [{ remove: followedHead.attribute }] });
  await sweep({});
  await deleteTopic(engine, call, 'orders');
  await topic('orders');
  await sweep({});
  const did = [...account.did].map((one) => one.replace(/#.*/, ''));
  expect(did).toContain('dynamodb:PutItem subscriptions');
  expect(beyond('sweep')).toEqual([]);
});

/** A topic of two whole chunks, of which a merge makes one object. */
async function rolledTopic(name: string, configs: Readonly<Record<string, string>> = {}) {
  const { engine, call } = account.process();
  const { id: topicId } = await topic(name);
  await alterConfigs(engine, call, { name, changes: new Map(Object.entries(configs)) });
  for (let round = 0; round < 2 * refsPerChunk; round++) {
    const records = [{ key: Buffer.from('k'), value: largeValue, headers: [] }];
    await produceRecords(engine, call, { topic: name, records });
  }
  await engine.background.idle();
  return topicId;
}

const largeValue = seededChance(1).bytes(300_000);

test('upkeep merges, compacts, and lets go of what is too old', async () => {
  const upkeep = await account.start('upkeep');
  const ids = [
    await rolledTopic('merged'),
    await rolledTopic('short', { 'retention.bytes': '1' }),
    await rolledTopic('compacted', { 'cleanup.policy': 'compact' }),
    topicIdOf(Buffer.alloc(topicIdBytes)),
  ];
  await upkeep(inserted(...ids.map((topicId) => chunkKey({ topicId, partition: 0 }, 0))));
  await upkeep({});
  const did = [...account.did].map((one) => one.replace(/#.*/, ''));
  const done = ['dynamodb:PutItem part', 'dynamodb:DeleteItem part', 's3:PutObject'];
  expect(did).toEqual(expect.arrayContaining(done));
  expect(beyond('upkeep')).toEqual([]);
});

test('collect ends deletions, clears away, fences and deletes', async () => {
  const collect = await account.start('collect');
  const { engine, call } = account.process();
  const processes = { newEngine: () => engine, call: () => call };
  for (const name of ['gone', 'going']) await rolledTopic(name);
  const one = await consumer(processes, { instance: 'one' }, { topics: ['gone'] });
  await polled(processes, one);
  await leave(processes, one);
  // Whose session is over some day.
  const other = await consumer(
    processes,
    { group: 'idle', instance: 'one' },
    { topics: ['orders'] },
  );
  await polled(processes, other);
  const life = { set: groupItem.life, to: { value: 'another' } };
  const deleted = { set: groupItem.deleted, to: { value: true } };
  await account.table.write({ update: groupKey('shop'), actions: [life, deleted] });
  await subscribe({}, 'gone');
  for (const name of ['gone', 'going']) {
    const before = await account.table.get(topicKey(name));
    await deleteTopic(engine, call, name);
    // Of one the deletion did not end.
    if (name === 'going' && before !== undefined) {
      const state = { [topicItem.state]: 'deleting' };
      await account.table.write({ put: { ...before, ...state } });
    }
  }
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 2 * offsetsRetentionMillis);
  account.did.clear();
  await collect({});
  vi.useRealTimers();
  const did = new Set([...account.did].map((one) => one.replace(/#.*/, '')));
  for (const pk of ['topics', 'part', 'group', 'groups', 'route']) {
    expect(did).toContain(`dynamodb:DeleteItem ${pk}`);
  }
  expect(did).toContain('dynamodb:UpdateItem part');
  expect(did).toContain('dynamodb:UpdateItem group');
  expect(did).toContain('s3:DeleteObject');
  expect(beyond('collect')).toEqual([]);
});

test('provision makes, changes and ends, whatever others have left behind', async () => {
  const provision = await account.start('provision');
  const bodies = [
    { name: 'one', topic: 'orders', target: { type: 'lambda', function: 'f' } },
    { name: 'one', topic: 'orders', target: { type: 'lambda', function: 'g' } },
    {
      name: 'two',
      topic: 'orders',
      target: { type: 'sqs', queue_url: 'https://sqs.eu-central-1.amazonaws.com/1/q' },
      starting_position: { timestamp: 1 },
      max_records_per_second: 1,
    },
  ];
  await topic('left');
  const state = { set: topicItem.state, to: { value: 'deleting' } };
  await account.table.write({ update: topicKey('left'), actions: [state] });
  await produce('a');
  const topics = JSON.stringify([{ name: 'orders' }, { name: 'left' }, { name: 'new' }]);
  for (const body of bodies) {
    const ResourceProperties = {
      [provisionProperties.topics]: topics,
      [provisionProperties.subscription]: JSON.stringify(body),
    };
    const PhysicalResourceId = `orders/${body.name}/${body.name}`;
    await provision({ RequestType: 'Update', PhysicalResourceId, ResourceProperties });
  }
  for (const name of ['one', 'two', 'billing']) {
    const PhysicalResourceId = `orders/${name}/${name}`;
    await provision({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: {} });
  }
  const own = { PhysicalResourceId: 'own', StackId: 'stack', LogicalResourceId: 'Own' };
  for (const partitions_count of [1, 2]) {
    const configs = [{ name: 'retention.ms', value: `${partitions_count}` }];
    const body = JSON.stringify({ topic_name: 'own', partitions_count, configs });
    const ResourceProperties = { [provisionProperties.topic]: body };
    await provision({ ...own, RequestType: 'Create', ResourceProperties });
  }
  const ResourceProperties = { [provisionProperties.topic]: '' };
  await provision({ ...own, RequestType: 'Delete', ResourceProperties });
  const did = [...account.did].map((one) => one.replace(/#.*/, ''));
  const done = ['s3:GetObject', 'dynamodb:UpdateItem topics', 'dynamodb:DeleteItem topics'];
  expect(did).toEqual(expect.arrayContaining([...done, 'dynamodb:DeleteItem part']));
  expect(beyond('provision')).toEqual([]);
});
