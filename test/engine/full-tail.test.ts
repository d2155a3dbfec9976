// A head whose rolls are far behind: its tail is full, appends wait until one of the writers has
// rolled it, and a roll takes all that is whole.

import { expect, test } from 'vitest';
import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import { roll } from '../../shared/engine/roll.ts';
import { refsPerChunk, removeFirstMax, tailRefsMax } from '../../shared/limits.ts';
import { type Head, readHead } from '../../shared/log/head.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headKey } from '../../shared/store/items.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

/** A process that appends, and for which the table never takes a chunk. */
function engineThatCannotRoll({ account, time }: World): Engine {
  const table: Table = {
    ...account.table,
    write: async (write) => {
      if ('put' in write) throw new StoreError('not-done', 'unavailable');
      return account.table.write(write);
    },
  };
  const chance = seededChance(9);
  return createEngine({ objects: account.objects, table, clock: time, chance });
}

async function fillTail(world: World) {
  const { id: topicId } = await world.createTopic({ name: 'orders' });
  const engine = engineThatCannotRoll(world);
  const values = Array.from({ length: tailRefsMax }, (_, index) => `${index}`);
  for (const value of values) await produce(world, engine, [value]);
  const id = { topicId, partition: 0 };
  const head = (): Head => readHead(world.account.stored.peek(headKey(id)) as Item);
  expect(head().tail).toHaveLength(tailRefsMax);
  return { id, values, head };
}

test('a roll takes every whole chunk, in as few cuts as there can be', async () => {
  await inWorld(1, async (world) => {
    const { id, values, head } = await fillTail(world);
    const engine = world.newEngine();
    const call = world.call(engine);
    await roll(engine, call, id, head());
    const cuts = Math.ceil(tailRefsMax / (removeFirstMax - (removeFirstMax % refsPerChunk)));
    expect(call.operations.tableWrites).toBe(tailRefsMax / refsPerChunk + cuts);
    expect(head().tail).toEqual([]);
    expect(await readAll(world)).toEqual(values);
  });
});

test('a roll that another one forestalled goes on from what that left', async () => {
  await inWorld(2, async (world) => {
    const { id, values, head } = await fillTail(world);
    const before = head();
    const [one, other] = [world.newEngine(), world.newEngine()];
    await roll(one, world.call(one), id, { ...before, tail: before.tail.slice(0, refsPerChunk) });
    await roll(other, world.call(other), id, before);
    expect(head().tail).toEqual([]);
    expect(await readAll(world)).toEqual(values);
  });
});

test('writers that a full tail refuses wait; few of them roll, and all are stored', async () => {
  await inWorld(3, async (world) => {
    const { values } = await fillTail(world);
    const writers = Array.from({ length: 60 }, () => world.newEngine());
    const { bill } = world.account;
    const offsets = await Promise.all(writers.map((writer) => produce(world, writer, ['more'])));
    await Promise.all(writers.map((writer) => writer.background.idle()));
    expect(offsets.flat().sort((a, b) => a - b)).toEqual(
      writers.map((_, index) => tailRefsMax + index),
    );
    expect(bill.refusedAppends).toBeGreaterThan(0);
    expect(bill.refusedCuts).toBeLessThan(bill.refusedAppends);
    expect(await readAll(world)).toEqual([...values, ...writers.map(() => 'more')]);
  });
});

test('a process whose background work has ended has rolled what its appends filled', async () => {
  await inWorld(4, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    for (let append = 1; append < refsPerChunk; append++) await produce(world, engine, ['v']);
    const last = produce(world, engine, ['v']);
    await world.time.sleep(1);
    await engine.background.idle();
    const head = world.account.stored.peek(headKey({ topicId, partition: 0 })) as Item;
    expect(readHead(head)).toMatchObject({ tail: [], tailBase: refsPerChunk });
    expect(await last).toEqual([refsPerChunk - 1]);
  });
});
