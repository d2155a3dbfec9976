// Where an append is found whose answer was lost, while others went on: in a chunk rolled a moment
// ago, in one far below the tail, and never by reading the whole log.

import { expect, test } from 'vitest';
import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

/** A process that knows the partition, and loses the answer to its next write: that one is done,
 * and fails only once `meanwhile` has happened. */
async function forgetfulEngine(world: World, meanwhile: (engine: Engine) => Promise<void>) {
  const { objects, table } = world.newEngine();
  let losing = false;
  const losingOne: Table = {
    ...table,
    write: async (write) => {
      const lost = losing;
      losing = false;
      const answer = await table.write(write);
      if (!lost) return answer;
      await meanwhile(engine);
      throw new StoreError('unknown', 'unavailable');
    },
  };
  const parts = { objects, table: losingOne, clock: world.time, chance: seededChance(9) };
  const engine: Engine = createEngine(parts);
  await produce(world, engine, ['warm']);
  losing = true;
  return engine;
}

/** Each of them appends once, at once, and every roll of theirs ends. */
async function appendAll(world: World, engines: readonly Engine[]): Promise<void> {
  await Promise.all(engines.map((engine) => produce(world, engine, ['other'])));
  await Promise.all(engines.map((engine) => engine.background.idle()));
}

async function warmEngines(world: World, count: number): Promise<Engine[]> {
  const engines = Array.from({ length: count }, () => world.newEngine());
  await appendAll(world, engines);
  return engines;
}

test('it is found in a chunk that was put a moment ago', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const others = await warmEngines(world, refsPerChunk);
    const engine = await forgetfulEngine(world, () => appendAll(world, others));
    const call = world.call(engine);
    expect(await produce(world, engine, ['lost'], { call })).toEqual([refsPerChunk + 1]);
    expect(call.operations.tableQueries).toBe(1);
    expect((await readAll(world))[refsPerChunk + 1]).toBe('lost');
  });
});

test('it is found far below the tail, also when its process has appended since', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const others = await warmEngines(world, 5 * refsPerChunk);
    const engine = await forgetfulEngine(world, async (own) => {
      for (let round = 0; round < 4; round++) await appendAll(world, others);
      await produce(world, own, ['own']);
    });
    const call = world.call(engine);
    expect(await produce(world, engine, ['lost'], { call })).toEqual([others.length + 1]);
    expect(call.operations.tableQueries).toBe(2);
    expect((await readAll(world))[others.length + 1]).toBe('lost');
  });
});

test('one that did not happen is looked for no further down than it could be', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const [engine] = (await warmEngines(world, 20 * refsPerChunk)) as [Engine];
    await produce(world, engine, ['last']);
    const call = world.call(engine);
    world.faults.next('write', 'before');
    await expect(produce(world, engine, ['lost'], { call })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(call.operations).toMatchObject({ tableReads: 1, tableQueries: 0 });
  });
});
