// Topics, as users of kafkajs make, look at, grow and delete them.

import { expect, test } from 'vitest';
import { failure, newAdmin } from './admin-story.ts';

const partition = (partitionId: number) => ({
  ...{ partitionErrorCode: 0, partitionId, leader: 0 },
  ...{ replicas: [0], isr: [0], offlineReplicas: [] },
});

test('topics are made, with what is set of them, and told of', async () => {
  const { admin, run, ask } = await newAdmin();
  await run(admin.connect());
  const topics = [
    { topic: 'plain', numPartitions: -1, replicationFactor: 3 },
    { topic: 'kept', numPartitions: 2, configEntries: [{ name: 'retention.ms', value: '-1' }] },
    { topic: 'placed', replicaAssignment: [{ partition: 0 }, { partition: 1 }, { partition: 2 }] },
  ];
  const made = admin.createTopics({ topics, waitForLeaders: true, timeout: 5_000 });
  expect(await run(made)).toBe(true);
  expect(await run(admin.listTopics())).toEqual(['kept', 'orders', 'placed', 'plain']);
  const { topics: all } = await run(admin.fetchTopicMetadata());
  const counts = all.map(({ name, partitions }) => [name, partitions.length]);
  expect(counts).toEqual([
    ['kept', 2],
    ['orders', 4],
    ['placed', 3],
    ['plain', 1],
  ]);
  expect(await run(admin.fetchTopicMetadata({ topics: ['kept'] }))).toEqual({
    topics: [{ name: 'kept', partitions: [partition(0), partition(1)] }],
  });
  expect(await ask('GET /v3/clusters/sluice/topics/kept/configs/retention.ms')).toMatchObject({
    value: '-1',
  });
});

test('one that is there already makes it false, and the others are made', async () => {
  const { admin, run } = await newAdmin();
  const topics = [{ topic: 'orders' }, { topic: 'other' }];
  expect(await run(admin.createTopics({ topics }))).toBe(false);
  expect(await run(admin.listTopics())).toEqual(['orders', 'other']);
  expect(await run(admin.createTopics({ topics: [] }))).toBe(true);
});

test('what is only to be checked is not made', async () => {
  const { admin, run } = await newAdmin();
  const checked = { validateOnly: true };
  expect(await run(admin.createTopics({ ...checked, topics: [{ topic: 'new' }] }))).toBe(true);
  expect(await run(admin.createTopics({ ...checked, topics: [{ topic: 'orders' }] }))).toBe(false);
  const grown = (count: number) =>
    admin.createPartitions({ ...checked, topicPartitions: [{ topic: 'orders', count }] });
  expect(await run(grown(5))).toBe(true);
  await expect(run(grown(4))).rejects.toMatchObject({ type: 'INVALID_PARTITIONS' });
  expect(await run(admin.listTopics())).toEqual(['orders']);
  const { topics } = await run(admin.fetchTopicMetadata());
  expect(topics[0]?.partitions.length).toBe(4);
});

test('topics that cannot be are told by Kafka’s names, and the others are made', async () => {
  const { admin, run } = await newAdmin();
  const topics = [
    { topic: 'a b' },
    { topic: 'none', numPartitions: 0 },
    { topic: 'orders' },
    { topic: 'good' },
    { topic: 'set', configEntries: [{ name: 'segment.bytes', value: '1' }] },
    { topic: 'wrong', configEntries: [{ name: 'retention.ms', value: 'long' }] },
  ];
  const error = await failure(run(admin.createTopics({ topics })));
  expect(error).toMatchObject({
    name: 'SluiceAggregateError',
    type: 'INVALID_TOPIC_EXCEPTION',
    outcome: 'refused',
    retriable: false,
    errors: [
      { topic: 'a b', type: 'INVALID_TOPIC_EXCEPTION', code: 40002 },
      { topic: 'none', type: 'INVALID_PARTITIONS' },
      { topic: 'orders', type: 'TOPIC_ALREADY_EXISTS' },
      { topic: 'set', type: 'INVALID_CONFIG', message: expect.stringContaining('segment.bytes') },
      { topic: 'wrong', type: 'INVALID_CONFIG' },
    ],
  });
  expect(error['message']).toMatch(/^Topics were not created: topic_name: .*; partitions_count: /);
  expect(await run(admin.listTopics())).toEqual(['good', 'orders']);
});

