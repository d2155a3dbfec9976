// A batch window: a delivery waits to become full, and no longer than that.

import { expect, test } from 'vitest';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  refusing,
  subscription,
  until,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const soon = { retryAfterMillis: 1_000 };

/** Short enough to wait for, and long enough for a worker to leave. */
const windows = [
  ['one that is waited for', 3_000],
  ['one that is left and come back to', 60_000],
] as const;

async function withDeliverer(world: World, batchWindowMillis: number) {
  await world.createTopic({ name: 'orders', partitions: 1 });
  const receiver = newReceiver(world);
  const deliverer = newDeliverer(world, receiver.targets);
  const wanted = { batchWindowMillis, batchRecordsMax: 5 };
  await subscription(world, deliverer.engine, wanted);
  return { receiver, ...deliverer };
}

test.for(windows)('%s: over, it gives what there is', ([, millis]) =>
  inWorld(1, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, millis);
    const from = world.time.now();
    await produce(world, engine, ['a']);
    await world.time.sleep(millis / 2);
    await produce(world, engine, ['b', 'c']);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2]]);
    const waited = (receiver.received[0]?.at ?? 0) - from;
    expect(waited).toBeGreaterThanOrEqual(millis);
    expect(waited).toBeLessThan(millis + 1_000);
    await stop();
  }),
);

test.for(windows)('%s: full, it goes at once', ([, millis]) =>
  inWorld(2, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, millis);
    await produce(world, engine, ['a']);
    await world.time.sleep(millis / 3);
    const from = world.time.now();
    await produce(world, engine, ['b', 'c', 'd', 'e', 'f']);
    await until(world, () => receiver.received.length === 1);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4]]);
    expect(world.time.now() - from).toBeLessThan(1_000);
    // And the rest has a window of its own.
    await caughtUp(world, engine);
    expect(callsOf(receiver)[1]).toEqual([5]);
    expect(world.time.now() - from).toBeGreaterThanOrEqual(millis);
    await stop();
  }),
);

test.for(windows)('%s: full by what another process appends', ([, millis]) =>
  inWorld(3, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, millis);
    await produce(world, engine, ['a']);
    await world.time.sleep(500);
    await produce(world, world.newEngine(), ['b', 'c', 'd', 'e']);
    const from = world.time.now();
    // Of which this one hears by an append of its own, or by looking while it waits.
    if (millis > 5_000) await produce(world, engine, ['f']);
    await until(world, () => receiver.received.length === 1);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4]]);
    expect(world.time.now() - from).toBeLessThan(1_000);
    await stop();
  }),
);

test('full by an append while it looks what there is', () =>
  inWorld(4, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, 5_000);
    const others = world.newEngine();
    await produce(world, others, ['warm']);
    // However the appends fall.
    for (let round = 1; round <= 20; round++) {
      const from = world.time.now();
      await produce(world, engine, ['a']);
      await world.time.sleep(round * 7);
      await produce(world, engine, ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']);
      await until(world, () => receiver.received.length >= round);
      expect([round, world.time.now() - from < 1_500]).toEqual([round, true]);
      await caughtUp(world, engine);
      receiver.received.length = round;
    }
    await stop();
  }));

test('it is over for a process that comes afterwards, too', () =>
  inWorld(5, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, 100_000);
    const from = world.time.now();
    await produce(world, engine, ['a']);
    await world.time.sleep(10_000);
    await stop();
    const next = newDeliverer(world, receiver.targets);
    await caughtUp(world, next.engine);
    expect(callsOf(receiver)).toEqual([[0]]);
    const waited = (receiver.received[0]?.at ?? 0) - from;
    expect(waited).toBeGreaterThanOrEqual(100_000);
    expect(waited).toBeLessThan(102_000);
    await next.stop();
  }));

test('what was gathered waits for no window again when the target is busy', () =>
  inWorld(7, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, 60_000);
    receiver.react = () => (receiver.received.length === 1 ? { kind: 'busy', ...soon } : undefined);
    const from = world.time.now();
    await produce(world, engine, ['a', 'b']);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(world.time.now() - from).toBeLessThan(65_000);
    await stop();
  }));

test('what is halved waits for no window again', () =>
  inWorld(6, async (world) => {
    const { receiver, engine, stop } = await withDeliverer(world, 60_000);
    receiver.react = refusing('bad');
    const from = world.time.now();
    await produce(world, engine, ['a', 'b', 'bad', 'c']);
    await until(world, () => receiver.received.length === 1);
    await world.time.sleep(500);
    receiver.react = () => undefined;
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
    ]);
    expect(world.time.now() - from).toBeLessThan(70_000);
    await stop();
  }));
