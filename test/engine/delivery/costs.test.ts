// What delivering costs: store operations, and units as the account bills them.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import type { Operations } from '../../../shared/store/counted.ts';
import {
  caughtUp,
  type Deliverer,
  newDeliverer,
  newReceiver,
  offsetsBelow,
  sparedEngine,
  subscription,
  takenOf,
  type Wanted,
  woken,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type Cost = Partial<Record<'writeUnits' | 'readUnits' | 'objectPuts' | 'objectReads', number>>;

async function billed(world: World, work: () => Promise<unknown>): Promise<Cost> {
  const before = { ...world.account.bill };
  await work();
  const { writeUnits, readUnits, objectPuts, objectReads } = world.account.bill;
  return {
    writeUnits: writeUnits - before.writeUnits,
    readUnits: readUnits - before.readUnits,
    objectPuts: objectPuts - before.objectPuts,
    objectReads: objectReads - before.objectReads,
  };
}

async function operated({ operations }: Engine, work: () => Promise<unknown>) {
  const before = { ...operations };
  await work();
  const names = Object.keys(operations) as (keyof Operations)[];
  const spent = names.map((name) => [name, operations[name] - before[name]] as const);
  return Object.fromEntries(spent.filter(([, count]) => count > 0));
}

/** A process that has delivered before, and between two sweeps. */
async function warm(world: World, wanted: Wanted = {}): Promise<Deliverer> {
  await world.createTopic({ name: 'orders', partitions: 1 });
  const deliverer = newDeliverer(world, newReceiver(world).targets);
  await subscription(world, deliverer.engine, wanted);
  await produce(world, deliverer.engine, ['warm']);
  await caughtUp(world, deliverer.engine);
  await world.time.sleep(1_000);
  return deliverer;
}

const nothing: Cost = { writeUnits: 0, readUnits: 0, objectPuts: 0, objectReads: 0 };

/** All that an append brings about, and no look at it. */
const appended = (world: World, engine: Engine, values: readonly string[]) => async () => {
  await produce(world, engine, values);
  await world.time.sleep(2_000);
};

test('an append that is delivered alone: three write units with its own, and six reads', () =>
  inWorld(1, async (world) => {
    const { engine, stop } = await warm(world);
    const deliver = appended(world, engine, ['a']);
    // Its own; the lease taken; the commit, with which it is given up. The routes and
    // the lease; the subscription, the lease and the head before it is taken; the head after that.
    const cost = { writeUnits: 1 + 1 + 1, readUnits: 1 + 1 + 3 + 1, objectPuts: 1, objectReads: 0 };
    expect(await billed(world, deliver)).toEqual(cost);
    expect(await operated(engine, deliver)).toEqual({
      objectPuts: 1,
      tableWrites: 3,
      tableReads: 5,
      tableQueries: 1,
    });
    await stop();
  }));

test('two subscriptions: one look at the routes, and each of them', () =>
  inWorld(2, async (world) => {
    const { engine, stop } = await warm(world);
    await subscription(world, engine, { name: 'other', from: 'latest' });
    await world.time.sleep(1_000);
    const cost = await billed(world, appended(world, engine, ['a']));
    expect(cost).toMatchObject({ writeUnits: 1 + 2 * 2, readUnits: 1 + 2 * 5 });
    await stop();
  }));

test('a topic on which none runs: an append is what it was', () =>
  inWorld(3, async (world) => {
    const { engine, stop } = await warm(world);
    await world.createTopic({ name: 'other', partitions: 1 });
    await produce(world, engine, ['warm'], { topic: 'other' });
    await world.time.sleep(1_000);
    const append = () => produce(world, engine, ['a'], { topic: 'other' });
    const cost = await billed(world, async () => {
      await append();
      await world.time.sleep(2_000);
    });
    expect(cost).toEqual({ ...nothing, writeUnits: 1, objectPuts: 1 });
    await stop();
  }));

test('a wake-up of what was served already: three reads', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = sparedEngine(world);
    const receiver = newReceiver(world);
    const billing = await subscription(world, engine);
    await produce(world, engine, ['a']);
    await woken(world, receiver, billing, { engine });
    const again = () => woken(world, receiver, billing, { engine });
    expect(await billed(world, again)).toEqual({ ...nothing, readUnits: 3 });
    expect(await operated(engine, again)).toEqual({ tableReads: 3 });
  }));

