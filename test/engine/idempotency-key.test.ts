// Requests under an Idempotency-Key: stored once, answered alike, whatever became of the first try.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import type { ProducedEntry } from '../../shared/engine/records-by-partition.ts';
import { growTopic } from '../../shared/engine/topics.ts';
import { keyLifeMillis, producerExpiryMillis, triesMax } from '../../shared/limits.ts';
import { fetchFrom, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const [named, claimed] = [undefined, undefined];

function send(
  world: World,
  engine: Engine,
  values: readonly string[],
  { key = 'k', call = world.call(engine) } = {},
): Promise<readonly ProducedEntry[]> {
  const records = values.map((value) => {
    return { key: null, value: Buffer.from(value), headers: [] };
  });
  return produceRecords(engine, call, { topic: 'orders', records, identity: { key } });
}

async function stored(world: World, partitions: number): Promise<string[]> {
  const engine = world.newEngine();
  const values: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    values.push(...valuesOf(await fetchFrom(world, engine, 0, { partition })));
  }
  return values;
}

function withTopic(
  seed: number,
  story: (world: World, engine: Engine) => Promise<void>,
): Promise<void> {
  return inWorld(seed, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 4 });
    await story(world, world.newEngine());
  });
}

test('it costs a write for the key, and what a producer that is new costs', async () => {
  await withTopic(1, async (world, engine) => {
    for (let key = 0; key < 9; key++) await send(world, engine, ['warm'], { key: `${key}` });
    const call = world.call(engine);
    await send(world, engine, ['a'], { key: 'k', call });
    expect(call.operations).toMatchObject({ objectPuts: 1, tableWrites: 2, tableReads: 2 });
  });
});

test('a repeat goes where the first try went, at the same offset and time', async () => {
  await withTopic(2, async (world, engine) => {
    const first = await send(world, engine, ['a', 'b']);
    await world.time.sleep(60_000);
    await growTopic(engine, world.call(engine), { name: 'orders', partitions: 9 });
    const again = await send(world, world.newEngine(), ['a', 'b']);
    expect(again).toEqual(first.map((entry) => ({ ...entry, duplicate: true })));
    expect(await stored(world, 9)).toEqual(['a', 'b']);
  });
});

test('two tries at once are one, and both are told where', async () => {
  await withTopic(3, async (world, engine) => {
    const engines = [engine, engine, world.newEngine(), world.newEngine()];
    const all = await Promise.all(engines.map((one) => send(world, one, ['a'])));
    const places = all.map(([entry]) => entry && 'offset' in entry && entry.offset);
    expect(places).toEqual([0, 0, 0, 0]);
    expect(await stored(world, 4)).toEqual(['a']);
  });
});

test('whatever is lost on the way, another try stores it once', async () => {
  for (const fault of ['before', 'after', 'late'] as const) {
    await withTopic(4, async (world, engine) => {
      await send(world, engine, ['warm'], { key: 'warm' });
      world.faults.next('write', fault, claimed, fault);
      expect(await send(world, engine, ['a'])).toMatchObject([{ partition: expect.anything() }]);
      world.faults.next('write', fault, fault);
      await send(world, engine, ['b'], { key: 'l' });
      for (const answer of await world.faults.land()) {
        expect(answer).toMatchObject({ kind: 'refused' });
      }
      expect((await stored(world, 4)).sort()).toEqual(['a', 'b', 'warm']);
    });
  }
});

test('a try that failed whole leaves the key to the next, for the same payload', async () => {
  await withTopic(5, async (world, engine) => {
    world.faults.next('put', ...Array.from({ length: triesMax }, () => 'before' as const));
    await expect(send(world, engine, ['a'])).resolves.toMatchObject([
      { error: { code: 'UNAVAILABLE' } },
    ]);
    await expect(send(world, engine, ['b'])).rejects.toMatchObject({ code: 'KEY_REUSED' });
    expect(await send(world, engine, ['a'])).toMatchObject([{ offset: 0 }]);
    expect(await stored(world, 4)).toEqual(['a']);
  });
});

test('a key that cannot be claimed is a definite failure', async () => {
  await withTopic(6, async (world, engine) => {
    world.faults.next('write', ...Array.from({ length: triesMax }, () => 'late' as const), named);
    await expect(send(world, engine, ['a'])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await world.faults.land();
    expect(await stored(world, 4)).toEqual([]);
  });
});

test('a key is good for some days, then refused, and in the end another', async () => {
  await withTopic(7, async (world, engine) => {
    await send(world, engine, ['a']);
    await world.time.sleep(keyLifeMillis - 1_000);
    expect(await send(world, engine, ['a'])).toMatchObject([{ offset: 0, duplicate: true }]);
    await world.time.sleep(2_000);
    await expect(send(world, engine, ['a'])).rejects.toMatchObject({ code: 'KEY_TOO_OLD' });
    await world.time.sleep(producerExpiryMillis - keyLifeMillis);
    expect(await send(world, engine, ['a'])).toMatchObject([{ offset: 1 }]);
  });
});
