// Seeking: whoever delivers meanwhile is fenced by it, and it goes on from where it was sought.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import { seekSubscription } from '../../../shared/engine/delivery/seek-subscription.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
  noted,
  progressOf,
  type Receiver,
  subscription,
  until,
  woken,
} from '../../world/delivery-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { meddledEngine, writes } from '../../world/meddled-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type To = Parameters<typeof seekSubscription>[3];

function seek(world: World, engine: Engine, to: To) {
  return seekSubscription(engine, world.call(engine), 'billing', to);
}

const values = ['a', 'b', 'c', 'd', 'e', 'f'];

test('back and forth, while nothing is under way', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, values);
    await produce(world, engine, values, { partition: 1 });
    await caughtUp(world, engine);
    expect(await seek(world, engine, { partition: 0, to: { offset: 4 } })).toEqual([
      { topic: 'orders', partition: 0, offset: 4 },
    ]);
    await caughtUp(world, engine);
    expect(callsOf(receiver, 0)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [4, 5],
    ]);
    expect(callsOf(receiver, 1)).toEqual([[0, 1, 2, 3, 4, 5]]);
    await seek(world, engine, { to: 'earliest' });
    await caughtUp(world, engine);
    expect(callsOf(receiver, 1)).toHaveLength(2);
    expect(await seek(world, engine, { to: { offset: 99 } })).toMatchObject([
      { offset: 6 },
      { offset: 6 },
    ]);
    await stop();
  }));

/** Somebody who delivers one at a time, and was sought back in the midst of the fourth. */
async function soughtWhile(world: World, receiver: Receiver, engine: Engine, to: To) {
  await until(world, () => receiver.received.length === 4);
  return seek(world, engine, to);
}

test('during a delivery: what was under way counts for nothing, and it goes on from there', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => world.time.sleep(2_000).then(() => undefined));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await produce(world, engine, values);
    await subscription(world, engine, { batchRecordsMax: 1 });
    await soughtWhile(world, receiver, engine, { to: { offset: 1 } });
    expect(await progressOf(world)).toMatchObject([{ committed: 1 }]);
    await world.time.sleep(1_990);
    expect(await progressOf(world)).toMatchObject([{ committed: 1 }]);
    await caughtUp(world, engine);
    expect(callsOf(receiver).flat()).toEqual([0, 1, 2, 3, 1, 2, 3, 4, 5]);
    await stop();
  }));

test('ahead, past what always fails: it is not given any more', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => failure);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { retryMillisMin: 60_000, retryMillisMax: 60_000 });
    await produce(world, engine, values);
    await until(world, () => receiver.received.length === 1);
    receiver.react = () => undefined;
    const from = world.time.now();
    await seek(world, engine, { to: { offset: 5 } });
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([values.map((_, offset) => offset), [5]]);
    expect(world.time.now() - from).toBeLessThan(1_000);
    expect(await progressOf(world)).toMatchObject([{ attempts: 0, failure: undefined }]);
    await stop();
  }));

test('somebody takes the partition before any of its steps: it is done all the same', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(200 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      const answer = Promise.withResolvers<undefined>();
      const receiver = newReceiver(world, () => answer.promise);
      const producer = world.newEngine();
      const billing = await subscription(world, producer);
      await produce(world, producer, values);
      const to = { to: { offset: 3 } };
      const frozen = await freezing(world, step, (engine) => seek(world, engine, to));
      if (!frozen.isFrozen) return false;
      const working = woken(world, receiver, billing);
      await until(world, () => receiver.received.length === 1);
      expect([step, await frozen.thaw()]).toMatchObject([step, [{ offset: 3 }]]);
      answer.resolve(undefined);
      await working;
      await woken(world, receiver, billing);
      expect([step, callsOf(receiver).at(-1)]).toEqual([step, [3, 4, 5]]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(6);
      return;
    }
  }
});

test('to a time', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    await produce(world, engine, ['a', 'b']);
    await world.time.sleep(10_000);
    const timestamp = world.time.now();
    await produce(world, engine, ['c']);
    const billing = await subscription(world, engine, { from: { timestamp } });
    expect(await progressOf(world)).toMatchObject([{ committed: 2 }]);
    const receiver = newReceiver(world);
    await woken(world, receiver, billing);
    await seek(world, engine, { to: { timestamp: timestamp - 5_000 } });
    expect(await progressOf(world)).toMatchObject([{ committed: 2 }]);
    await seek(world, engine, { to: { timestamp: timestamp - 15_000 } });
    expect(await progressOf(world)).toMatchObject([{ committed: 0 }]);
  }));

/** Whoever resumes wakes workers before the offsets are back, so seeking wakes them again. */
test('one that is resumed, and delivers to its end, while it is sought is woken after that', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    const receiver = newReceiver(world);
    const billing = await subscription(world, engine);
    await produce(world, engine, ['a', 'b']);
    const set = (state: 'paused' | 'running') =>
      changeSubscription(engine, world.call(engine), 'billing', { state });
    await set('paused');
    const wakeUps = noted();
    const seeker = meddledEngine(world, {
      at: (step) => writes(step, 'lease#') && receiver.received.length === 0,
      by: async (work) => {
        await set('running');
        await woken(world, receiver, billing);
        return work();
      },
    });
    const sought = { ...seeker, wakeUps };
    await seek(world, sought, { to: 'earliest' });
    expect(wakeUps.sent).toMatchObject([{ subscription: 'billing', partition: 0 }]);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  }));

test('whoever delivers freezes before any of his steps, and thaws after a seek', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      const receiver = newReceiver(world);
      const producer = world.newEngine();
      const billing = await subscription(world, producer, { batchRecordsMax: 2 });
      await produce(world, producer, values);
      const frozen = await freezing(world, step, (engine) =>
        woken(world, receiver, billing, { engine }),
      );
      if (!frozen.isFrozen) return false;
      await seek(world, producer, { to: { offset: 1 } });
      expect(await frozen.thaw()).toBeUndefined();
      // Who had taken it before, or had read of it, commits nothing of what he knew; whoever takes
      // it now goes on from there.
      const since = receiver.received.length;
      const [now] = await progressOf(world);
      const committed = now?.committed ?? 0;
      await woken(world, receiver, billing);
      const rest = receiver.received.slice(since).flatMap(({ offsets }) => offsets);
      expect([step, rest]).toEqual([step, [1, 2, 3, 4, 5].filter((offset) => offset >= committed)]);
      expect([step, await progressOf(world)]).toMatchObject([step, [{ committed: 6 }]]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(8);
      return;
    }
  }
});
