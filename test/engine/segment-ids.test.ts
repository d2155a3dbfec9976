// What a PUT that finds its key taken means: its own earlier try, when that one's answer was lost;
// another process's segment, when there was none.

import { expect, test } from 'vitest';
import { segmentsPrefix } from '../../shared/contract.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

function segmentsIn({ account }: World) {
  return account.objects.list({ prefix: segmentsPrefix, limit: 100 });
}

test('a PUT whose answer was lost is found there by the next one, and stored once', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    world.faults.next('put', 'after');
    expect(await produce(world, world.newEngine(), ['v'])).toEqual([0]);
    expect(await segmentsIn(world)).toHaveLength(1);
    expect(await readAll(world)).toEqual(['v']);
  });
});

test('two processes that draw the same segment id store two segments', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const { objects, table } = world.account;
    const twin = () => createEngine({ objects, table, clock: world.time, chance: seededChance(5) });
    const [one, other] = [twin(), twin()];
    for (const engine of [one, other]) await produce(world, engine, ['warm']);
    const calls = await Promise.all([
      produce(world, one, ['one']),
      produce(world, other, ['other']),
    ]);
    const values = await readAll(world);
    expect(calls.flat().map((offset) => values[offset])).toEqual(['one', 'other']);
    expect(other.operations.objectPuts + one.operations.objectPuts).toBe(5);
    expect(await segmentsIn(world)).toHaveLength(4);
  });
});
