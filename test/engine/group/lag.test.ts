// How far a group is behind, in records and in time: by what is committed, wherever in the log the
// next record is.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { lagsOfGroup } from '../../../shared/engine/group/describe-groups.ts';
import type { PartitionLag } from '../../../shared/engine/group/lag.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { produceBatches, produceRecords } from '../../../shared/engine/produce.ts';
import type { PartitionName } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { readHead } from '../../../shared/log/head.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import { headItem, headKey } from '../../../shared/store/items.ts';
import { consumer, polled } from '../../world/group-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const shop = { group: 'shop', instance: 'tool' };

/** One append of a record of that time. */
async function send(world: World, engine: Engine, timestamp: number, topic = 'orders') {
  const records = [{ key: null, value: Buffer.from('v'), headers: [], timestamp, partition: 0 }];
  await produceRecords(engine, world.call(engine), { topic, records });
  await engine.background.idle();
}

async function commit(world: World, engine: Engine, offset: number, topic = 'orders') {
  const offsets = [{ topic, partition: 0, offset, metadata: `at ${offset}` }];
  await commitOffsets(engine, world.call(engine), shop, offsets);
}

async function lags(world: World, of?: PartitionName): Promise<readonly PartitionLag[]> {
  const engine = world.newEngine();
  return (await lagsOfGroup(engine, world.call(engine), 'shop', of)).lags;
}

/** Records, and the time since the next of them. */
async function lag(world: World, of?: PartitionName) {
  const [one] = await lags(world, of);
  const since = one?.lagMillis === undefined ? undefined : world.time.now() - one.lagMillis;
  return [one?.lag, since];
}

test('it is that of the next record, in the tail and in chunks; at the end there is none', () =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const [start, last] = [world.time.now(), 2 * refsPerChunk + 4];
    for (let at = 0; at <= last; at++) await send(world, engine, start + 100 * at);
    const stored = world.account.stored.peek(headKey({ topicId, partition: 0 }));
    const { tailBase } = readHead(stored as Item);
    expect(tailBase).toBeGreaterThan(refsPerChunk);
    await world.time.sleep(60_000);
    await consumer(world, shop, { topics: [] });
    for (const offset of [0, 1, refsPerChunk, tailBase - 1, tailBase, last]) {
      await commit(world, engine, offset);
      expect(await lag(world)).toEqual([last + 1 - offset, start + 100 * offset]);
    }
    await commit(world, engine, last + 1);
    const [atEnd] = await lags(world);
    expect(atEnd).toMatchObject({ lag: 0, lagMillis: 0, committed: last + 1, logEnd: last + 1 });
    expect(atEnd).toMatchObject({ owner: undefined, metadata: `at ${last + 1}`, logStart: 0 });
  }));

test('in an append of several records the latest of them counts', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const start = world.time.now();
    const records = [1_000, 3_000, 2_000].map((after) => {
      const timestamp = start + after;
      return { key: null, value: null, headers: [], timestamp };
    });
    await produceRecords(engine, world.call(engine), { topic: 'orders', records });
    await world.time.sleep(60_000);
    await consumer(world, shop, { topics: [] });
    await commit(world, engine, 1);
    expect(await lag(world)).toEqual([2, start + 3_000]);
  }));

test('it grows while nobody reads, and is gone once all is read and committed', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' });
    await polled(world, one);
    expect(await lags(world)).toEqual([]);
    await polled(world, one);
    expect(await lags(world)).toMatchObject([{ committed: 0, lag: 0, lagMillis: 0 }]);
    const engine = world.newEngine();
    const producedAt = world.time.now();
    await produce(world, engine, ['a', 'b']);
    await world.time.sleep(30_000);
    const [behind] = await lags(world);
    expect(behind?.lag).toBe(2);
    expect(behind?.lagMillis).toBeGreaterThanOrEqual(30_000);
    expect(behind?.lagMillis).toBeLessThanOrEqual(world.time.now() - producedAt);
    await polled(world, one);
    expect(await lags(world)).toMatchObject([{ committed: 0, lag: 2 }]);
    await polled(world, one);
    expect(await lags(world)).toMatchObject([{ committed: 2, lag: 0, lagMillis: 0 }]);
  }));

test('records without a time have no age, and those of the future none to speak of', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const records = [{ timestamp: -1, key: null, value: Buffer.from('v'), headers: [] }];
    const bytes = encodeBatch({ records, compression: 'none' });
    const batches = { topic: 'orders', partition: 0, bytes };
    await produceBatches(engine, world.call(engine), batches);
    await send(world, engine, world.time.now() + 3_600_000);
    await consumer(world, shop, { topics: [] });
    await commit(world, engine, 0);
    expect(await lags(world)).toMatchObject([{ lag: 2, lagMillis: undefined }]);
    await commit(world, engine, 1);
    expect(await lags(world)).toMatchObject([{ lag: 1, lagMillis: 0 }]);
  }));

test('what retention has taken counts as not read, and the oldest that is left as the next', () =>
  inWorld(5, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const start = world.time.now();
    for (let at = 0; at < 5; at++) await send(world, engine, start + 100 * at);
    await world.time.sleep(60_000);
    await consumer(world, shop, { topics: [] });
    await commit(world, engine, 1);
    const logStart = { set: headItem.logStart, to: { value: 3 } };
    const update = headKey({ topicId, partition: 0 });
    await world.account.stored.write({ update, actions: [logStart] });
    expect(await lag(world)).toEqual([4, start + 300]);
  }));

test('deleted topics are left out, also under a name that is used again', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'audit' });
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await consumer(world, shop, { topics: [] });
    for (const topic of ['orders', 'audit']) {
      await send(world, engine, 1_000, topic);
      await commit(world, engine, 1, topic);
    }
    const topics = async () => (await lags(world)).map(({ topic }) => topic);
    expect(await topics()).toEqual(['audit', 'orders']);
    await deleteTopic(engine, world.call(engine), 'orders');
    expect(await topics()).toEqual(['audit']);
    await world.createTopic({ name: 'orders' });
    await send(world, engine, 1_000);
    expect(await topics()).toEqual(['audit']);
    await commit(world, engine, 1);
    expect(await topics()).toEqual(['audit', 'orders']);
  }));

test('of one partition alone, the head of no other is read', () =>
  inWorld(7, async (world) => {
    for (const name of ['audit', 'orders']) await world.createTopic({ name, partitions: 4 });
    const one = await consumer(world, { instance: 'one' }, { topics: ['audit', 'orders'] });
    await polled(world, one);
    await polled(world, one);
    expect(await lags(world)).toHaveLength(8);
    const engine = world.newEngine();
    const call = world.call(engine);
    const place = { topic: 'orders', partition: 2 };
    const { group, lags: found } = await lagsOfGroup(engine, call, 'shop', place);
    expect(found).toMatchObject([{ ...place, committed: 0, owner: group.members[0]?.incarnation }]);
    expect(call.operations.tableReads).toBe(3);
  }));

test('of a group that is none there is none', () =>
  inWorld(8, async (world) => {
    await expect(lags(world)).rejects.toMatchObject({ code: 'UNKNOWN_GROUP' });
  }));
