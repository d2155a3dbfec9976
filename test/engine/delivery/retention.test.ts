// A log whose start has passed what is committed: what is gone nobody can give, and the rest is.

import { expect, test } from 'vitest';
import type { TopicId } from '../../../shared/ids.ts';
import { headItem, headKey } from '../../../shared/store/items.ts';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
  progressOf,
  subscription,
  until,
  woken,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

function moveStart(world: World, topicId: TopicId, offset: number) {
  const update = headKey({ topicId, partition: 0 });
  const logStart = { set: headItem.logStart, to: { value: offset } };
  return world.account.stored.write({ update, actions: [logStart] });
}

const values = ['a', 'b', 'c', 'd', 'e'];

test('it goes on at the start', () =>
  inWorld(1, async (world) => {
    const { id } = await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    const billing = await subscription(world, engine);
    await produce(world, engine, values);
    await moveStart(world, id, 3);
    const receiver = newReceiver(world);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([[3, 4]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 5, lag: 0 }]);
  }));

test('where nothing is left, that is committed, and it rests', () =>
  inWorld(2, async (world) => {
    const { id } = await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    const billing = await subscription(world, engine);
    await produce(world, engine, values);
    await moveStart(world, id, 5);
    const { writeUnits } = world.account.bill;
    await woken(world, newReceiver(world), billing);
    expect(await progressOf(world)).toMatchObject([{ committed: 5, lag: 0 }]);
    expect(world.account.bill.writeUnits - writeUnits).toBe(2);
  }));

test('what failed and is gone does not hold up the rest', () =>
  inWorld(3, async (world) => {
    const { id } = await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world, () => failure);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const wanted = { attemptsMax: 3, deadLetterTopic: 'dead', retryMillisMin: 4_000 };
    await subscription(world, engine, wanted);
    await produce(world, engine, values);
    await until(world, () => receiver.received.length === 4);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4], [0, 1, 2], [0, 1], [0]]);
    await moveStart(world, id, 1);
    receiver.react = () => undefined;
    await caughtUp(world, engine);
    expect(callsOf(receiver).slice(4)).toEqual([[1], [2], [3, 4]]);
    await stop();
  }));
