// What CloudFormation asks of a stack's topics and subscriptions over their life, and what it asks
// again: after a failure, and to take a change back.

import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from 'aws-lambda';
import { beforeAll, describe, expect, test } from 'vitest';
import { provisionProperties } from '../../shared/contract.ts';
import { changeSubscription } from '../../shared/engine/delivery/change-subscription.ts';
import { findSubscription } from '../../shared/engine/delivery/find-subscription.ts';
import { describeTopic } from '../../shared/engine/topics.ts';
import { wholeSubscription } from '../infra/triggers/whole-subscription.ts';
import { EventAccount } from './event-account.ts';
import { requestOf } from './stack-requests.ts';

const account = new EventAccount();
let provision: (event: CdkCustomResourceEvent) => Promise<CdkCustomResourceResponse>;

beforeAll(async () => {
  provision = await account.start('provision');
});

type Properties = CdkCustomResourceEvent['ResourceProperties'];

const common = requestOf({
  LogicalResourceId: 'Subscription',
  ResourceType: 'Custom::SluiceSubscription',
});

function propertiesOf(topics: readonly object[], subscription?: object): Properties {
  return {
    ServiceToken: common.ServiceToken,
    [provisionProperties.topics]: JSON.stringify(topics),
    ...(subscription && { [provisionProperties.subscription]: JSON.stringify(subscription) }),
  };
}

const lambda = (name: string) => ({ type: 'lambda', function: name });
const wanted = (own: object = {}): Properties =>
  propertiesOf([{ name: 'orders', partitions: 2 }], {
    name: 'billing',
    topic: 'orders',
    target: lambda('bill'),
    ...own,
  });

const create = (ResourceProperties: Properties) =>
  provision({ ...common, RequestType: 'Create', ResourceProperties });
const update = (id: string, OldResourceProperties: Properties, ResourceProperties: Properties) =>
  provision({
    ...common,
    RequestType: 'Update',
    PhysicalResourceId: id,
    ResourceProperties,
    OldResourceProperties,
  });
const remove = (PhysicalResourceId: string) =>
  provision({
    ...common,
    RequestType: 'Delete',
    PhysicalResourceId,
    ResourceProperties: wanted(),
  });

function found(name: string) {
  const { engine, call } = account.process();
  return findSubscription(engine, call, name);
}

function topic(name: string) {
  const { engine, call } = account.process();
  return describeTopic(engine, call, name);
}

describe('topics', () => {
  test('that are missing are made, and those that are there left as they are', async () => {
    const first = await create(propertiesOf([{ name: 'in', partitions: 3 }]));
    expect(first).toEqual({ PhysicalResourceId: 'in' });
    await create(propertiesOf([{ name: 'in', partitions: 9 }, { name: 'other' }]));
    expect(await topic('in')).toMatchObject({ partitions: 3 });
    expect(await topic('other')).toMatchObject({ partitions: 1 });
  });

  test('stay when the stack goes', async () => {
    expect(await remove('in')).toEqual({ PhysicalResourceId: 'in' });
    expect(await topic('in')).toMatchObject({ name: 'in' });
  });
});

