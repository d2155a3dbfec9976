// What CloudFormation asks of a stack's topic over its life: it asks again, takes changes back, and
// clears away what it believes to have been begun.

import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from 'aws-lambda';
import { beforeAll, expect, test } from 'vitest';
import { provisionedTopicName, provisionProperties } from '../../shared/contract.ts';
import { describeTopic, listTopics } from '../../shared/engine/topics.ts';
import { EventAccount } from './event-account.ts';
import { requestOf } from './stack-requests.ts';

const account = new EventAccount();
let provision: (event: CdkCustomResourceEvent) => Promise<CdkCustomResourceResponse>;

beforeAll(async () => {
  provision = await account.start('provision');
});

type Properties = CdkCustomResourceEvent['ResourceProperties'];

const common = requestOf({
  LogicalResourceId: 'Orders',
  ResourceType: 'Custom::SluiceOwnTopic',
});

function wanted(name: string, own: object = {}): Properties {
  const body = { topic_name: name, ...own };
  return {
    ServiceToken: common.ServiceToken,
    [provisionProperties.topic]: JSON.stringify(body),
  };
}

const create = (ResourceProperties: Properties, own: Partial<typeof common> = {}) =>
  provision({ ...common, ...own, RequestType: 'Create', ResourceProperties });
const update = (id: string, OldResourceProperties: Properties, ResourceProperties: Properties) =>
  provision({
    ...common,
    RequestType: 'Update',
    PhysicalResourceId: id,
    ResourceProperties,
    OldResourceProperties,
  });
const remove = (id: string, own: Partial<typeof common> = {}) =>
  provision({
    ...common,
    ...own,
    RequestType: 'Delete',
    PhysicalResourceId: id,
    ResourceProperties: wanted(id),
  });

async function topic(name: string) {
  const { engine, call } = account.process();
  const { configs, ...rest } = await describeTopic(engine, call, name);
  return { ...rest, configs: Object.fromEntries(configs) };
}

async function names() {
  const { engine, call } = account.process();
  return (await listTopics(engine, call)).map(({ name }) => name);
}

const answer = (name: string) => ({
  PhysicalResourceId: name,
  Data: { [provisionedTopicName]: name },
});

const short = [{ name: 'retention.ms', value: '1000' }];

test('a topic is made, asked for again, changed, and deleted', async () => {
  const first = wanted('orders', { partitions_count: 2, configs: short });
  expect(await create(first)).toEqual(answer('orders'));
  const { id } = await topic('orders');
  expect(await create(first)).toEqual(answer('orders'));
  const next = wanted('orders', { partitions_count: 3 });
  expect(await update('orders', first, next)).toEqual(answer('orders'));
  expect(await topic('orders')).toMatchObject({ id, partitions: 3, configs: {} });
  await update('orders', next, first);
  expect(await topic('orders')).toMatchObject({
    id,
    partitions: 3,
    configs: { 'retention.ms': '1000' },
  });
  expect(await remove('orders')).toEqual({ PhysicalResourceId: 'orders' });
  expect(await names()).toEqual([]);
  expect(await remove('orders')).toEqual({ PhysicalResourceId: 'orders' });
});

test('one of another name is another one, and the old one goes after it', async () => {
  await create(wanted('before'));
  const renamed = await update('before', wanted('before'), wanted('after', { configs: short }));
  expect(renamed).toEqual(answer('after'));
  expect(await names()).toEqual(['after', 'before']);
  // The deployment fails elsewhere: it goes back, and the new one is cleared away.
  const back = await update('after', wanted('after', { configs: short }), wanted('before'));
  expect(back).toEqual(answer('before'));
  await remove('after');
  expect(await names()).toEqual(['before']);
  await remove('before');
  expect(await names()).toEqual([]);
});

test('one that was there before the stack stays, also if its creation is taken back', async () => {
  const theirs = { StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/old/2' };
  await create(wanted('kept'), theirs);
  const { id } = await topic('kept');
  expect(await create(wanted('kept', { configs: short }))).toEqual(answer('kept'));
  await remove('kept');
  expect(await topic('kept')).toMatchObject({ id, configs: { 'retention.ms': '1000' } });
  // What was said of a topic of another name is said of that one.
  await update('other', wanted('other', { configs: short }), wanted('kept'));
  expect(await topic('kept')).toMatchObject({ id, configs: { 'retention.ms': '1000' } });
  await remove('kept', theirs);
  expect(await topic('kept')).toMatchObject({ id });
});

test('what the engine refuses is said in its words, and can be taken back', async () => {
  const good = wanted('strict', { partitions_count: 4 });
  await create(good);
  const cases: [object, string][] = [
    [{ partitions_count: 3 }, 'partitions: 3 must be above the 4 there are'],
    [{ partitions_count: '5' }, 'partitions_count: must be a'],
    [{ configs: [{ name: 'colour', value: 'red' }] }, 'config colour is not known'],
    [{ configs: [{ name: 'retention.ms', value: '-2' }] }, 'config retention.ms: must be an int'],
  ];
  for (const [own, message] of cases) {
    const bad = wanted('strict', own);
    await expect(update('strict', good, bad)).rejects.toThrow(message);
    expect(await update('strict', bad, good)).toEqual(answer('strict'));
    expect(await topic('strict')).toMatchObject({ partitions: 4, configs: {} });
  }
  await expect(create(wanted('a/b'))).rejects.toThrow('topic name: must be made of');
});
