// Readers of a log that housekeeping changes under them: chunks whose refs were replaced by refs to
// one merged object, and chunks that retention took away between two reads.

import { expect, test } from 'vitest';
import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import { fetchBatches } from '../../shared/engine/fetch.ts';
import { offsetForTime } from '../../shared/engine/offsets.ts';
import { type PartitionId, segmentIdOf } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { chunkOf, readChunk } from '../../shared/log/chunk.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { chunkKey, headItem, headKey } from '../../shared/store/items.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { fetchFrom, produce, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const place = { topic: 'orders', partition: 0 };
const values = Array.from({ length: 2 * refsPerChunk + 1 }, (_, index) => `${index}`);

async function twoChunks(world: World): Promise<PartitionId> {
  const { id: topicId } = await world.createTopic({ name: 'orders' });
  const engine = world.newEngine();
  for (const value of values) {
    await produce(world, engine, [value]);
    await engine.background.idle();
  }
  return { topicId, partition: 0 };
}

/** Copies the bytes under the first chunk into one object, in the chunk's order but with a gap in
 * the middle, and deletes the objects they were in. */
async function merge(world: World, id: PartitionId) {
  const { stored, objects } = world.account;
  const chunk = readChunk(stored.peek(chunkKey(id, 0)) as Item);
  const segment = segmentIdOf(world.time.now(), new Uint8Array(10));
  const parts: Uint8Array[] = [];
  const refs: Uint8Array[] = [];
  const old: string[] = [];
  for (let index = 0; index < chunk.length; index++) {
    const ref = chunk.at(index);
    const key = segmentKey(ref.segment);
    if (index === refsPerChunk / 2) parts.push(new Uint8Array(7));
    const position = parts.reduce((sum, { length }) => sum + length, 0);
    parts.push((await objects.read({ ...ref, key })) as Uint8Array);
    refs.push(encodeRef({ ...ref, segment, position }));
    old.push(key);
  }
  await objects.put({ key: segmentKey(segment), parts, crc32c: 0 });
  await stored.write({ put: chunkOf(id, { baseOffset: 0, refs, timeThrough: chunk.timeThrough }) });
  await objects.delete(old);
}

/** A reader that keeps the first chunk, and of the bytes under it the first alone. */
async function warmReader(world: World): Promise<Engine> {
  const reader = world.newEngine();
  await fetchBatches(reader, world.call(reader), {
    ...place,
    offset: 0,
    maxBytes: 1,
    waitMillis: 0,
  });
  return reader;
}

test('a reader that keeps the chunk of before reads the merged object, in two ranges', async () => {
  await inWorld(1, async (world) => {
    const id = await twoChunks(world);
    const reader = await warmReader(world);
    await merge(world, id);
    await world.time.sleep(2_000);
    const fetched = await fetchFrom(world, reader, 3);
    expect(valuesOf(fetched)).toEqual(values.slice(3));
    const cold = world.newEngine();
    const call = world.call(cold);
    const whole = { ...place, offset: 0, maxBytes: 1_000, waitMillis: 0 };
    const { nextOffset } = await fetchBatches(cold, call, whole);
    expect(nextOffset).toBeGreaterThan(refsPerChunk / 2);
    expect(nextOffset).toBeLessThan(refsPerChunk);
    expect(call.operations.objectReads).toBe(2);
  });
});

test('a time looked for with the chunk of before is found', async () => {
  await inWorld(2, async (world) => {
    const id = await twoChunks(world);
    const reader = await warmReader(world);
    await merge(world, id);
    await world.time.sleep(2_000);
    const timestamp = readChunk(world.account.stored.peek(chunkKey(id, 0)) as Item).at(
      5,
    ).timestampMax;
    const found = await offsetForTime(reader, world.call(reader), { ...place, timestamp });
    expect(found).toBe(5);
  });
});

test('a time is found, too, while weak reads still name what was merged', async () => {
  for (let seed = 0; seed < 40; seed++) {
    await inWorld(seed, async (world) => {
      const id = await twoChunks(world);
      await world.time.sleep(2_000);
      const reader = world.newEngine();
      await merge(world, id);
      const { timestampMax } = readChunk(world.account.stored.peek(chunkKey(id, 0)) as Item).at(5);
      const request = { ...place, timestamp: timestampMax };
      expect(await offsetForTime(reader, world.call(reader), request)).toBe(5);
    });
  }
});

test('a time that lies where nothing is stored any more is damage, and said to be', async () => {
  await inWorld(4, async (world) => {
    const id = await twoChunks(world);
    const reader = world.newEngine();
    const { segment, timestampMax } = readChunk(
      world.account.stored.peek(chunkKey(id, 0)) as Item,
    ).at(5);
    await world.account.objects.delete([segmentKey(segment)]);
    const looked = offsetForTime(reader, world.call(reader), { ...place, timestamp: timestampMax });
    await expect(looked).rejects.toMatchObject({ code: 'DAMAGED' });
  });
});

test('an offset that retention took while it was looked for is out of range', async () => {
  await inWorld(3, async (world) => {
    const id = await twoChunks(world);
    const { stored, table, objects } = world.account;
    const cut = async () => {
      const logStart = { set: headItem.logStart, to: { value: refsPerChunk } };
      await stored.write({ update: headKey(id), actions: [logStart] });
      await stored.write({ delete: chunkKey(id, 0) });
    };
    const pending = [cut];
    const cutting: typeof table = {
      ...table,
      query: async (range) => {
        for (const work of pending.splice(0)) await work();
        return table.query({ ...range, strong: true });
      },
    };
    const parts = { objects, table: cutting, clock: world.time, chance: seededChance(1) };
    const reader = createEngine(parts);
    await expect(fetchFrom(world, reader, 5)).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      detail: { logStart: refsPerChunk, highWatermark: values.length },
    });
    expect(valuesOf(await fetchFrom(world, reader, refsPerChunk))).toEqual(
      values.slice(refsPerChunk),
    );
  });
});
