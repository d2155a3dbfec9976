// Failures and the time between them: who is busy is asked again later and nothing is given up for
// it; who fails is asked again after pauses that grow, and that outlive whoever delivers.

import { expect, test } from 'vitest';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
  progressOf,
  type Receiver,
  refusing,
  subscription,
  until,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

function pausesOf({ received }: Receiver): readonly number[] {
  return received.slice(1).map(({ at }, index) => at - (received[index]?.at ?? 0));
}

test('a busy target is asked when it wants to be, and that is no attempt', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world, () =>
      receiver.received.length < 8 ? { kind: 'busy', retryAfterMillis: 7_000 } : undefined,
    );
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const wanted = { attemptsMax: 1, deadLetterTopic: 'dead', retryMillisMin: 100 };
    await subscription(world, engine, { ...wanted, retryMillisMax: 8_000 });
    await produce(world, engine, ['a', 'b']);
    await until(world, () => receiver.received.length === 1);
    await world.time.sleep(100);
    expect(await progressOf(world)).toMatchObject([{ attempts: 0, failure: { reason: 'busy' } }]);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual(Array(8).fill([0, 1]));
    for (const pause of pausesOf(receiver)) {
      expect(pause).toBeGreaterThanOrEqual(7_000);
      expect(pause).toBeLessThan(8_500);
    }
    await stop();
  }));

test('pauses grow up to the longest, and the target is asked until it takes', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () =>
      receiver.received.length < 12 ? failure : undefined,
    );
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { retryMillisMin: 500, retryMillisMax: 30_000 });
    await produce(world, engine, ['a']);
    await caughtUp(world, engine);
    expect(receiver.received).toHaveLength(12);
    for (const [failures, pause] of pausesOf(receiver).entries()) {
      const most = Math.min(500 * 2 ** failures, 30_000);
      expect(pause).toBeGreaterThanOrEqual(most / 2);
      expect(pause).toBeLessThan(most + 200);
    }
    await stop();
  }));

test('the next process goes on counting, and waits until it is time', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world, refusing('bad'));
    const wanted = { attemptsMax: 4, deadLetterTopic: 'dead' };
    const pause = { retryMillisMin: 20_000, retryMillisMax: 20_000 };
    let deliverer = newDeliverer(world, receiver.targets);
    await subscription(world, deliverer.engine, { ...wanted, ...pause });
    await produce(world, deliverer.engine, ['bad']);
    for (let attempts = 1; attempts <= 4; attempts++) {
      await until(world, () => receiver.received.length === attempts);
      await world.time.sleep(100);
      expect(await progressOf(world)).toMatchObject([{ attempts, committed: 0 }]);
      await deliverer.stop();
      deliverer = newDeliverer(world, receiver.targets);
    }
    await caughtUp(world, deliverer.engine);
    expect(receiver.received).toHaveLength(4);
    for (const waited of pausesOf(receiver)) {
      expect(waited).toBeGreaterThanOrEqual(10_000);
      expect(waited).toBeLessThan(21_000);
    }
    await deliverer.stop();
  }));

test('records that come meanwhile wait with it, and ask nobody the sooner', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, refusing('bad'));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { retryMillisMin: 30_000, retryMillisMax: 30_000 });
    await produce(world, engine, ['bad']);
    await until(world, () => receiver.received.length === 1);
    for (let more = 0; more < 10; more++) await produce(world, engine, ['good']);
    await world.time.sleep(10_000);
    expect(callsOf(receiver)).toEqual([[0]]);
    receiver.react = () => undefined;
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0], [0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
    await stop();
  }));
