// Wake-ups over queues that keep what they are sent, as FIFO queues do: those of a subscription
// that is slower than its topic do not become more and more, and none that is needed is dropped.

import { expect, test } from 'vitest';
import { wakeUpFor } from '../../../shared/delivery/subscription.ts';
import { deliver } from '../../../shared/engine/delivery/deliver.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import { routeItem, routeKey } from '../../../shared/store/trigger-items.ts';
import {
  caughtUp,
  failure,
  newDeliverer,
  noted,
  offsetsBelow,
  subscription,
  takenOf,
} from '../../world/delivery-story.ts';
import { QueueAccount } from '../../world/queue-story.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test.each([1, 6])('%i partitions behind one worker', (partitions) =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions });
    const account = new QueueAccount(world);
    const { engine, receiver } = account;
    await subscription(world, engine, { recordsPerSecondMax: 5, deliveriesMax: 1 });
    // For five minutes twice as much as it takes.
    const rounds = 600;
    for (let round = 0; round < rounds; round++) {
      const partition = round % partitions;
      await produce(world, engine, Array(5).fill('v'), { partition });
      await account.route({ topicId, partition });
      await world.time.sleep(500);
    }
    await caughtUp(world, engine);
    await account.end();
    for (let partition = 0; partition < partitions; partition++) {
      expect(takenOf(receiver, partition)).toEqual(offsetsBelow((rounds * 5) / partitions));
    }
    expect(account.most).toBeLessThanOrEqual(5 * partitions);
  }),
);

test('many partitions behind one worker, and a target that fails', () =>
  inWorld(2, async (world) => {
    const partitions = 20;
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions });
    const account = new QueueAccount(world);
    const { engine, receiver } = account;
    receiver.react = async () => {
      await world.time.sleep(3_000);
      return failure;
    };
    await subscription(world, engine, { deliveriesMax: 1 });
    for (let round = 0; round < 200; round++) {
      for (let partition = 0; partition < partitions; partition++) {
        await produce(world, engine, ['v'], { partition });
        await account.route({ topicId, partition });
      }
      await world.time.sleep(150);
    }
    receiver.react = () => undefined;
    await caughtUp(world, engine);
    await account.end();
    expect(account.most).toBeLessThanOrEqual(5 * partitions);
  }));

test('single appends, at any time, each of which must wake', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const account = new QueueAccount(world);
    const { engine, receiver } = account;
    await subscription(world, engine);
    const chance = seededChance(9);
    for (let count = 1; count <= 300; count++) {
      await produce(world, engine, ['v']);
      // Sometimes while it is delivered, or after.
      await world.time.sleep(chance.fraction() * 100);
      await account.route({ topicId, partition: 0 });
      if (chance.fraction() < 0.5) continue;
      await world.time.sleep(1_000);
      expect(takenOf(receiver)).toEqual(offsetsBelow(count));
    }
    await account.end();
  }));

test('a target that takes longer than a turn to fail is tried again, as often as others', () =>
  inWorld(4, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const account = new QueueAccount(world);
    const { engine, receiver } = account;
    await subscription(world, engine);
    receiver.react = async () => {
      await world.time.sleep(21_000);
      return failure;
    };
    await produce(world, engine, ['v']);
    await account.route({ topicId, partition: 0 });
    await world.time.sleep(1_800_000);
    await account.end();
    const tries = receiver.received.map(({ at }) => at);
    const pauses = tries.slice(1).map((at, index) => at - (tries[index] as number));
    expect(tries.length).toBeGreaterThan(20);
    // The longest pause, the time that it takes, and a moment.
    expect(Math.max(...pauses)).toBeLessThan(60_000 + 21_000 + 1_000);
  }));

test('an append told of twice while its owner is late does not hide the next', () =>
  inWorld(5, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const account = new QueueAccount(world);
    const { engine, receiver } = account;
    const id = { topicId, partition: 0 };
    await subscription(world, engine);
    // Longer than its lease lasts.
    receiver.react = async () => {
      await world.time.sleep(66_000);
      return undefined;
    };
    await produce(world, engine, ['a']);
    await account.route(id);
    await world.time.sleep(65_500);
    receiver.react = () => undefined;
    await account.route(id);
    await world.time.sleep(2_000);
    await produce(world, engine, ['b']);
    await account.route(id);
    await world.time.sleep(5_000);
    await account.end();
    expect(takenOf(receiver)).toEqual([0, 1]);
  }));

test('a route that names no group yet, and a lease that cannot be read, wake all the same', () =>
  inWorld(6, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const account = new QueueAccount(world);
    const { engine } = account;
    await subscription(world, engine, { name: 'hot' });
    await subscription(world, engine, { name: 'old' });
    const put = { ...routeKey(topicId, 'old'), [routeItem.queues]: 0 };
    await world.account.table.write({ put });
    const { sent, send } = noted();
    const deaf = new QueueAccount(world, {
      ...world.account.table,
      query: (range) => world.account.table.query(range),
      get: (key, read) => {
        if (key.pk === 'group#hot-group') throw new StoreError('not-done', 'throttled');
        return world.account.table.get(key, read);
      },
    });
    Object.assign(deaf.engine.wakeUps, { send });
    await deaf.routeAppended({ topicId, partition: 0, nextOffset: 1 });
    await Promise.all([account.end(), deaf.end()]);
    expect(sent.map(({ subscription }) => subscription)).toEqual(['hot', 'old']);
  }));

test('a worker that dies is come for by the wake-up that it came with', () =>
  inWorld(7, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const account = new QueueAccount(world);
    const { engine, receiver } = account;
    const billing = await subscription(world, engine);
    await produce(world, engine, ['v']);
    const wakeUp = { ...wakeUpFor(billing, 0), fence: 0 };
    const dying = newDeliverer(world, receiver.targets);
    receiver.react = () => {
      dying.kill();
      return undefined;
    };
    const call = world.call(dying.engine);
    void deliver(dying.engine, call, receiver.targets, wakeUp);
    await world.time.sleep(5_000);
    expect(receiver.received).toHaveLength(1);
    receiver.react = () => undefined;
    // It is told again, finds the partition held, and waits for the end of that.
    await account.engine.wakeUps.send([wakeUp]);
    await caughtUp(world, engine);
    await account.end();
    expect(receiver.received).toHaveLength(2);
  }));
