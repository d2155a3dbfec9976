// The offset of a time, where it is not the first record of an append that has it; and what looking
// for it costs.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import { offsetForTime, timeChunksMax } from '../../shared/engine/offsets.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { describeTopic } from '../../shared/engine/topics.ts';
import { segmentIdOf, segmentRandomBytes } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { chunkOf } from '../../shared/log/chunk.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import { inWorld, type World } from '../world/world.ts';

const place = { topic: 'orders', partition: 0 };

/** One request with a record of each of these times. */
async function send(world: World, engine: Engine, ...times: readonly number[]): Promise<void> {
  const records = times.map((timestamp) => {
    return { key: null, value: Buffer.from('v'), headers: [], timestamp };
  });
  await produceRecords(engine, world.call(engine), { topic: 'orders', records });
  await engine.background.idle();
}

test('it is that of the record, in a batch and in requests that share an append', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await describeTopic(engine, world.call(engine), 'orders');
    await Promise.all([
      send(world, engine, 100, 200),
      send(world, engine, 400, 300, 600),
      send(world, engine, 500),
    ]);
    expect(engine.operations.objectPuts).toBe(1);
    const found = [0, 150, 350, 450, 550, 601].map((timestamp) =>
      offsetForTime(engine, world.call(engine), { ...place, timestamp }),
    );
    expect(await Promise.all(found)).toEqual([0, 1, 2, 4, 4, 6]);
  });
});

test('what lies below the log start is not found, also in the append that holds it', async () => {
  await inWorld(2, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await send(world, engine, 900, 100, 100);
    await send(world, engine, 950);
    const logStart = { set: headItem.logStart, to: { value: 1 } };
    const update = headKey({ topicId, partition: 0 });
    await world.account.stored.write({ update, actions: [logStart] });
    const found = [100, 800, 960].map((timestamp) =>
      offsetForTime(engine, world.call(engine), { ...place, timestamp }),
    );
    expect(await Promise.all(found)).toEqual([1, 3, 4]);
  });
});

test('a time in the tail is found without a query, and by reading one append', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const writer = world.newEngine();
    for (let time = 0; time < refsPerChunk + 9; time++) await send(world, writer, time);
    const reader = world.newEngine();
    const call = world.call(reader);
    const timestamp = refsPerChunk + 7;
    expect(await offsetForTime(reader, call, { ...place, timestamp })).toBe(timestamp);
    expect(call.operations).toMatchObject({ tableQueries: 0, objectReads: 1 });
  });
});

test('a time that a record of the future has spoilt is looked for in so many chunks', async () => {
  await inWorld(9, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = { topicId, partition: 0 };
    const engine = world.newEngine();
    await send(world, engine, 5);
    const segment = segmentIdOf(world.time.now(), new Uint8Array(segmentRandomBytes));
    const ref = encodeRef({ segment, position: 0, length: 99, count: 1, timestampMax: 5 });
    const chunks = timeChunksMax + 50;
    const { stored } = world.account;
    for (let baseOffset = 0; baseOffset < chunks; baseOffset++) {
      await stored.write({ put: chunkOf(id, { baseOffset, refs: [ref], timeThrough: 2_000 }) });
    }
    const set = (attribute: string, value: number) => ({ set: attribute, to: { value } });
    const { tailBase, nextOffset, timeBefore } = headItem;
    const actions = [set(tailBase, chunks), set(nextOffset, chunks + 1), set(timeBefore, 2_000)];
    await stored.write({ update: headKey(id), actions });
    await world.time.sleep(60_000);
    const call = world.call(engine);
    const found = await offsetForTime(engine, call, { ...place, timestamp: 1_000 });
    expect(found).toBe(timeChunksMax);
    expect(call.operations.tableQueries).toBeLessThan(30);
  });
});
