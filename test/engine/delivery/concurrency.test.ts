// Deliveries at once: at most so many as the subscription may have, over all of its partitions, and
// never two of one partition.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  offsetsBelow,
  type Receiver,
  subscription,
  takenOf,
  until,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type Counting = {
  readonly receiver: Receiver;
  /** The most at once, since this was set. */
  greatest: number;
};

function slowReceiver(world: World, millis = 500): Counting {
  const underWay = new Set<number>();
  const receiver = newReceiver(world, async ({ partition }) => {
    expect(underWay).not.toContain(partition);
    underWay.add(partition);
    counting.greatest = Math.max(counting.greatest, underWay.size);
    await world.time.sleep(millis);
    underWay.delete(partition);
    return undefined;
  });
  const counting: Counting = { receiver, greatest: 0 };
  return counting;
}

const partitions = 12;

async function backlog(world: World, each: number): Promise<void> {
  await world.createTopic({ name: 'orders', partitions });
  const producer = world.newEngine();
  const values = Array.from({ length: each }, (_, index) => `v${index}`);
  for (let partition = 0; partition < partitions; partition++) {
    await produce(world, producer, values, { partition });
  }
}

test.for([
  [1, 1],
  [5, 5],
  [undefined, partitions],
] as const)('at most %j at once', ([deliveriesMax, most]) =>
  inWorld(1, async (world) => {
    await backlog(world, 10);
    const counting = slowReceiver(world);
    const { receiver } = counting;
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const bound = deliveriesMax === undefined ? {} : { deliveriesMax };
    await subscription(world, engine, { ...bound, batchRecordsMax: 5 });
    await caughtUp(world, engine);
    expect(counting.greatest).toBe(most);
    for (let each = 0; each < partitions; each++) {
      expect(takenOf(receiver, each)).toEqual(offsetsBelow(10));
    }
    await stop();
  }),
);

test('a bound that is changed holds once what is under way has had its turn', () =>
  inWorld(2, async (world) => {
    await backlog(world, 300);
    const counting = slowReceiver(world);
    const { engine, stop } = newDeliverer(world, counting.receiver.targets);
    await subscription(world, engine, { batchRecordsMax: 1 });
    const change = (deliveriesMax: number) =>
      changeSubscription(engine, world.call(engine), 'billing', {
        settings: (before) => ({ ...before, deliveriesMax }),
      });
    for (const most of [3, 1, 7]) {
      await world.time.sleep(5_000);
      await change(most);
      await world.time.sleep(21_000);
      counting.greatest = 0;
      await world.time.sleep(40_000);
      expect([most, counting.greatest]).toEqual([most, most]);
    }
    await stop();
  }));

test('one partition that always has more lets the others of its queue have their turn', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const counting = slowReceiver(world);
    const { receiver } = counting;
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { batchRecordsMax: 1, deliveriesMax: 1 });
    const values = Array.from({ length: 200 }, (_, index) => `v${index}`);
    await produce(world, engine, values, { partition: 0 });
    await world.time.sleep(2_000);
    await produce(world, engine, ['a'], { partition: 1 });
    await world.time.sleep(25_000);
    expect(takenOf(receiver, 1)).toEqual([0]);
    expect(takenOf(receiver, 0).length).toBeLessThan(60);
    await stop();
  }));

test('nor are there two of one partition in a process that delivers alone', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const { receiver } = slowReceiver(world, 20_000);
    const { engine, stop } = newDeliverer(world, receiver.targets, { deliversAlone: true });
    await subscription(world, engine);
    await produce(world, engine, ['a', 'b'], { partition: 1 });
    await until(world, () => receiver.received.length === 1);
    // Its queue is another one from now on, which knows nothing of what is under way.
    await changeSubscription(engine, world.call(engine), 'billing', {
      settings: (before) => ({ ...before, deliveriesMax: 1 }),
    });
    await world.time.sleep(60_000);
    expect(callsOf(receiver, 1)).toEqual([[0, 1]]);
    await stop();
  }));
