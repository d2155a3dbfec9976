// Housekeeping as Lambda starts it: a roll has its partition looked after, the clock all of them;
// and the clock has cleared away what nobody reaches.

import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { rolledIn } from '../../functions/rolls-event.ts';
import { createTopic, deleteTopic } from '../../shared/engine/make-topics.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { EngineError } from '../../shared/errors.ts';
import { type EpochMillis, type PartitionId, segmentIdOf, type TopicId } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { readChunk } from '../../shared/log/chunk.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import { chunkKey, headKey, partitionPk } from '../../shared/store/items.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import { dynamoDbEvent } from '../ingest/events.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { EventAccount, inserted } from './event-account.ts';

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

const startUpkeep = () => account.start<DynamoDBStreamEvent | object, void>('upkeep');
const rolled = () => inserted(chunkKey(id(0), 0), chunkKey(id(0), 16));

describe('a roll', () => {
  test('has its partition looked after: small chunks are merged', async () => {
    const upkeep = await startUpkeep();
    await produceChunks('orders', 2);
    expect(await objectsOfChunks()).toBe(2 * refsPerChunk);
    await upkeep(rolled());
    expect(await objectsOfChunks()).toBe(1);
  });

  test('names its partition once, however many chunks it put', () => {
    const chunks = [0, 16, 32].flatMap((base) => [chunkKey(id(2), base), chunkKey(id(0), base)]);
    expect(rolledIn(inserted(...chunks))).toEqual([id(2), id(0)]);
  });

  test('of no partition is none, and of one that is gone there is nothing to do', async () => {
    const keys = ['topics', 'group#part', `part#${topicId}`].map((pk) => ({ pk, sk: 'chunk#0' }));
    expect(rolledIn(inserted(...keys))).toEqual([]);
    expect(rolledIn(dynamoDbEvent)).toEqual([]);
    const gone = { ...id(0), topicId: 'A'.repeat(22) as TopicId };
    await (await startUpkeep())(inserted(chunkKey(gone, 0), chunkKey(id(7), 0)));
  });

  test('that is cut off by its time has not failed: the next goes on', async () => {
    const upkeep = await startUpkeep();
    await produceChunks('orders', 2);
    vi.useFakeTimers({ toFake: ['Date'] });
    const read = vi.spyOn(account.objects, 'read').mockImplementation(async () => {
      vi.setSystemTime(Date.now() + 60_000);
      throw new StoreError('not-done', 'unavailable');
    });
    await upkeep(rolled());
    expect(read).toHaveBeenCalled();
    read.mockRestore();
    vi.useRealTimers();
    const before = await objectsOfChunks();
    expect(before).toBe(1 + 2 * refsPerChunk);
    expect(account.lastTold()).toMatchObject({ outcome: 'ok', 'sluice.merge.backlog': 1 });
    await upkeep(rolled());
    expect(account.lastTold()).toMatchObject({ outcome: 'ok' });
    expect(account.lastTold()).not.toHaveProperty(['sluice.merge.backlog']);
    expect(await objectsOfChunks()).toBeLessThanOrEqual(2);
  });

  test('of what cannot be done fails the invocation: it is counted, and told again', async () => {
    const upkeep = await startUpkeep();
    const query = vi.spyOn(account.table, 'query').mockRejectedValue(new Error('no table'));
    await expect(upkeep(rolled())).rejects.toThrow('no table');
    expect(account.lastTold()).toMatchObject({ outcome: 'fault', 'error.type': 'fault' });
    query.mockRestore();
  });
});

test('by the clock every partition is looked after', async () => {
  const upkeep = await startUpkeep();
  account.did.clear();
  await upkeep({ 'detail-type': 'Scheduled Event' });
  for (const partition of [0, 1, 2]) {
    expect(account.did).toContain(`dynamodb:GetItem ${partitionPk(id(partition))}`);
  }
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
    const told = account.lastTold() as Record<string, number>;
    expect(told['sluice.sweep.deleted.bytes']).toBeGreaterThan(refsPerChunk * value.length);
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

  test('that has no time for all fails: Lambda starts it again', async () => {
    const collect = await account.start<object, void>('collect');
    vi.useFakeTimers({ toFake: ['Date'] });
    const list = vi.spyOn(account.objects, 'list').mockImplementation(async () => {
      vi.setSystemTime(Date.now() + 60_000);
      throw new StoreError('not-done', 'unavailable');
    });
    await expect(collect({})).rejects.toThrow('collect ran out of time');
    expect(account.lastTold()).toMatchObject({ outcome: 'retriable', errorCode: 'UNAVAILABLE' });
    list.mockRestore();
    await collect({});
  });

  test('says what nobody can judge, and has not failed with it', async () => {
    const collect = await account.start<object, void>('collect');
    const said = vi.spyOn(console, 'error').mockReturnValue();
    await collect({});
    expect(said).not.toHaveBeenCalled();
    const key = segmentKey(segmentIdOf(Date.now() as EpochMillis, new Uint8Array(10)));
    await account.objects.put({ key, parts: [Buffer.from('strange')], crc32c: 0 });
    later();
    await collect({});
    expect(said.mock.calls).toEqual([
      [expect.stringMatching(/^1 objects that nothing names stay/)],
    ]);
    expect(account.lastTold()).toMatchObject({ 'sluice.sweep.left.objects': 1 });
    expect(await keys()).toContain(key);
    said.mockRestore();
  });
});