test('what nobody can mean is refused before anything is sent', async () => {
  const { admin, wire } = await newAdmin();
  const twice = { topics: [{ topic: 'one' }, { topic: 'one' }] };
  await expect(admin.createTopics(twice)).rejects.toThrow('topics: one must be there once');
  await expect(admin.createTopics({} as never)).rejects.toThrow('topics: must be a list');
  await expect(admin.deleteTopics({ topics: ['..'] })).rejects.toThrow('topic: must not be');
  await expect(admin.createPartitions({ topicPartitions: [] })).rejects.toThrow('not be empty');
  await expect(admin.fetchTopicOffsets('')).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
  expect(wire.sent).toEqual([]);
});

test('topics grow, and no more than that', async () => {
  const { admin, run } = await newAdmin();
  const grow = (topic: string, count: number) =>
    run(admin.createPartitions({ topicPartitions: [{ topic, count }] }));
  expect(await grow('orders', 6)).toBe(true);
  const { topics } = await run(admin.fetchTopicMetadata());
  expect(topics[0]?.partitions.length).toBe(6);
  await expect(grow('orders', 6)).rejects.toMatchObject({
    type: 'INVALID_PARTITIONS',
    errors: [{ topic: 'orders' }],
  });
  await expect(grow('none', 2)).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
});

test('topics are deleted, and of those that are not there it is told', async () => {
  const { admin, run } = await newAdmin();
  const error = await failure(run(admin.deleteTopics({ topics: ['none', 'orders'] })));
  expect(error).toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
    errors: [{ topic: 'none', type: 'UNKNOWN_TOPIC_OR_PARTITION' }],
  });
  expect(await run(admin.listTopics())).toEqual([]);
  await expect(run(admin.fetchTopicMetadata({ topics: ['orders'] }))).rejects.toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
});

test('what an answer that was lost has told of is done, and not an error', async () => {
  const { admin, run, wire } = await newAdmin();
  const unheardOnce = () => {
    const seen = new Set<string>();
    wire.fateOf = ({ method, path }) => {
      if (method === 'GET' || seen.has(method + path)) return 'passes';
      seen.add(method + path);
      return 'unheard';
    };
  };
  unheardOnce();
  expect(await run(admin.createTopics({ topics: [{ topic: 'new' }] }))).toBe(true);
  const topicPartitions = [{ topic: 'new', count: 3 }];
  expect(await run(admin.createPartitions({ topicPartitions }))).toBe(true);
  await run(admin.deleteTopics({ topics: ['new'] }));
  expect(await run(admin.listTopics())).toEqual(['orders']);
  wire.fateOf = () => 'passes';
  await expect(run(admin.deleteTopics({ topics: ['new'] }))).rejects.toThrow('new');
});

test('what some of many may do later is no reason to ask for all again', async () => {
  const { run, wire } = await newAdmin();
  const admin = wire.newClient().admin({ retry: { retries: 0 } });
  const busy = () => new Response('{}', { status: 503, headers: { 'Retry-After': '1' } });
  wire.fateOf = ({ path }) => (path.endsWith('orders') ? busy() : 'passes');
  const both = admin.deleteTopics({ topics: ['orders', 'none'] });
  await expect(run(both)).rejects.toMatchObject({ retriable: false, errors: { length: 2 } });
  const one = admin.deleteTopics({ topics: ['orders'] });
  await expect(run(one)).rejects.toMatchObject({ retriable: true, errors: { length: 1 } });
});
