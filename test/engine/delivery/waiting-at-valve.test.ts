// A worker that waits at its valve, for seconds perhaps: whatever is done to its subscription
// meanwhile it sees before it gives anything; and if nothing is, it does not lose its turn.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import { seekSubscription } from '../../../shared/engine/delivery/seek-subscription.ts';
import {
  callsOf,
  type Deliverer,
  newDeliverer,
  newReceiver,
  progressOf,
  type Receiver,
  subscription,
  until,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

/** A record in four seconds, so that a worker waits for each of them itself. */
const slow = { recordsPerSecondMax: 0.25 };

type Story = Deliverer & { readonly receiver: Receiver };

/** The first of five records is given, and the turn of the second is three seconds away. */
function waiting(seed: number, story: (world: World, told: Story) => Promise<void>): Promise<void> {
  return inWorld(seed, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const deliverer = newDeliverer(world, receiver.targets);
    const { engine } = deliverer;
    await produce(world, engine, ['a', 'b', 'c', 'd', 'e']);
    await subscription(world, engine, slow);
    await until(world, () => receiver.received.length === 1);
    await world.time.sleep(1_000);
    await story(world, { ...deliverer, receiver });
  });
}

test('paused, it gives nothing more', () =>
  waiting(1, async (world, { engine, receiver, stop }) => {
    await changeSubscription(engine, world.call(engine), 'billing', { state: 'paused' });
    await world.time.sleep(60_000);
    expect(callsOf(receiver)).toEqual([[0]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 1 }]);
    await changeSubscription(engine, world.call(engine), 'billing', { state: 'running' });
    await until(world, () => receiver.received.length === 5);
    expect(callsOf(receiver)).toEqual([[0], [1], [2], [3], [4]]);
    await stop();
  }));

test('sought, it gives nothing of what was next before', () =>
  waiting(2, async (world, { engine, receiver, stop }) => {
    await seekSubscription(engine, world.call(engine), 'billing', { to: { offset: 3 } });
    await world.time.sleep(60_000);
    expect(callsOf(receiver)).toEqual([[0], [3], [4]]);
    await stop();
  }));

test('about to stop, it waits no longer, and gives nothing', () =>
  waiting(3, async (world, { receiver, stop }) => {
    const from = world.time.now();
    await stop();
    expect(world.time.now() - from).toBeLessThan(1_000);
    expect(callsOf(receiver)).toEqual([[0]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 1 }]);
  }));

test('left alone, it gives a record at each of its turns', () =>
  waiting(4, async (world, { receiver, stop }) => {
    await until(world, () => receiver.received.length === 5);
    const times = receiver.received.map(({ at }) => at);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    for (const pause of pauses) {
      expect(pause).toBeGreaterThan(3_900);
      expect(pause).toBeLessThan(4_200);
    }
    await stop();
  }));
