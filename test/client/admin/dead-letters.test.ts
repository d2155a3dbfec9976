// What a subscription has given up: looked at, and put back.

import { expect, test } from 'vitest';
import { wakeUpFor } from '../../../shared/delivery/subscription.ts';
import { deliver } from '../../../shared/engine/delivery/deliver.ts';
import { findSubscription } from '../../../shared/engine/delivery/find-subscription.ts';
import { newReceiver } from '../../world/delivery-story.ts';
import { type AdminStory, newAdmin } from './admin-story.ts';

/** With a subscription that has given up all that is stored. */
async function givenUp(...values: readonly string[]): Promise<AdminStory> {
  const story = await newAdmin();
  const { admin, run, store, wire } = story;
  const { world } = wire;
  await run(admin.createTopics({ topics: [{ topic: 'dead' }] }));
  await run(
    admin.subscriptions.create({
      ...{ name: 'billing', topic: 'orders', target: { type: 'lambda', function: 'bill' } },
      ...{ startingPosition: 'earliest', deadLetterTopic: 'dead', maxAttempts: 1 },
    }),
  );
  await store(...values);
  const { targets } = newReceiver(world, () => ({ kind: 'function-error', reason: 'TypeError' }));
  const turn = async () => {
    const engine = world.newEngine();
    const found = await findSubscription(engine, world.call(engine), 'billing');
    if (found === undefined) throw new Error('there is no subscription');
    await deliver(engine, world.call(engine), targets, wakeUpFor(found, 0));
  };
  await run(turn());
  return story;
}

test('what was given up is told with where it was, why, and its bytes', async () => {
  const { admin, run } = await givenUp('a', 'b', 'c');
  const letters = await run(admin.subscriptions.deadLetters('billing', { limit: 2 }));
  expect(letters.map(({ value, offset }) => [value?.toString(), offset])).toEqual([
    ['a', '0'],
    ['b', '1'],
  ]);
  expect(letters[1]).toEqual({
    ...{ partition: 0, offset: '1', sourceTopic: 'orders', sourcePartition: 0 },
    ...{ sourceOffset: '1', attempts: 1, reason: expect.stringContaining('TypeError') },
    ...{ failedAt: expect.any(Number), timestamp: expect.stringMatching(/^\d{13}$/) },
    ...{ key: null, value: Buffer.from('b') },
  });
});

test('it is put back: as many as are wanted, or all, in however many requests', async () => {
  const { admin, run, wire } = await givenUp('a', 'b', 'c');
  const { subscriptions } = admin;
  expect(await run(subscriptions.redrive('billing', { limit: 1 }))).toEqual({
    redriven: 1,
    done: false,
  });
  expect((await run(subscriptions.deadLetters('billing'))).length).toBe(2);
  const replies = [
    { redriven: 1_000, done: false },
    { redriven: 400, done: true },
  ];
  wire.fateOf = () => Response.json(replies.shift());
  expect(await run(subscriptions.redrive('billing'))).toEqual({ redriven: 1_400, done: true });
  wire.fateOf = () => 'passes';
  expect(await run(subscriptions.redrive('billing'))).toEqual({ redriven: 2, done: true });
  expect(await run(subscriptions.redrive('billing'))).toEqual({ redriven: 0, done: true });
  const [partition] = await run(admin.fetchTopicOffsets('orders'));
  expect(partition?.high).toBe('6');
});

test('no more are put back than were wanted, though an answer is lost', async () => {
  const { admin, run, wire } = await givenUp('a', 'b', 'c');
  wire.fateOf = ({ method }) => (method === 'POST' ? 'unheard' : 'passes');
  const one = admin.subscriptions.redrive('billing', { limit: 1 });
  await expect(run(one)).rejects.toMatchObject({ outcome: 'unknown' });
  expect((await run(admin.subscriptions.deadLetters('billing'))).length).toBe(2);
});
