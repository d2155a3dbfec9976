// The router: an append wakes who runs on its topic, and a wake-up that waited is sent on.

import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { beforeAll, expect, test } from 'vitest';
import { wakeUpText } from '../../shared/aws/wake-up-text.ts';
import { defaultSettings } from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import type { EpochMillis, TopicId } from '../../shared/ids.ts';
import { firstOfGroup, insertRecord } from '../ingest/events.ts';
import { EventAccount } from './event-account.ts';

const account = new EventAccount();
let route: (event: DynamoDBStreamEvent | SQSEvent) => Promise<unknown>;
let topicId: TopicId;

beforeAll(async () => {
  const { engine, call } = account.process();
  topicId = (await createTopic(engine, call, { name: 'orders', partitions: 3 })).id;
  for (const name of ['billing', 'shipping']) {
    await createSubscription(engine, call, {
      name,
      topic: 'orders',
      group: name,
      target: { kind: 'lambda', function: name },
      settings: { ...defaultSettings, ...(name === 'shipping' && { deliveriesMax: 1 }) },
      from: 'latest',
    });
  }
  route = await account.start('route');
});

test('an append wakes each subscription of its topic once, in the queue that is its', async () => {
  const changes = [2, 0, 2].map((partition) => {
    const Keys = { pk: { S: `part#${topicId}#${partition}` }, sk: { S: 'head' } };
    return { ...insertRecord, dynamodb: { ...insertRecord.dynamodb, Keys } };
  });
  await route({ Records: changes });
  expect(account.sent.splice(0).map(({ wakeUp }) => wakeUp)).toEqual([
    { subscription: 'billing', topicId, partition: 2, queue: 2, fence: 0 },
    { subscription: 'billing', topicId, partition: 0, queue: 0, fence: 0 },
    { subscription: 'shipping', topicId, partition: 2, queue: 0, fence: 0 },
    { subscription: 'shipping', topicId, partition: 0, queue: 0, fence: 0 },
  ]);
});

test('a wake-up that waited goes on with its time: it may be too early yet', async () => {
  const wakeUp = { subscription: 'billing', topicId, partition: 1, queue: 1 };
  const notBefore = 1_700_000_000_000 as EpochMillis;
  await route({ Records: [{ ...firstOfGroup, body: wakeUpText({ wakeUp, notBefore }) }] });
  expect(account.sent.splice(0)).toEqual([{ wakeUp, notBefore }]);
});

test('what cannot be sent fails the event: its source brings it again', async () => {
  const wakeUp = { subscription: 'billing', topicId, partition: 1, queue: 1 };
  const event = {
    Records: [{ ...firstOfGroup, body: wakeUpText({ wakeUp, notBefore: undefined }) }],
  };
  const { send } = account.wakeUps;
  account.wakeUps.send = async () => {
    throw new Error('the queue is not there');
  };
  await expect(route(event)).rejects.toThrow('the queue is not there');
  account.wakeUps.send = send;
});
