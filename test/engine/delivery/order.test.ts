// Each partition's records are given in their order, all of them, and are committed only once they
// are taken.

import { expect, test } from 'vitest';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
  offsetsBelow,
  progressOf,
  subscription,
  takenOf,
  until,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test('whatever fails in between, every record of each partition comes, in its order', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 3 });
    let calls = 0;
    const receiver = newReceiver(world, () => (calls++ % 3 === 1 ? failure : undefined));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { batchRecordsMax: 4, retryMillisMin: 100 });
    for (let round = 0; round < 10; round++) {
      for (const partition of [0, 1, 2]) {
        await produce(world, engine, ['a', 'b', 'c'], { partition });
      }
    }
    await caughtUp(world, engine);
    for (const partition of [0, 1, 2]) {
      expect(takenOf(receiver, partition)).toEqual(offsetsBelow(30));
      // Nothing comes before what is before it is taken.
      let taken = 0;
      for (const one of receiver.received.filter((each) => each.partition === partition)) {
        expect(one.offsets[0]).toBe(taken);
        if (one.isTaken) taken = (one.offsets.at(-1) as number) + 1;
      }
    }
    await stop();
  }));

test('what is given is not committed before it is taken', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const answer = Promise.withResolvers<undefined>();
    const receiver = newReceiver(world, () => answer.promise);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, ['a', 'b']);
    await until(world, () => receiver.received.length === 1);
    await world.time.sleep(5_000);
    expect(await progressOf(world)).toMatchObject([{ committed: 0, lag: 2, failure: undefined }]);
    answer.resolve(undefined);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1]]);
    await stop();
  }));

test('what was there before is given from where it is asked, and none of it twice', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await produce(world, engine, ['a', 'b', 'c']);
    await subscription(world, engine, { name: 'all', from: 'earliest' });
    await caughtUp(world, engine, 'all');
    expect(callsOf(receiver)).toEqual([[0, 1, 2]]);
    await subscription(world, engine, { name: 'new', from: 'latest' });
    await produce(world, engine, ['d']);
    await caughtUp(world, engine, 'all');
    await caughtUp(world, engine, 'new');
    expect(callsOf(receiver)).toEqual([[0, 1, 2], [3], [3]]);
    await stop();
  }));

test('a batch is as large as it may be, by records and by bytes', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const values = Array.from({ length: 10 }, (_, index) => 'v'.repeat(index < 5 ? 10 : 3_000));
    await produce(world, engine, values);
    await subscription(world, engine, { batchRecordsMax: 4, batchBytesMax: 10_000 });
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3], [4, 5, 6], [7, 8], [9]]);
    await subscription(world, engine, { name: 'small', batchBytesMax: 2_000 });
    await caughtUp(world, engine, 'small');
    // One that is larger comes alone.
    expect(callsOf(receiver).slice(4)).toEqual([[0, 1, 2, 3, 4], [5], [6], [7], [8], [9]]);
    await stop();
  }));
