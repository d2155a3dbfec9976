// A run that has not the time for all: it deletes what it could ask, leaves nothing half done, and
// says that there is more.

import { expect, test } from 'vitest';
import { createEngine, type Engine, openCall } from '../../../shared/engine/engine.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { footersInFlight } from '../../../shared/engine/upkeep/object-footer.ts';
import { type Swept, sweepObjects } from '../../../shared/engine/upkeep/sweep-objects.ts';
import { type EpochMillis, segmentIdOf } from '../../../shared/ids.ts';
import { objectsDeleteMax } from '../../../shared/limits.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { chunkKey } from '../../../shared/store/items.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { inWorld, type World } from '../../world/world.ts';
import { Acknowledged, day, storedObjects, valuesNamed } from './household.ts';

const readMillis = 5_000;

/** Three runs of footers, and a little more, of objects that nothing names: copies of one. */
async function litter(world: World, count = 3 * footersInFlight + 10): Promise<void> {
  const { objects } = world.account;
  const dead = createEngine({
    objects,
    table: { ...world.account.table, write: () => new Promise<never>(() => undefined) },
    clock: world.time,
    chance: seededChance(1),
  });
  const records = [{ key: null, value: Buffer.from('never'), headers: [], partition: 0 }];
  const before = await storedObjects(world);
  produceRecords(dead, world.call(dead), { topic: 'orders', records });
  await world.time.sleep(1_000);
  const key = (await storedObjects(world)).find((one) => !before.includes(one)) as string;
  const bytes = (await objects.read({ key, position: 0, length: 10_000 })) as Uint8Array;
  const chance = seededChance(2);
  const puts = Array.from({ length: count - 1 }, () => {
    const copy = segmentKey(segmentIdOf(world.time.now(), chance.bytes(10)));
    return objects.put({ key: copy, parts: [bytes], crc32c: 0 });
  });
  await Promise.all(puts);
}

/** Whose GETs take long. */
function slowReader(world: World): Engine {
  const { objects, table } = world.newEngine();
  const slow: Engine['objects'] = {
    ...objects,
    read: async (range) => {
      await world.time.sleep(readMillis);
      return objects.read(range);
    },
  };
  return createEngine({ objects: slow, table, clock: world.time, chance: seededChance(3) });
}

function sweepIn(world: World, millis: number, engine = slowReader(world)): Promise<Swept> {
  const deadline = (world.time.now() + millis) as EpochMillis;
  return sweepObjects(engine, openCall(engine, { deadline }), { graceMillis: 0 });
}

test('it deletes those that it could ask in half of its time, and the next run the others', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const acknowledged = new Acknowledged();
    await acknowledged.produce(world, { values: valuesNamed('old', 5) });
    await litter(world);
    await world.time.sleep(day);
    const asked = { deleted: 2 * footersInFlight, left: 0, isDone: false };
    expect(await sweepIn(world, 3 * readMillis)).toMatchObject(asked);
    expect(await storedObjects(world)).toHaveLength(5 + footersInFlight + 10);
    const others = { deleted: footersInFlight + 10, left: 0, isDone: true };
    expect(await sweepIn(world, 5 * readMillis)).toMatchObject(others);
    await acknowledged.check(world);
    expect(await storedObjects(world)).toHaveLength(5);
  }));

test('and of a damaged partition it keeps what it could not ask again', () =>
  inWorld(2, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const acknowledged = new Acknowledged();
    await acknowledged.produce(world, { values: valuesNamed('old', 17) });
    await litter(world);
    await world.time.sleep(day);
    await world.account.stored.write({ delete: chunkKey({ topicId, partition: 0 }, 0) });
    await world.time.sleep(day);
    const before = await storedObjects(world);
    const swept = await sweepIn(world, 3 * readMillis);
    expect(swept).toMatchObject({ deleted: 0, isDone: false });
    expect(swept.left).toBeGreaterThan(0);
    expect(swept.left).toBeLessThan(2 * footersInFlight);
    expect(await storedObjects(world)).toEqual(before);
  }));

test('a run of no time at all has failed at nothing, and says that there is more', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    await litter(world, 10);
    await world.time.sleep(day);
    for (const millis of [0, 30, readMillis]) {
      expect(await sweepIn(world, millis)).toMatchObject({ deleted: 0, isDone: false });
    }
    expect(await sweepIn(world, 10 * readMillis)).toMatchObject({ deleted: 10, isDone: true });
  }));

test('deletes are sent side by side, each of as many as one takes', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    await litter(world, 3 * objectsDeleteMax + 1);
    await world.time.sleep(day);
    const engine = world.newEngine();
    const { objects } = engine;
    const runs: number[] = [];
    const slow: Engine['objects'] = {
      ...objects,
      delete: async (keys) => {
        runs.push(keys.length);
        await world.time.sleep(1_000);
        return objects.delete(keys);
      },
    };
    const parts = { objects: slow, table: engine.table, clock: world.time };
    const deleting = createEngine({ ...parts, chance: seededChance(4) });
    const began = world.time.now();
    await sweepIn(world, day, deleting);
    expect(world.time.now() - began).toBeLessThan(3_500);
    expect(runs).toEqual([objectsDeleteMax, objectsDeleteMax, objectsDeleteMax, 1]);
    expect(await storedObjects(world)).toEqual([]);
  }));
