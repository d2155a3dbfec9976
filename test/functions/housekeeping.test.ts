// Housekeeping as Lambda starts it: a roll names its partition, a message has it looked after, and
// the clock names all, and clears away what nobody reaches.

import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { rolledIn, upkeepIn } from '../../functions/housekeeping-events.ts';
import { upkeepText } from '../../shared/aws/upkeep-text.ts';
import { createTopic, deleteTopic } from '../../shared/engine/make-topics.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { EngineError } from '../../shared/errors.ts';
import type { PartitionId, TopicId } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { readChunk } from '../../shared/log/chunk.ts';
import { chunkKey, headKey, partitionPk } from '../../shared/store/items.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import { dynamoDbEvent, firstOfGroup, insertRecord } from '../ingest/events.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { EventAccount } from './event-account.ts';

const account = new EventAccount();
let topicId: TopicId;

beforeAll(async () => {
  const { engine, call } = account.process();
  topicId = (await createTopic(engine, call, { name: 'orders', partitions: 3 })).id;
});
afterEach(() => {
  vi.useRealTimers();
});

const id = (partition: number): PartitionId => ({ topicId, partition });

function changeOf({ pk, sk }: { readonly pk: string; readonly sk: string }): DynamoDBRecord {
  const Keys = { pk: { S: pk }, sk: { S: sk } };
  return { ...insertRecord, dynamodb: { ...insertRecord.dynamodb, Keys } };
}

function queueOf(...bodies: readonly string[]): SQSEvent {
  return { Records: bodies.map((body) => ({ ...firstOfGroup, body })) };
}

/** Of which a few are worth a merge, since nothing makes it smaller. */
const value = seededChance(1).bytes(300_000);

/** Whole chunks of them. */
async function produceChunks(topic: string, count: number): Promise<void> {
  const { engine, call } = account.process();
  for (let round = 0; round < count * refsPerChunk; round++) {
    const records = [{ key: null, value, headers: [], partition: 0 }];
    await produceRecords(engine, call, { topic, records });
  }
  await engine.background.idle();
}

/** Those that hold what was rolled of the first partition. */
async function objectsOfChunks(): Promise<number> {
  const items = await account.table.query({ pk: partitionPk(id(0)), limit: 99, strong: true });
  const chunks = items.filter(({ sk }) => sk.startsWith('chunk#')).map(readChunk);
  const refs = chunks.flatMap((chunk) => [...Array(chunk.length).keys()].map((at) => chunk.at(at)));
  return new Set(refs.map(({ segment }) => segment)).size;
}

describe('a roll', () => {
  test('names its partition, once, however many chunks it put', async () => {
    const rolls = await account.start<DynamoDBStreamEvent, void>('rolls');
    const chunks = [0, 16, 32].flatMap((base) => [chunkKey(id(2), base), chunkKey(id(0), base)]);
    await rolls({ Records: chunks.map(changeOf) });
    expect(account.named.splice(0)).toEqual([id(2), id(0)]);
  });

  test('of no partition is none', () => {
    const keys = ['topics', 'group#part', `part#${topicId}`].map((pk) => ({ pk, sk: 'chunk#0' }));
    expect(rolledIn({ Records: keys.map(changeOf) })).toEqual([]);
    expect(rolledIn(dynamoDbEvent)).toEqual([]);
  });

  test('that cannot be told on fails the event: the stream brings it again', async () => {
    const rolls = await account.start<DynamoDBStreamEvent, void>('rolls');
    const { send } = account.upkeepQueue;
    account.upkeepQueue.send = async () => {
      throw new Error('the queue is not there');
    };
    const told = rolls({ Records: [changeOf(chunkKey(id(0), 0))] });
    await expect(told).rejects.toThrow('the queue is not there');
    account.upkeepQueue.send = send;
  });
});

