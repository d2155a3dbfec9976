// Where an append is found whose answer was lost, while others went on: in chunks rolled a moment
// ago, in chunks far below the tail, and never by reading the whole log.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import { refsPerChunk, triesMax } from '../../shared/limits.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

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

/** An append whose answer is lost, and that is looked for only once the rest has happened.
 * @returns its offset. */
async function loseAndFind(
  world: World,
  engine: Engine,
  meanwhile: () => Promise<void>,
): Promise<number | undefined> {
  world.faults.next('write', 'after');
  world.faults.next('get', ...Array.from({ length: triesMax - 1 }, () => 'before' as const));
  const lost = produce(world, engine, ['lost']);
  await world.time.sleep(250);
  await meanwhile();
  const [offset] = await lost;
  return offset;
}

test('it is found in a chunk that was put a moment ago', async () => {
  for (let seed = 0; seed < 8; seed++) {
    await inWorld(seed, async (world) => {
      await world.createTopic({ name: 'orders' });
      const others = await warmEngines(world, 2 * refsPerChunk);
      const [engine] = others as [Engine];
      const offset = await loseAndFind(world, engine, () => appendAll(world, others.slice(1)));
      expect((await readAll(world))[offset ?? -1]).toBe('lost');
    });
  }
});

test('it is found far below the tail, also when its process has appended since', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const others = await warmEngines(world, 5 * refsPerChunk);
    const [engine] = others as [Engine];
    const offset = await loseAndFind(world, engine, async () => {
      for (let round = 0; round < 4; round++) await appendAll(world, others.slice(1));
      await produce(world, engine, ['own']);
    });
    const values = await readAll(world);
    expect(values[offset ?? -1]).toBe('lost');
    expect(values.length - (offset ?? 0)).toBeGreaterThan(17 * refsPerChunk);
  });
});

test('one that did not happen is looked for no further down than it could be', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const others = await warmEngines(world, 20 * refsPerChunk);
    const [engine] = others as [Engine];
    await produce(world, engine, ['last']);
    const call = world.call(engine);
    world.faults.next('write', 'before');
    await expect(produce(world, engine, ['lost'], { call })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(call.operations).toMatchObject({ tableReads: 1, tableQueries: 0 });
  });
});
