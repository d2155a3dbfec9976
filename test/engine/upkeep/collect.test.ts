// Clearing away: what deleted topics have left and what nothing names share a run's time, and the
// one is not kept from its half by the other.

import { expect, test } from 'vitest';
import { createEngine, openCall } from '../../../shared/engine/engine.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { collect } from '../../../shared/engine/upkeep/collect.ts';
import { EngineError } from '../../../shared/errors.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { groupsPk } from '../../../shared/store/group-items.ts';
import { doomedPk } from '../../../shared/store/items.ts';
import type { Table } from '../../../shared/store/table.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const graceMillis = 3_600_000;
const runMillis = 100_000;

/** An object that nothing names any more. */
async function withLitter(world: World): Promise<void> {
  await world.createTopic({ name: 'orders', partitions: 1 });
  const engine = world.newEngine();
  await produce(world, engine, ['a']);
  await deleteTopic(engine, world.call(engine), 'orders');
  await world.time.sleep(2 * graceMillis);
}

/** @param before it answers whoever asks for what was deleted, the table does this. */
async function collected(world: World, before?: () => Promise<unknown>) {
  const { objects, table } = world.newEngine();
  const query: Table['query'] = async (range) => {
    if (range.pk === groupsPk || range.pk === doomedPk) await before?.();
    return table.query(range);
  };
  const chance = seededChance(5);
  const engine = createEngine({ objects, table: { ...table, query }, clock: world.time, chance });
  const deadline = (world.time.now() + runMillis) as EpochMillis;
  await collect(engine, openCall(engine, { deadline }), { graceMillis });
}

async function stored(world: World): Promise<number> {
  return (await world.account.objects.list({ prefix: '', limit: 10 })).length;
}

test('what nothing names is gone, and what is young stays', () =>
  inWorld(1, async (world) => {
    await withLitter(world);
    await world.createTopic({ name: 'orders', partitions: 1 });
    await produce(world, world.newEngine(), ['b']);
    expect(await stored(world)).toBe(2);
    await collected(world);
    expect(await stored(world)).toBe(1);
  }));

test('what was deleted and takes longer than half of the time leaves the rest of it', () =>
  inWorld(2, async (world) => {
    await withLitter(world);
    await collected(world, () => world.time.sleep(0.6 * runMillis));
    expect(await stored(world)).toBe(0);
  }));

test('what fails is told, and the other is done all the same', () =>
  inWorld(3, async (world) => {
    await withLitter(world);
    const fails = async () => {
      throw new EngineError('UNAVAILABLE', 'no table');
    };
    await expect(collected(world, fails)).rejects.toThrow('no table');
    expect(await stored(world)).toBe(0);
  }));
