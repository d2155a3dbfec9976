// Fetch: from any offset, as much as asked for, and the wait for what is not there yet.

import { expect, test } from 'vitest';
import { fetchBatches } from '../../shared/engine/fetch.ts';
import { deleteTopic } from '../../shared/engine/make-topics.ts';
import { offsetForTime, partitionOffsets } from '../../shared/engine/offsets.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { headPollMillis, refsPerChunk } from '../../shared/limits.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { fetchFrom, produce, readAll, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const place = { topic: 'orders', partition: 0 };

/** Three batches of three records each, `0`…`8`, a while apart. */
async function nineRecords(world: World) {
  await world.createTopic({ name: 'orders' });
  const engine = world.newEngine();
  for (const values of [
    ['0', '1', '2'],
    ['3', '4', '5'],
    ['6', '7', '8'],
  ]) {
    await produce(world, engine, values);
  }
  return engine;
}

test('a fetch begins at the asked offset, inside a batch too', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    for (let offset = 0; offset < 9; offset++) {
      const fetched = await fetchFrom(world, engine, offset);
      expect(valuesOf(fetched)).toEqual(
        ['0', '1', '2', '3', '4', '5', '6', '7', '8'].slice(offset),
      );
      expect(fetched).toMatchObject({ nextOffset: 9, highWatermark: 9, logStart: 0 });
    }
  });
});

test('raw batches come whole, their offsets in place', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const request = { ...place, offset: 4, maxBytes: 1_000_000, waitMillis: 0 };
    const { bytes, nextOffset } = await fetchBatches(engine, world.call(engine), request);
    const split = splitBatches(bytes);
    const headers = split.kind === 'batches' ? split.headers : [];
    expect(headers.map(({ baseOffset }) => baseOffset)).toEqual([3, 6]);
    expect(nextOffset).toBe(9);
  });
});

test('maxBytes is honoured, and a first batch above it is still returned', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const call = () => world.call(engine);
    const request = { ...place, offset: 0, waitMillis: 0 };
    const least = await fetchBatches(engine, call(), { ...request, maxBytes: 1 });
    expect(least).toMatchObject({ nextOffset: 3, highWatermark: 9 });
    const { length } = least.bytes;
    const two = await fetchBatches(engine, call(), { ...request, maxBytes: 2 * length });
    expect(two.nextOffset).toBe(6);
    const almost = await fetchBatches(engine, call(), { ...request, maxBytes: 3 * length - 1 });
    expect(almost.nextOffset).toBe(6);
    expect(valuesOf(await fetchFrom(world, engine, 1, { maxBytes: 1 }))).toEqual(['1']);
  });
});

test('an offset outside the log is refused with both bounds; the end is empty', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    for (const offset of [-1, 10, 2 ** 53 - 1]) {
      await expect(fetchFrom(world, engine, offset)).rejects.toMatchObject({
        code: 'OFFSET_OUT_OF_RANGE',
        detail: { logStart: 0, highWatermark: 9 },
      });
    }
    const atEnd = await fetchFrom(world, engine, 9);
    expect(atEnd).toMatchObject({ records: [], nextOffset: 9, highWatermark: 9 });
  });
});

test('a fetch at the end waits for the next append in its own process', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const waiting = fetchFrom(world, engine, 9, { waitMillis: 20_000 });
    await produce(world, engine, ['9']);
    const answered = world.time.now();
    expect(valuesOf(await waiting)).toEqual(['9']);
    expect(world.time.now() - answered).toBeLessThan(headPollMillis);
  });
});

test('a fetch at the end sees another process’s append at its next look', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const reader = world.newEngine();
    const waiting = fetchFrom(world, reader, 9, { waitMillis: 20_000 });
    await world.time.sleep(3_000);
    await produce(world, engine, ['9']);
    const answered = world.time.now();
    expect(valuesOf(await waiting)).toEqual(['9']);
    expect(world.time.now() - answered).toBeLessThan(2 * headPollMillis);
  });
});

test('a wait that finds nothing ends in time, and leaves nothing behind', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const began = world.time.now();
    const fetched = await fetchFrom(world, engine, 9, { waitMillis: 5_000 });
    expect(fetched).toMatchObject({ records: [], nextOffset: 9 });
    expect(world.time.now() - began).toBeGreaterThanOrEqual(5_000);
    expect(world.time.now() - began).toBeLessThan(6_000);
  });
});

test('a topic deleted under a waiting fetch is unknown to it', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const waiting = fetchFrom(world, world.newEngine(), 9, { waitMillis: 20_000 });
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' }),
      deleteTopic(engine, world.call(engine), 'orders'),
    ]);
  });
});

test('a reader whose chunks are cached goes on through new chunks and the tail', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const writer = world.newEngine();
    const reader = world.newEngine();
    const values = Array.from({ length: 4 * refsPerChunk + 5 }, (_, index) => `${index}`);
    const read: string[] = [];
    for (const value of values) {
      await produce(world, writer, [value]);
      if (read.length % 7 === 0) await writer.background.idle();
      read.push(...valuesOf(await fetchFrom(world, reader, read.length)));
    }
    expect(read).toEqual(values);
    expect(await readAll(world, 10)).toEqual(values.slice(10));
  });
});

test('a time is found wherever it is: in chunks, in the tail, or not at all', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    // Times that mostly rise, with steps back, as producers' clocks make them.
    const times = Array.from(
      { length: 5 * refsPerChunk + 7 },
      (_, index) => 1_000 + index * 10 - (index % 5 === 0 ? 35 : 0),
    );
    for (const timestamp of times) {
      const record = { key: null, value: Buffer.from('v'), headers: [], timestamp };
      await produceRecords(engine, world.call(engine), { topic: 'orders', records: [record] });
      await engine.background.idle();
    }
    for (let timestamp = 900; timestamp < 1_000 + times.length * 10; timestamp += 7) {
      const expected = times.findIndex((time) => time >= timestamp);
      const request = { ...place, timestamp };
      const found = await offsetForTime(engine, world.call(engine), request);
      expect(found).toBe(expected === -1 ? times.length : expected);
    }
  });
});

test('offsets tell where the log begins and ends', async () => {
  await inWorld(1, async (world) => {
    const engine = await nineRecords(world);
    const bounds = await partitionOffsets(engine, world.call(engine), place);
    expect(bounds).toEqual({ logStart: 0, highWatermark: 9 });
    const unknown = partitionOffsets(engine, world.call(engine), { ...place, partition: 1 });
    await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });
  });
});
