// The sweep: whoever has something to be given, and was not woken, is woken.

import { expect, test } from 'vitest';
import { defaultSettings } from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { EventAccount } from './event-account.ts';

test('what a lost wake-up left behind is found', async () => {
  const account = new EventAccount();
  const { engine, call } = account.process();
  const { id: topicId } = await createTopic(engine, call, { name: 'orders', partitions: 2 });
  await createSubscription(engine, call, {
    name: 'billing',
    topic: 'orders',
    group: 'billing',
    target: { kind: 'lambda', function: 'bill' },
    settings: defaultSettings,
    from: 'earliest',
  });
  const record = { key: null, value: Buffer.from('a'), headers: [], partition: 1 };
  await produceRecords(engine, call, { topic: 'orders', records: [record] });
  const sweep = await account.start<object, void>('sweep');
  await sweep({});
  expect(account.sent.map(({ wakeUp }) => wakeUp)).toEqual([
    { subscription: 'billing', topicId, partition: 1, queue: 1 },
  ]);
});
