// What an idle engine costs: the runs that clocks start while nothing comes.

import { expect, test } from 'vitest';
import { sweepSubscriptions } from '../../../shared/engine/delivery/sweep-subscriptions.ts';
import type { Call, Engine } from '../../../shared/engine/engine.ts';
import { collect } from '../../../shared/engine/upkeep/collect.ts';
import {
  partitionsOfAll,
  upkeepPartitions,
} from '../../../shared/engine/upkeep/upkeep-partitions.ts';
import { sweepGraceMillis } from '../../../shared/housekeeping-limits.ts';
import { inWorld, type World } from '../../world/world.ts';

type Work = (engine: Engine, call: Call) => Promise<unknown>;

const upkeep: Work = async (engine, call) => {
  const ids = await partitionsOfAll(engine, call);
  const due = ids.map((id) => ({ id, byClock: true }));
  await upkeepPartitions(engine, call, due);
};
const clear: Work = (engine, call) => collect(engine, call, { graceMillis: sweepGraceMillis });

async function units(world: World, engine: Engine, work: Work) {
  const { bill } = world.account;
  const before = { ...bill };
  await work(engine, world.call(engine));
  return [bill.writeUnits - before.writeUnits, bill.readUnits - before.readUnits];
}

test('with no subscription the sweep reads one unit, and writes nothing', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 8 });
    expect(await units(world, world.newEngine(), sweepSubscriptions)).toEqual([0, 1]);
  }));

test('upkeep reads a few units for each partition, and writes nothing', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 8 });
    const engine = world.newEngine();
    await units(world, engine, upkeep);
    const [written, read] = await units(world, engine, upkeep);
    expect(written).toBe(0);
    expect(read).toBeLessThanOrEqual(4 * 8 + 4);
  }));

test('who collects finds no object, and so looks at no partition', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 100 });
    const [written, read] = await units(world, world.newEngine(), clear);
    expect(written).toBe(0);
    expect(read).toBeLessThanOrEqual(8);
  }));
