// Subscriptions: made, looked at, changed, stopped, moved, and what they have given up put back.

import { expect, test } from 'vitest';
import { newAdmin } from './admin-story.ts';

const target = { type: 'lambda', function: 'bill' } as const;
const billing = { name: 'billing', topic: 'orders', target };

test('a subscription is made, looked at, changed, paused, moved and ended', async () => {
  const { admin, run, store, wire } = await newAdmin();
  const { subscriptions } = admin;
  await store('a', 'b');
  const made = await run(
    subscriptions.create({
      ...billing,
      groupId: 'shop',
      startingPosition: 'earliest',
      filter: { value: { snake_case: [{ numeric: ['>', 0] }] } },
      batchSize: 7,
      maxRecordsPerSecond: 0.5,
    }),
  );
  expect(made).toEqual({
    ...{ ...billing, groupId: 'shop', state: 'running', createdAt: expect.any(Number) },
    filter: { value: { snake_case: [{ numeric: ['>', 0] }] } },
    ...{ batchSize: 7, batchBytes: expect.any(Number), batchWindowMs: 0, maxAttempts: null },
    ...{ maxAgeMs: null, retryMinMs: 1_000, retryMaxMs: 60_000, bisect: true },
    ...{ deadLetterTopic: null, maxConcurrency: null, maxRecordsPerSecond: 0.5 },
    timeoutMs: 30_000,
  });
  expect(await run(subscriptions.list())).toEqual([made]);
  const { partitions, ...described } = await run(subscriptions.describe('billing'));
  expect(described).toEqual(made);
  expect(partitions[0]).toEqual({
    ...{ partition: 0, committedOffset: '0', logEndOffset: '2', lag: 2 },
    ...{ lagMs: expect.any(Number), attempts: 0, lastError: null, retryAt: null },
  });
  const queue = { type: 'sqs', queueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/q' };
  const change = { batchSize: null, timeoutMs: 60_000, target: queue as never };
  expect(await run(subscriptions.change('billing', change))).toEqual({
    ...made,
    ...{ batchSize: 100, timeoutMs: 60_000, target: queue },
  });
  expect(await run(subscriptions.pause('billing'))).toMatchObject({ state: 'paused' });
  expect(await run(subscriptions.resume('billing'))).toMatchObject({ state: 'running' });
  const sought = await run(subscriptions.seek('billing', { to: { offset: '1' }, partition: 0 }));
  expect(sought).toEqual([{ topic: 'orders', partition: 0, offset: '1' }]);
  const to = { timestamp: new Date(wire.world.time.now() + 60_000) };
  const offsets = await run(subscriptions.seek('billing', { to }));
  expect(offsets.map(({ offset }) => offset)).toEqual(['2', '0', '0', '0']);
  await run(subscriptions.delete('billing'));
  expect(await run(subscriptions.list())).toEqual([]);
  await expect(run(subscriptions.delete('billing'))).rejects.toMatchObject({
    type: 'RESOURCE_NOT_FOUND',
  });
});

test('what cannot be is told by the field, and a name that is taken', async () => {
  const { admin, run } = await newAdmin();
  const make = (more: object) => run(admin.subscriptions.create({ ...billing, ...more }));
  await expect(make({ batchSize: 0 })).rejects.toThrow('batch_size');
  await expect(make({ topic: 'none' })).rejects.toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
  await make({});
  await expect(make({})).rejects.toMatchObject({ type: 'DUPLICATE_RESOURCE' });
});

test('a secret is shown by the answer that drew it, and not drawn twice', async () => {
  const { admin, run, wire } = await newAdmin();
  const { subscriptions } = admin;
  const endpoint = { type: 'https', url: 'https://shop.example.com/hook' } as const;
  const made = await run(subscriptions.create({ ...billing, target: endpoint }));
  expect(made).toMatchObject({ target: endpoint, secret: expect.stringMatching(/^whsec_/) });
  expect(await run(subscriptions.describe('billing'))).not.toHaveProperty('secret');
  const rotated = await run(subscriptions.rotateSecret('billing'));
  expect(rotated).toMatch(/^whsec_/);
  expect(rotated).not.toBe(made.secret);
  expect(await run(subscriptions.rotateSecret('billing', { secret: String(made.secret) }))).toBe(
    made.secret,
  );
  wire.fateOf = ({ method }) => (method === 'POST' ? 'unheard' : 'passes');
  const before = wire.sent.length;
  const lost = subscriptions.create({ ...billing, name: 'other', target: endpoint });
  await expect(run(lost)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(wire.sent.length - before).toBe(1);
});

test('a list that no reply holds is followed', async () => {
  const { admin, run, wire } = await newAdmin();
  const names: string[] = [];
  const page = (name: string, next: string | null) =>
    Response.json({ subscriptions: [{ name, group: name, target }], next });
  wire.fateOf = ({ path }) => {
    names.push(path);
    return path.includes('after') ? page('b/2', null) : page('a+1', 'a+1');
  };
  const all = await run(admin.subscriptions.list());
  expect(all.map(({ name, groupId }) => [name, groupId])).toEqual([
    ['a+1', 'a+1'],
    ['b/2', 'b/2'],
  ]);
  expect(names).toEqual(['/subscriptions', '/subscriptions?after=a%2B1']);
});
