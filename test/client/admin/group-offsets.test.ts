// How far groups are, moving them, and how far behind that is.

import { expect, test } from 'vitest';
import { type AdminStory, failure, newAdmin } from './admin-story.ts';

const groupId = 'bill/ing';
const consumers = `/consumers/${encodeURIComponent(groupId)}`;

/** One who reads orders and has committed the first record of partition 0. */
async function consuming({ ask, store }: AdminStory): Promise<void> {
  await store('a', 'b', 'c');
  const settings = { 'auto.offset.reset': 'earliest', 'auto.commit.enable': 'false' };
  await ask(`POST ${consumers}`, { name: 'one', format: 'binary', ...settings });
  const one = `${consumers}/instances/one`;
  await ask(`POST ${one}/subscription`, { topics: ['orders'] });
}

async function polled({ wire, run }: AdminStory): Promise<void> {
  const connection = wire.newConnection();
  const path = `${consumers}/instances/one/records?timeout=1000`;
  const accept = 'application/vnd.kafka.binary.v2+json';
  await run(connection.ask({ method: 'GET', path, accept }));
}

async function committing(story: AdminStory): Promise<void> {
  await consuming(story);
  await polled(story);
  await polled(story);
  const offsets = [{ topic: 'orders', partition: 0, offset: 0, metadata: 'by hand' }];
  await story.ask(`POST ${consumers}/instances/one/offsets`, { offsets });
}

const leave = ({ ask }: AdminStory) => ask(`DELETE ${consumers}/instances/one`);

const none = (partition: number, offset = '-1') => ({ partition, offset, metadata: null });

test('what a group has committed is told by topic', async () => {
  const story = await newAdmin();
  const { admin, run } = story;
  await committing(story);
  const first = { partition: 0, offset: '1', metadata: 'by hand' };
  expect(await run(admin.fetchOffsets({ groupId, topics: ['orders'] }))).toEqual([
    { topic: 'orders', partitions: [first, none(1), none(2), none(3)] },
  ]);
  expect(await run(admin.fetchOffsets({ groupId }))).toEqual([
    { topic: 'orders', partitions: [first] },
  ]);
  const resolved = { groupId, topics: ['orders'], resolveOffsets: true };
  expect(await run(admin.fetchOffsets(resolved))).toEqual([
    { topic: 'orders', partitions: [first, none(1, '0'), none(2, '0'), none(3, '0')] },
  ]);
});

test('of a group that is not there nothing is committed', async () => {
  const { admin, run } = await newAdmin();
  expect(await run(admin.fetchOffsets({ groupId: 'none' }))).toEqual([]);
  expect(await run(admin.fetchOffsets({ groupId: 'none', topics: ['orders'] }))).toEqual([
    { topic: 'orders', partitions: [none(0), none(1), none(2), none(3)] },
  ]);
  const unknown = admin.fetchOffsets({ groupId: 'none', topics: ['none'] });
  await expect(run(unknown)).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  await expect(run(admin.lag('none'))).rejects.toMatchObject({ type: 'GROUP_ID_NOT_FOUND' });
});

test('how far a group is behind is told in records and in time', async () => {
  const story = await newAdmin();
  await committing(story);
  const { admin, run } = story;
  expect(await run(admin.lag(groupId))).toEqual({
    groupId,
    totalLag: 2,
    maxLag: 2,
    maxLagMs: expect.any(Number),
    partitions: [
      {
        ...{ topic: 'orders', partition: 0, offset: '1', logEndOffset: '3', lag: 2 },
        ...{ lagMs: expect.any(Number), memberId: 'one' },
      },
    ],
  });
  await leave(story);
  expect((await run(admin.lag(groupId))).partitions[0]?.memberId).toBeNull();
});

test('a group is moved to offsets, the end and the beginning, while nobody is in it', async () => {
  const story = await newAdmin();
  await committing(story);
  const { admin, run } = story;
  const partitions = [
    { partition: 0, offset: '2' },
    { partition: 1, offset: '-1' },
    { partition: 2, offset: '-2' },
    { partition: 3, offset: '7' },
  ];
  const move = { groupId, topic: 'orders', partitions };
  const error = await failure(run(admin.setOffsets(move)));
  expect(error).toMatchObject({ type: 'NON_EMPTY_GROUP', outcome: 'refused' });
  await leave(story);
  await run(admin.setOffsets(move));
  const offsets = async () => {
    const [found] = await run(admin.fetchOffsets({ groupId, topics: ['orders'] }));
    return found?.partitions.map(({ offset }) => offset);
  };
  expect(await offsets(), 'brought within the log').toEqual(['2', '0', '0', '0']);
  await run(admin.resetOffsets({ groupId, topic: 'orders' }));
  expect(await offsets()).toEqual(['3', '0', '0', '0']);
  await run(admin.resetOffsets({ groupId, topic: 'orders', earliest: true }));
  expect(await offsets()).toEqual(['0', '0', '0', '0']);
  await expect(run(admin.resetOffsets({ groupId, topic: 'none' }))).rejects.toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
  const bad = { ...move, partitions: [{ partition: 0, offset: '-3' }] };
  await expect(admin.setOffsets(bad)).rejects.toThrow('offset: -3 must be an offset');
});

test('a group that nobody was in yet can be told where to begin', async () => {
  const { admin, run, store } = await newAdmin();
  await store('a', 'b');
  const partitions = [{ partition: 0, offset: '1' }];
  await run(admin.setOffsets({ groupId: 'new', topic: 'orders', partitions }));
  expect(await run(admin.fetchOffsets({ groupId: 'new' }))).toEqual([
    { topic: 'orders', partitions: [none(0, '1')] },
  ]);
  const described = await run(admin.describeGroups(['new']));
  expect(described.groups[0]).toMatchObject({ state: 'Empty', members: [] });
});
