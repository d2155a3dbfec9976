// Appends, and what becomes of them when a store fails: definite, or found, or said to be unknown;
// never twice.

import { expect, test } from 'vitest';
import { EngineError } from '../../shared/errors.ts';
import { refsPerChunk, triesMax } from '../../shared/limits.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

/** A topic with one record, and an engine that is warm. */
async function warmEngine(world: World) {
  await world.createTopic({ name: 'orders' });
  const engine = world.newEngine();
  await produce(world, engine, ['first']);
  return engine;
}

test('records come back in order, byte for byte, across many rolls', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const values = Array.from({ length: 5 * refsPerChunk + 3 }, (_, index) => `value ${index}`);
    for (const value of values) await produce(world, engine, [value]);
    await engine.background.idle();
    expect(await readAll(world)).toEqual(values);
  });
});

test('appends that met a throttled head go again, and are stored once', async () => {
  await inWorld(3, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('write', 'throttled', 'throttled');
    expect(await produce(world, engine, ['second'])).toEqual([1]);
    expect(await readAll(world)).toEqual(['first', 'second']);
  });
});

test('throttling that does not end is a definite THROTTLED, and nothing is stored', async () => {
  await inWorld(4, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('write', ...Array.from({ length: triesMax }, () => 'throttled' as const));
    await expect(produce(world, engine, ['second'])).rejects.toMatchObject({ code: 'THROTTLED' });
    expect(await readAll(world)).toEqual(['first']);
  });
});

test('an append whose answer was lost is looked for, and found in the tail', async () => {
  await inWorld(5, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('write', 'after');
    expect(await produce(world, engine, ['second'])).toEqual([1]);
    expect(await readAll(world)).toEqual(['first', 'second']);
  });
});

test('an append that is not found is unknown to the caller, and is not sent again', async () => {
  await inWorld(6, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('write', 'before');
    const failed = produce(world, engine, ['second']);
    await expect(failed).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await readAll(world)).toEqual(['first']);
  });
});

test('an append that cannot even be looked for is unknown', async () => {
  await inWorld(7, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('write', 'after');
    world.faults.next('get', ...Array.from({ length: triesMax }, () => 'before' as const));
    const failed = produce(world, engine, ['second']);
    await expect(failed).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

test('an append whose answer was lost is found in a chunk, when a roll took it there', async () => {
  await inWorld(8, async (world) => {
    const engine = await warmEngine(world);
    const others = Array.from({ length: 2 * refsPerChunk }, () => world.newEngine());
    await Promise.all(others.map((other) => produce(world, other, ['other'])));
    world.faults.next('write', 'after');
    world.faults.next('get', ...Array.from({ length: triesMax - 1 }, () => 'before' as const));
    const lost = produce(world, engine, ['lost']);
    await world.time.sleep(200);
    await Promise.all(others.map((other) => produce(world, other, ['other'])));
    await Promise.all(others.map((other) => other.background.idle()));
    const offset = 1 + others.length;
    expect(await lost).toEqual([offset]);
    expect(engine.operations.tableQueries).toBe(1);
    expect((await readAll(world))[offset]).toBe('lost');
  });
});

test('a PUT of unknown outcome is put again before anything is appended', async () => {
  await inWorld(9, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('put', 'after', 'before', 'after');
    expect(await produce(world, engine, ['second'])).toEqual([1]);
    expect(await readAll(world)).toEqual(['first', 'second']);
  });
});

test('when the segment cannot be stored, the failure is definite', async () => {
  await inWorld(10, async (world) => {
    const engine = await warmEngine(world);
    world.faults.next('put', ...Array.from({ length: triesMax }, () => 'before' as const));
    const failed = await produce(world, engine, ['second']).catch((error) => error);
    expect(failed).toBeInstanceOf(EngineError);
    expect(failed.outcome).toBe('retriable');
    expect(await readAll(world)).toEqual(['first']);
  });
});
