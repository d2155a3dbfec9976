// A filter passes over what it does not match, and that is done with as much as what is taken.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  progressOf,
  refusing,
  subscription,
} from '../../world/delivery-story.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

const paid = JSON.stringify({ value: { state: ['paid'] } });
const order = (id: number, state: string) => JSON.stringify({ id, state });

test('only what matches is given, and the rest is committed with it', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const states = ['open', 'paid', 'open', 'paid', 'open', 'open'];
    await produce(
      world,
      engine,
      states.map((state, id) => order(id, state)),
    );
    await subscription(world, engine, { filter: paid });
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[1, 3]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 6 }]);
    await produce(world, engine, [order(6, 'open')]);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[1, 3]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 7 }]);
    await stop();
  }));

test('a batch has as many as it may of those that match', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    for (let round = 0; round < 5; round++) {
      const values = Array.from({ length: 20 }, (_, id) =>
        order(id, id % 4 === 0 ? 'paid' : 'open'),
      );
      await produce(world, engine, values);
    }
    await subscription(world, engine, { filter: paid, batchRecordsMax: 10 });
    await caughtUp(world, engine);
    const matching = Array.from({ length: 25 }, (_, index) => index * 4);
    const runs = [matching.slice(0, 10), matching.slice(10, 20), matching.slice(20)];
    expect(callsOf(receiver)).toEqual(runs);
    await stop();
  }));

test('what is bad among what matches is found, whatever is between', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const bad = order(5, 'paid');
    const receiver = newReceiver(world, refusing(bad));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const states = ['paid', 'open', 'paid', 'open', 'open', 'paid', 'open', 'paid', 'open'];
    await produce(
      world,
      engine,
      states.map((state, id) => order(id, state)),
    );
    const wanted = { filter: paid, attemptsMax: 2, deadLetterTopic: 'dead', retryMillisMin: 100 };
    await subscription(world, engine, wanted);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 2, 5, 7], [0, 2], [5, 7], [5], [5], [7]]);
    expect(await readAll(world, 0, 'dead')).toEqual([bad]);
    expect(await progressOf(world)).toMatchObject([{ committed: 9 }]);
    await stop();
  }));

test('one that is changed counts for what comes then, and for what has failed', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const bad = order(0, 'open');
    const receiver = newReceiver(world, refusing(bad));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { retryMillisMax: 2_000 });
    await produce(world, engine, [bad, order(1, 'paid')]);
    await world.time.sleep(3_000);
    const settings = (before: object) => ({ ...before, filter: paid }) as never;
    await changeSubscription(engine, world.call(engine), 'billing', { settings });
    await caughtUp(world, engine);
    expect(callsOf(receiver).at(-1)).toEqual([1]);
    await stop();
  }));
