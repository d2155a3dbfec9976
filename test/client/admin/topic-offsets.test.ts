// Where a topic begins and ends, where a time is in it, and deleting what it begins with.

import { expect, test } from 'vitest';
import { failure, newAdmin } from './admin-story.ts';

test('each partition says where it begins and ends', async () => {
  const { admin, run, store } = await newAdmin();
  await store('a', 'b', 'c');
  const partitions = [{ partition: 0, offset: '1' }];
  expect(await run(admin.deleteTopicRecords({ topic: 'orders', partitions }))).toBeUndefined();
  expect(await run(admin.fetchTopicOffsets('orders'))).toEqual([
    { partition: 0, offset: '3', high: '3', low: '1' },
    ...[1, 2, 3].map((partition) => ({ partition, offset: '0', high: '0', low: '0' })),
  ]);
  await expect(run(admin.fetchTopicOffsets('none'))).rejects.toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
});

test('a time is at the first record of it or a later one, else at the end', async () => {
  const { admin, run, store } = await newAdmin();
  const start = await store('a', 'b', 'c');
  const at = async (timestamp?: number) => {
    const found = await run(admin.fetchTopicOffsetsByTimestamp('orders', timestamp));
    expect(found.slice(1)).toEqual([1, 2, 3].map((partition) => ({ partition, offset: '0' })));
    return found[0];
  };
  expect(await at(0)).toEqual({ partition: 0, offset: '0' });
  expect(await at(start + 1)).toEqual({ partition: 0, offset: '1' });
  expect(await at(start + 2_000)).toEqual({ partition: 0, offset: '2' });
  expect(await at(start + 2_001)).toEqual({ partition: 0, offset: '3' });
  const partitions = [{ partition: 0, offset: '1' }];
  await run(admin.deleteTopicRecords({ topic: 'orders', partitions }));
  expect(await at(), 'the end').toEqual({ partition: 0, offset: '3' });
  expect(await at(-1)).toEqual({ partition: 0, offset: '3' });
  expect(await at(-2)).toEqual({ partition: 0, offset: '1' });
  for (const bad of [-3, 1.5, Number.NaN]) {
    const asked = admin.fetchTopicOffsetsByTimestamp('orders', bad);
    await expect(asked).rejects.toThrow('timestamp: must be');
  }
});

test('records are deleted up to an offset, or all; what cannot be is told of each', async () => {
  const { admin, run, store } = await newAdmin();
  await store('a', 'b');
  const partitions = [
    { partition: 0, offset: '3' },
    { partition: 1, offset: '0' },
    { partition: 9, offset: '-1' },
  ];
  const error = await failure(run(admin.deleteTopicRecords({ topic: 'orders', partitions })));
  expect(error).toMatchObject({
    name: 'SluiceAggregateError',
    type: 'OFFSET_OUT_OF_RANGE',
    partitions: [
      { partition: 0, offset: '3', error: { type: 'OFFSET_OUT_OF_RANGE', code: 41601 } },
      { partition: 9, offset: '-1', error: { type: 'UNKNOWN_TOPIC_OR_PARTITION' } },
    ],
  });
  const all = [{ partition: 0, offset: '-1' }];
  await run(admin.deleteTopicRecords({ topic: 'orders', partitions: all }));
  expect((await run(admin.fetchTopicOffsets('orders')))[0]).toMatchObject({ low: '2', high: '2' });
  const compacted = { name: 'cleanup.policy', value: 'compact' };
  const topics = [{ topic: 'last', configEntries: [compacted] }];
  await run(admin.createTopics({ topics }));
  const refused = admin.deleteTopicRecords({ topic: 'last', partitions: all });
  await expect(run(refused)).rejects.toMatchObject({ type: 'POLICY_VIOLATION' });
  for (const offset of ['', '-2', '1.5', 'x', '99999999999999999']) {
    const asked = admin.deleteTopicRecords({
      topic: 'orders',
      partitions: [{ partition: 0, offset }],
    });
    await expect(asked, offset).rejects.toThrow('must be an offset');
  }
});