describe('a message', () => {
  test('has its partition looked after: small chunks are merged', async () => {
    const upkeep = await account.start<SQSEvent, void>('upkeep');
    await produceChunks('orders', 2);
    expect(await objectsOfChunks()).toBe(2 * refsPerChunk);
    await upkeep(queueOf(upkeepText(id(0))));
    expect(await objectsOfChunks()).toBe(1);
  });

  test('that is cut off by its time has not failed: the next goes on', async () => {
    const upkeep = await account.start<SQSEvent, void>('upkeep');
    await produceChunks('orders', 2);
    vi.useFakeTimers({ toFake: ['Date'] });
    const read = vi.spyOn(account.objects, 'read').mockImplementation(async () => {
      vi.setSystemTime(Date.now() + 60_000);
      throw new StoreError('not-done', 'unavailable');
    });
    await upkeep(queueOf(upkeepText(id(0))));
    expect(read).toHaveBeenCalled();
    read.mockRestore();
    vi.useRealTimers();
    const before = await objectsOfChunks();
    expect(before).toBe(1 + 2 * refsPerChunk);
    await upkeep(queueOf(upkeepText(id(0))));
    expect(await objectsOfChunks()).toBeLessThanOrEqual(2);
  });

  test('that names no partition, or one that is gone, is passed over', async () => {
    const upkeep = await account.start<SQSEvent, void>('upkeep');
    const gone = { ...id(0), topicId: 'A'.repeat(22) as TopicId };
    await upkeep(queueOf('hello', '{}', upkeepText(gone), upkeepText(id(7))));
    expect(upkeepIn(queueOf('hello', upkeepText(id(1))))).toEqual([id(1)]);
  });

  test('of what cannot be done fails the invocation: it is counted, and given again', async () => {
    const upkeep = await account.start<SQSEvent, void>('upkeep');
    const get = vi.spyOn(account.table, 'query').mockRejectedValue(new Error('no table'));
    await expect(upkeep(queueOf(upkeepText(id(0))))).rejects.toThrow('no table');
    get.mockRestore();
  });
});

test('the survey names every partition', async () => {
  const survey = await account.start<object, void>('survey');
  await survey({});
  expect(account.named.splice(0)).toEqual([id(0), id(1), id(2)]);
});

describe('the collector', () => {
  const later = () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 24 * 60 * 60 * 1000);
  };
  const keys = async () => {
    const listed = await account.objects.list({ prefix: '', limit: 1_000 });
    return listed.map(({ key }) => key);
  };

  test('clears away what a deleted topic has left, and its objects, after a time', async () => {
    const collect = await account.start<object, void>('collect');
    const before = await keys();
    const { engine, call } = account.process();
    const { id: doomed } = await createTopic(engine, call, { name: 'doomed', partitions: 1 });
    await produceChunks('doomed', 1);
    const chunk = chunkKey({ topicId: doomed, partition: 0 }, 0);
    await deleteTopic(engine, call, 'doomed');
    await collect({});
    expect(await account.table.get(chunk)).toBeDefined();
    expect(await keys()).toHaveLength(before.length + refsPerChunk);
    later();
    await collect({});
    expect(await account.table.get(chunk)).toBeUndefined();
    // Of the other topic what the merge has left behind is gone, too.
    expect((await keys()).length).toBeLessThan(before.length);
    expect(await account.table.get(headKey(id(0)))).toBeDefined();
  });

  test('sweeps, though what was deleted cannot be cleared away; and says so', async () => {
    const collect = await account.start<object, void>('collect');
    later();
    account.did.clear();
    const { query } = account.table;
    const spy = vi.spyOn(account.table, 'query').mockImplementation((range) => {
      if (range.pk === 'doomed') throw new EngineError('UNAVAILABLE', 'no doomed');
      return query.call(account.table, range);
    });
    await expect(collect({})).rejects.toThrow('no doomed');
    expect(account.did).toContain('s3:ListBucket');
    spy.mockRestore();
  });
});
