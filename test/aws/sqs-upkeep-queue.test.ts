// Partitions that are to be looked after, over SQS: each a group of its own, and told of once.

import { afterEach, expect, test } from 'vitest';
import { sqsUpkeepQueue } from '../../shared/aws/sqs-upkeep-queue.ts';
import { sqsClient } from '../../shared/aws/trigger-clients.ts';
import { readUpkeep } from '../../shared/aws/upkeep-text.ts';
import type { PartitionId, TopicId } from '../../shared/ids.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { type SentBatch, type SqsAnswer, startSqsFake } from '../emulators/sqs-fake.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/partitions.fifo';
const topicId = 'AAAAAAAAAAAAAAAAAAAA-_' as TopicId;
const partitionsOf = (count: number): PartitionId[] =>
  [...Array(count).keys()].map((partition) => ({ topicId, partition }));

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function opened(answerTo?: (batch: SentBatch) => SqsAnswer) {
  const { endpoint, stop, batches } = await startSqsFake(answerTo);
  const client = sqsClient({ endpoint, ...emulatorCredentials, callMillisMax: 60_000 });
  closing.push(stop, () => client.destroy());
  const entries = () => batches.flatMap((batch) => batch.entries);
  return { queue: sqsUpkeepQueue({ client, queueUrl }), batches, entries };
}

test('each partition is a message, ten a request', async () => {
  const { queue, batches, entries } = await opened();
  await queue.send(partitionsOf(23));
  expect(batches.map((batch) => batch.entries.length).toSorted()).toEqual([10, 10, 3].toSorted());
  expect(new Set(batches.map((batch) => batch.queueUrl))).toEqual(new Set([queueUrl]));
  const told = entries().map(({ MessageBody }) => readUpkeep(MessageBody));
  expect(told).toHaveLength(23);
  expect(told).toEqual(expect.arrayContaining(partitionsOf(23)));
});

test('nothing is no request', async () => {
  const { queue, batches } = await opened();
  await queue.send([]);
  expect(batches).toEqual([]);
});

test('a partition has a name of SQS’s alphabet and length, which is no other’s', async () => {
  const { queue, entries } = await opened();
  const topicIds = ['A', '-', '_', '9'].map((letter) => letter.repeat(22) as TopicId);
  const partitions = [0, 1, 10, 11, 110, Number.MAX_SAFE_INTEGER];
  const all = topicIds.flatMap((own) =>
    partitions.map((partition) => ({ topicId: own, partition })),
  );
  await queue.send(all);
  const names = entries().map(({ MessageGroupId }) => MessageGroupId);
  for (const name of names) expect(name).toMatch(/^[!-~]{1,128}$/);
  expect(new Set(names).size).toBe(all.length);
});

test('told of again, it has the same name: within five minutes SQS drops it', async () => {
  const { queue, entries } = await opened();
  await queue.send(partitionsOf(1));
  await queue.send(partitionsOf(1));
  const [name, ...others] = entries().map((entry) => entry.MessageDeduplicationId);
  expect(name).toBe(entries()[0]?.MessageGroupId);
  expect(others).toEqual([name]);
});

test('what SQS does not take is a failure of the store, to be sent again', async () => {
  const { queue } = await opened(() => ({
    status: 403,
    type: 'com.amazonaws.sqs#RequestThrottled',
  }));
  const sent = queue.send(partitionsOf(2));
  await expect(sent).rejects.toMatchObject({ outcome: 'not-done', reason: 'throttled' });
});
