// Fetches that wait at the end of the log: who wakes them, when they give up, and that they leave
// nothing behind.

import { expect, test } from 'vitest';
import { Arrivals } from '../../shared/engine/arrivals.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { fetchWaitMillisMax } from '../../shared/limits.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { fetchFrom, produce, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

/** Counts the watches that are open. */
class CountedArrivals extends Arrivals {
  open = 0;

  override watch(partitionPk: string) {
    const watch = super.watch(partitionPk);
    this.open++;
    const close = () => {
      this.open--;
      watch.close();
    };
    return { ...watch, close };
  }
}

/** The only process there is: every append is announced in it, and it looks at a head only then. */
async function onlyProcess(world: World) {
  await world.createTopic({ name: 'orders' });
  const { objects, table } = world.account;
  const settings = { headPollMillis: undefined };
  const parts = { objects, table, clock: world.time, chance: seededChance(1), settings };
  const arrivals = new CountedArrivals();
  const engine = { ...createEngine(parts), arrivals };
  await produce(world, engine, ['first']);
  return { engine, arrivals };
}

test('an append wakes all who wait for it, and each looks at the head once more', async () => {
  await inWorld(1, async (world) => {
    const { engine, arrivals } = await onlyProcess(world);
    const before = engine.operations.tableReads;
    const waiting = [1, 2, 3].map(() => {
      return fetchFrom(world, engine, 1, { waitMillis: fetchWaitMillisMax });
    });
    await world.time.sleep(1_000);
    expect(arrivals.open).toBe(3);
    const began = world.time.now();
    await produce(world, engine, ['second']);
    for (const fetched of await Promise.all(waiting)) expect(valuesOf(fetched)).toEqual(['second']);
    expect(world.time.now() - began).toBeLessThan(1_000);
    expect(engine.operations.tableReads - before).toBe(2 * waiting.length);
    expect(arrivals.open).toBe(0);
  });
});

test('one who gives up leaves the others waiting, and woken', async () => {
  await inWorld(4, async (world) => {
    const { engine, arrivals } = await onlyProcess(world);
    const long = fetchFrom(world, engine, 1, { waitMillis: fetchWaitMillisMax });
    const short = await fetchFrom(world, engine, 1, { waitMillis: 1_000 });
    expect(short.records).toEqual([]);
    const began = world.time.now();
    await produce(world, engine, ['second']);
    expect(valuesOf(await long)).toEqual(['second']);
    expect(world.time.now() - began).toBeLessThan(1_000);
    expect(arrivals.open).toBe(0);
  });
});

test('a wait ends with its request, however long it was meant to be', async () => {
  await inWorld(2, async (world) => {
    const { engine, arrivals } = await onlyProcess(world);
    const deadline = (world.time.now() + 3_000) as EpochMillis;
    const call = { ...world.call(engine), deadline };
    const fetched = await fetchFrom(world, engine, 1, { call, waitMillis: fetchWaitMillisMax });
    expect(fetched).toMatchObject({ records: [], nextOffset: 1 });
    expect(world.time.now() - deadline).toBeLessThan(100);
    expect(arrivals.open).toBe(0);
  });
});

test('a process that is about to stop lets nobody wait', async () => {
  await inWorld(3, async (world) => {
    const { engine, arrivals } = await onlyProcess(world);
    const waiting = fetchFrom(world, engine, 1, { waitMillis: fetchWaitMillisMax });
    await world.time.sleep(1_000);
    const began = world.time.now();
    arrivals.end();
    expect(await waiting).toMatchObject({ records: [], nextOffset: 1 });
    const late = await fetchFrom(world, engine, 1, { waitMillis: fetchWaitMillisMax });
    expect(late).toMatchObject({ records: [], nextOffset: 1 });
    expect(world.time.now() - began).toBeLessThan(1_000);
  });
});