describe('a subscription', () => {
  const id = 'orders/billing/billing';

  test('is made, with the topics that it needs', async () => {
    expect(await create(wanted({ batch_size: 7 }))).toEqual({ PhysicalResourceId: id });
    expect(await topic('orders')).toMatchObject({ partitions: 2 });
    expect(await found('billing')).toMatchObject({
      topic: 'orders',
      group: 'billing',
      target: { kind: 'lambda', function: 'bill' },
      settings: { batchRecordsMax: 7 },
    });
  });

  test('is the same one when a try is asked again', async () => {
    const before = await found('billing');
    expect(await create(wanted({ batch_size: 7 }))).toEqual({ PhysicalResourceId: id });
    expect(await found('billing')).toMatchObject({ id: before?.id });
  });

  test('is taken from nobody: one of that name with another target is another', async () => {
    const theirs = wanted({ target: lambda('theirs') });
    await expect(create(theirs)).rejects.toThrow('name: there is a subscription billing');
    expect(await found('billing')).toMatchObject({ target: { function: 'bill' } });
  });

  test('changes its target and its settings, and goes on where it was', async () => {
    const before = await found('billing');
    const { engine, call } = account.process();
    await changeSubscription(engine, call, 'billing', { state: 'paused' });
    const after = wanted({ target: lambda('bill2'), max_concurrency: 3 });
    const changed = await update(id, wanted({ batch_size: 7 }), after);
    expect(changed).toEqual({ PhysicalResourceId: id });
    expect(await found('billing')).toMatchObject({
      id: before?.id,
      life: before?.life,
      state: 'paused',
      target: { function: 'bill2' },
      settings: { batchRecordsMax: 100, deliveriesMax: 3 },
    });
  });

  test('of another name is another one, and the old one goes after it', async () => {
    const renamed = wanted({ name: 'billing2' });
    const { PhysicalResourceId } = await update(id, wanted(), renamed);
    expect(PhysicalResourceId).toBe('orders/billing2/billing2');
    expect(await found('billing')).toBeDefined();
    await remove(id);
    expect(await found('billing')).toBeUndefined();
    expect(await found('billing2')).toBeDefined();
  });

  test('of a name that is somebody else’s is refused', async () => {
    const theirs = wanted({ name: 'theirs', target: lambda('theirs') });
    await create(theirs);
    const mine = wanted({ name: 'theirs', target: lambda('mine') });
    const failed = update('orders/billing2/billing2', wanted({ name: 'billing2' }), mine);
    await expect(failed).rejects.toThrow('name: there is a subscription theirs of another');
    expect(await found('theirs')).toMatchObject({ target: { function: 'theirs' } });
  });

  test('of another topic cannot have the name, as long as it is had', async () => {
    const moved = propertiesOf([{ name: 'returns' }], {
      name: 'billing2',
      topic: 'returns',
      target: lambda('bill'),
    });
    const failed = update('orders/billing2/billing2', wanted(), moved);
    await expect(failed).rejects.toThrow('name: there is a subscription billing2 of another');
    // CloudFormation goes back, and clears away what it believes to have been begun.
    await remove('returns/billing2/billing2');
    expect(await found('billing2')).toMatchObject({ topic: 'orders' });
  });

  test('keeps its secret while it is not given another', async () => {
    const url = 'https://hooks.example.com/in';
    const at = (path: string) =>
      wanted({ name: 'hook', target: { type: 'https', url: url + path } });
    const { PhysicalResourceId } = await create(at(''));
    const before = await found('hook');
    expect(before?.target).toMatchObject({ url, secrets: [expect.stringMatching(/^whsec_/)] });
    await update(PhysicalResourceId as string, at(''), at('?v=2'));
    expect((await found('hook'))?.target).toEqual({ ...before?.target, url: `${url}?v=2` });
  });

  test('that somebody has removed meanwhile is made again, and may be removed again', async () => {
    const hook = 'orders/hook/hook';
    await remove(hook);
    expect(await remove(hook)).toEqual({ PhysicalResourceId: hook });
    const again = wanted({ name: 'hook' });
    expect(await update(hook, again, again)).toEqual({ PhysicalResourceId: hook });
    expect(await found('hook')).toMatchObject({ target: { function: 'bill' } });
  });

  test('of a group with a slash in it is told from others', async () => {
    const { PhysicalResourceId } = await create(wanted({ name: 'slashed', group: 'a/b %' }));
    expect(PhysicalResourceId).toBe('orders/a%2Fb%20%25/slashed');
    await remove(PhysicalResourceId as string);
    expect(await found('slashed')).toBeUndefined();
  });

  test('is as a stack says it, with all that may be said', async () => {
    await create(propertiesOf([{ name: 'orders' }, { name: 'dead' }], wholeSubscription));
    expect(await found('whole')).toMatchObject({
      topic: 'orders',
      group: 'everything',
      target: { kind: 'https', url: 'https://hooks.example.com/in' },
      settings: {
        batchRecordsMax: 10_000,
        batchBytesMax: 5_900_000,
        batchWindowMillis: 300_000,
        filter: '{"value":{"state":[{"prefix":"pa"}]}}',
        attemptsMax: 10_000,
        ageMillisMax: 365 * 86_400_000,
        retryMillisMin: 100,
        retryMillisMax: 900_000,
        bisects: false,
        deadLetterTopic: 'dead',
        deliveriesMax: 1_000,
        recordsPerSecondMax: 0.001,
        timeoutMillis: 240_000,
      },
    });
  });

  test('that cannot be is refused by what is wrong with it', async () => {
    await expect(create(wanted({ batch_size: 0 }))).rejects.toThrow(
      'batch_size: must be at least 1',
    );
    await expect(create(wanted({ colour: 'red' }))).rejects.toThrow('colour: is unknown');
  });
});
