// The worker: a wake-up becomes a delivery to a function, and what it took is committed.

import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { beforeAll, expect, test, vi } from 'vitest';
import { wakeUpText } from '../../shared/aws/wake-up-text.ts';
import { defaultSettings } from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { describeSubscription } from '../../shared/engine/delivery/describe-subscriptions.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import type { TopicId } from '../../shared/ids.ts';
import { firstOfGroup } from '../ingest/events.ts';
import { EventAccount } from './event-account.ts';

const account = new EventAccount();
let deliver: (event: SQSEvent) => Promise<SQSBatchResponse>;
let topicId: TopicId;

beforeAll(async () => {
  const { engine, call } = account.process();
  topicId = (await createTopic(engine, call, { name: 'orders', partitions: 1 })).id;
  await createSubscription(engine, call, {
    name: 'billing',
    topic: 'orders',
    group: 'billing',
    target: { kind: 'lambda', function: 'bill' },
    settings: defaultSettings,
    from: 'earliest',
  });
  deliver = await account.start('deliver');
});

function woken(): SQSEvent {
  const wakeUp = { subscription: 'billing', topicId, partition: 0, queue: 0 };
  const body = wakeUpText({ wakeUp, notBefore: undefined });
  return { Records: [{ ...firstOfGroup, body }] };
}

async function produce(...values: string[]): Promise<void> {
  const { engine, call } = account.process();
  const records = values.map((value) => ({ key: null, value: Buffer.from(value), headers: [] }));
  await produceRecords(engine, call, { topic: 'orders', records });
}

async function lag(): Promise<number | undefined> {
  const { engine, call } = account.process();
  const { partitions } = await describeSubscription(engine, call, 'billing');
  return partitions[0]?.lag;
}

test('what there is, is given to the function as Lambda’s Kafka source gives it', async () => {
  await produce('a', 'b');
  expect(await deliver(woken())).toEqual({ batchItemFailures: [] });
  const [{ functionName, payload } = { functionName: '', payload: '' }] = account.invoked.splice(0);
  expect(functionName).toBe('bill');
  expect(JSON.parse(payload)).toMatchObject({
    eventSource: 'SelfManagedKafka',
    records: {
      'orders-0': [
        { offset: 0, value: 'YQ==' },
        { offset: 1, value: 'Yg==' },
      ],
    },
  });
  expect(await lag()).toBe(0);
  expect(account.lastTold()).toMatchObject({
    'messaging.operation.name': 'deliver',
    outcome: 'ok',
    topic: 'orders',
    group: 'billing',
    partition: 0,
    lag: 0,
    'messaging.client.consumed.messages': 2,
    'messaging.process.duration': expect.any(Number),
    group_max_lag_seconds: expect.any(Number),
  });
});

test('woken for nothing, it does nothing', async () => {
  expect(await deliver(woken())).toEqual({ batchItemFailures: [] });
  expect(account.invoked).toEqual([]);
});

test('what the function refuses is its subscription’s matter, and not the queue’s', async () => {
  await produce('c');
  account.answer = () => ({ kind: 'busy', retryAfterMillis: 60_000 });
  expect(await deliver(woken())).toEqual({ batchItemFailures: [] });
  expect(account.invoked.splice(0)).toHaveLength(1);
  expect(await lag()).toBe(1);
  const [again] = account.sent.splice(0);
  expect(again?.wakeUp).toMatchObject({ subscription: 'billing', partition: 0 });
  expect(again?.notBefore).toBeGreaterThan(0);
});

test('a wake-up that could not be worked on comes again, and people are told', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const get = vi.spyOn(account.table, 'get').mockRejectedValue(new Error('no table'));
  expect(await deliver(woken())).toEqual({
    batchItemFailures: [{ itemIdentifier: firstOfGroup.messageId }],
  });
  const told = expect.objectContaining({ errorType: 'Error', errorMessage: 'no table' });
  expect(log).toHaveBeenCalledExactlyOnceWith(told);
  expect(account.lastTold()).toMatchObject({ outcome: 'fault', 'sluice.failures': 1 });
  get.mockRestore();
  log.mockRestore();
});