test('an idle subscription: nothing, but for the sweep’s look once in a while', () =>
  inWorld(5, async (world) => {
    const { stop } = await warm(world);
    expect(await billed(world, () => world.time.sleep(50_000))).toEqual(nothing);
    // The subscriptions, its topic, its leases and the head.
    const sweep = await billed(world, () => world.time.sleep(60_000));
    expect(sweep).toEqual({ ...nothing, readUnits: 4 });
    await stop();
  }));

/** A run of a hundred batches, and what it costs beside the append. */
async function longRun(world: World, wanted: Wanted): Promise<Cost> {
  await world.createTopic({ name: 'orders', partitions: 1 });
  const producer = sparedEngine(world);
  const receiver = newReceiver(world);
  const billing = await subscription(world, producer, { batchRecordsMax: 10, ...wanted });
  const values = Array.from({ length: 1_000 }, (_, index) => `v${index}`);
  await produce(world, producer, values);
  const cost = await billed(world, () => woken(world, receiver, billing));
  expect(takenOf(receiver)).toEqual(offsetsBelow(1_000));
  expect(receiver.received).toHaveLength(100);
  return cost;
}

test('a batch in the midst of a long run: a write unit, and a look at the head', () =>
  inWorld(6, async (world) => {
    const from = world.time.now();
    const cost = await longRun(world, {});
    const looks = Math.floor((world.time.now() - from) / 1_000);
    // To take it costs one more, and four reads; once a second a look at the subscription, and at
    // the lease.
    expect(cost).toMatchObject({ writeUnits: 1 + 100, objectReads: 1 });
    expect(cost.readUnits).toBeGreaterThanOrEqual(4 + 100);
    expect(cost.readUnits).toBeLessThanOrEqual(4 + 100 + 2 * looks);
  }));

test('with a rate that holds it back: a write unit more', () =>
  inWorld(7, async (world) => {
    // The first finds nothing to be in use.
    const held = await longRun(world, { recordsPerSecondMax: 100 });
    expect(held).toMatchObject({ writeUnits: 1 + 100 + 100 + 1 });
  }));

test('with a rate that does not: the same', () =>
  inWorld(9, async (world) => {
    const free = await longRun(world, { recordsPerSecondMax: 100_000 });
    expect(free).toMatchObject({ writeUnits: 1 + 100 + 100 + 1 });
  }));

test('many partitions behind a slow valve: each stands in line, and comes when it is told to', () =>
  inWorld(12, async (world) => {
    const partitions = 50;
    await world.createTopic({ name: 'orders', partitions });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    for (let partition = 0; partition < partitions; partition++) {
      await produce(world, engine, Array(100).fill('v'), { partition });
    }
    await subscription(world, engine, { recordsPerSecondMax: 1 });
    // Until the line stands.
    await world.time.sleep(30_000);
    receiver.received.length = 0;
    const { writeUnits } = await billed(world, () => world.time.sleep(300_000));
    const deliveries = receiver.received.length;
    await stop();
    expect(deliveries).toBeGreaterThan(290);
    // The lease, the valve, the commit; its place in line, and how long it is left for that.
    expect((writeUnits as number) / deliveries).toBeLessThan(5.5);
    // Nobody is always before others.
    expect(new Set(receiver.received.map(({ partition }) => partition)).size).toBe(partitions);
  }));

test('what fails and is left for later: the take, and two writes of how far it is', () =>
  inWorld(8, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = sparedEngine(world);
    const receiver = newReceiver(world, () => ({ kind: 'busy', retryAfterMillis: 60_000 }));
    const billing = await subscription(world, engine);
    await produce(world, engine, ['a']);
    const asked = () => woken(world, receiver, billing, { engine });
    expect(await billed(world, asked)).toMatchObject({ writeUnits: 3, readUnits: 4 });
    // Until then, nothing more than a look.
    expect(await billed(world, asked)).toEqual({ ...nothing, readUnits: 3 });
  }));

test('appends while a long window gathers: reads, once the first has begun it', () =>
  inWorld(11, async (world) => {
    const { engine, stop } = await warm(world, { batchWindowMillis: 60_000 });
    await appended(world, engine, ['first'])();
    // Longer than a worker waits itself, and than a process remembers a topic's settings.
    await world.time.sleep(10_000);
    const own = { writeUnits: 1, objectPuts: 1 };
    const cost = await billed(world, appended(world, engine, ['second']));
    expect(cost).toMatchObject({ ...own, readUnits: 6 });
    await stop();
  }));
