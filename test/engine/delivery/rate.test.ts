// So many records a second: in any stretch of time no more than its share and one batch, whoever
// delivers, and as many as that where there is enough.

import { expect, test } from 'vitest';
import {
  newDeliverer,
  newReceiver,
  offsetsBelow,
  type Receiver,
  refusing,
  subscription,
  takenOf,
  until,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const spanMillis = 10_000;

/** The most records of any ten seconds. */
function greatestOf({ received }: Receiver): number {
  return Math.max(
    ...received.map(({ at: from }) =>
      received
        .filter(({ at }) => at >= from && at < from + spanMillis)
        .reduce((sum, { offsets }) => sum + offsets.length, 0),
    ),
  );
}

const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);

async function backlog(world: World, partitions: number, each: number): Promise<void> {
  await world.createTopic({ name: 'orders', partitions });
  const producer = world.newEngine();
  for (let partition = 0; partition < partitions; partition++) {
    await produce(world, producer, values(each), { partition });
  }
}

function taken(receiver: Receiver): number {
  return receiver.received.reduce((sum, { offsets }) => sum + offsets.length, 0);
}

test('of one partition', () =>
  inWorld(1, async (world) => {
    await backlog(world, 1, 500);
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const from = world.time.now();
    await subscription(world, engine, { recordsPerSecondMax: 10, batchRecordsMax: 5 });
    await until(world, () => taken(receiver) === 500);
    expect(greatestOf(receiver)).toBeLessThanOrEqual(10 * 10 + 5);
    const millis = world.time.now() - from;
    expect(millis).toBeGreaterThanOrEqual(49_000);
    expect(millis).toBeLessThan(60_000);
    expect(takenOf(receiver)).toEqual(offsetsBelow(500));
    await stop();
  }));

test('of many partitions, by two processes, of which one dies', () =>
  inWorld(2, async (world) => {
    await backlog(world, 8, 100);
    const receiver = newReceiver(world);
    const one = newDeliverer(world, receiver.targets);
    await subscription(world, one.engine, { recordsPerSecondMax: 20, batchRecordsMax: 10 });
    const two = newDeliverer(world, receiver.targets);
    await world.time.sleep(15_000);
    one.kill();
    await world.time.sleep(100_000);
    const three = newDeliverer(world, receiver.targets);
    const all = () => offsetsBelow(8).every((each) => takenOf(receiver, each).length === 100);
    await until(world, all);
    expect(greatestOf(receiver)).toBeLessThanOrEqual(20 * 10 + 10);
    await two.stop();
    await three.stop();
  }));

test('a batch has a second’s worth at most, and a fraction of a record is a wait', () =>
  inWorld(3, async (world) => {
    await backlog(world, 1, 8);
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { recordsPerSecondMax: 3.9 });
    await subscription(world, engine, { name: 'slow', recordsPerSecondMax: 0.05 });
    const from = world.time.now();
    await until(world, () => receiver.received.length === 3 + 8);
    const sizes = receiver.received.map(({ offsets }) => offsets.length);
    expect(sizes.toSorted()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3]);
    expect(world.time.now() - from).toBeGreaterThanOrEqual(7 * 20_000 - 1_000);
    expect(world.time.now() - from).toBeLessThan(7 * 20_000 + 10_000);
    await stop();
  }));

test('what is tried again counts, too', () =>
  inWorld(4, async (world) => {
    await backlog(world, 1, 40);
    const receiver = newReceiver(world, refusing('v20'));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const fast = { retryMillisMin: 100, retryMillisMax: 100 };
    await subscription(world, engine, { recordsPerSecondMax: 2, batchRecordsMax: 2, ...fast });
    await world.time.sleep(120_000);
    expect(greatestOf(receiver)).toBeLessThanOrEqual(2 * 10 + 2);
    expect(taken(receiver)).toBeGreaterThan(150);
    await stop();
  }));
