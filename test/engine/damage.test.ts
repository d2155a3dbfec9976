// What a fetch does when the bytes are not what the index says: a flipped bit on the way is read
// again, damage that stays is said, and never passed on.

import { expect, test } from 'vitest';
import { createEngine } from '../../shared/engine/engine.ts';
import { readHead } from '../../shared/log/head.ts';
import { decodeRef, encodeRef } from '../../shared/log/ref.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { fetchFrom, produce, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

/** An engine whose reads pass through the distortion. */
function readerWith(
  world: World,
  distort: (read: number, bytes: Uint8Array) => Uint8Array | undefined,
) {
  const { table, objects } = world.account;
  let reads = 0;
  const distorted: Objects = {
    ...objects,
    read: async (range) => {
      const bytes = await objects.read(range);
      return bytes === undefined ? undefined : distort(reads++, bytes);
    },
  };
  const chance = seededChance(99);
  return createEngine({ objects: distorted, table, clock: world.time, chance });
}

async function threeValues(world: World): Promise<void> {
  await world.createTopic({ name: 'orders' });
  const engine = world.newEngine();
  for (const value of ['a', 'b', 'c']) await produce(world, engine, [value]);
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

test('a bit that flipped on the way is read again', async () => {
  await inWorld(1, async (world) => {
    await threeValues(world);
    const reader = readerWith(world, (read, bytes) => (read === 0 ? flipped(bytes) : bytes));
    expect(valuesOf(await fetchFrom(world, reader, 0))).toEqual(['a', 'b', 'c']);
  });
});

test('a range that came short is read again', async () => {
  await inWorld(1, async (world) => {
    await threeValues(world);
    const reader = readerWith(world, (read, bytes) => (read === 1 ? bytes.subarray(1) : bytes));
    expect(valuesOf(await fetchFrom(world, reader, 0))).toEqual(['a', 'b', 'c']);
  });
});

test('damage that stays is DAMAGED, and nothing of it is returned or kept', async () => {
  await inWorld(1, async (world) => {
    await threeValues(world);
    let damaged = true;
    const reader = readerWith(world, (_, bytes) => (damaged ? flipped(bytes) : bytes));
    await expect(fetchFrom(world, reader, 0)).rejects.toMatchObject({ code: 'DAMAGED' });
    damaged = false;
    expect(valuesOf(await fetchFrom(world, reader, 0))).toEqual(['a', 'b', 'c']);
  });
});

test('an object that is not there is DAMAGED, once the index was asked again', async () => {
  await inWorld(1, async (world) => {
    await threeValues(world);
    let reads = 0;
    const reader = readerWith(world, () => {
      reads++;
      return undefined;
    });
    await expect(fetchFrom(world, reader, 0)).rejects.toMatchObject({ code: 'DAMAGED' });
    expect(reads).toBe(6);
  });
});

test('a ref that counts other records than its batches hold is DAMAGED', async () => {
  await inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['a', 'b', 'c']);
    const key = headKey({ topicId, partition: 0 });
    const [ref] = readHead(world.account.stored.peek(key) as Item).tail as [Uint8Array];
    const tail = { value: [encodeRef({ ...decodeRef(ref), count: 2 })] };
    await world.account.stored.write({
      update: key,
      actions: [
        { set: headItem.tail, to: tail },
        { set: headItem.nextOffset, to: { value: 2 } },
      ],
    });
    const fetched = fetchFrom(world, world.newEngine(), 0);
    await expect(fetched).rejects.toMatchObject({ code: 'DAMAGED' });
  });
});

test('ranges that only seem to touch, since they are of two segments, are read apart', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    await produce(world, engine, ['a'], { partition: 1 });
    // In the next segment the other partition's bytes come first, as many as all of the one before.
    await Promise.all([0, 1].map((partition) => produce(world, engine, ['b'], { partition })));
    const fetched = await fetchFrom(world, world.newEngine(), 0, { partition: 1 });
    expect(valuesOf(fetched)).toEqual(['a', 'b']);
  });
});
