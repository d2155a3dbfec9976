// Pausing and resuming: while it is paused nothing is given and nobody is woken, and it goes on
// where it was.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { routesOf } from '../../../shared/engine/delivery/find-subscription.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { headOf } from '../../../shared/engine/heads.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { subscriptionCheckMillis } from '../../../shared/trigger-limits.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  offsetsBelow,
  progressOf,
  subscription,
  takenOf,
} from '../../world/delivery-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

function setState(world: World, engine: Engine, state: 'paused' | 'running') {
  return changeSubscription(engine, world.call(engine), 'billing', { state });
}

test('nothing is given while it is paused, and all of it afterwards', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, ['a', 'b']);
    await caughtUp(world, engine);
    expect(await setState(world, engine, 'paused')).toMatchObject({ state: 'paused', version: 1 });
    await produce(world, engine, ['c', 'd']);
    await world.time.sleep(130_000);
    expect(callsOf(receiver)).toEqual([[0, 1]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 2, lag: 2 }]);
    const resumedAt = world.time.now();
    await setState(world, engine, 'running');
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect((receiver.received.at(-1)?.at ?? 0) - resumedAt).toBeLessThan(1_000);
    await stop();
  }));

test('who delivers meanwhile soon sees it', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => world.time.sleep(1_000).then(() => undefined));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await produce(
      world,
      engine,
      offsetsBelow(60).map((offset) => `v${offset}`),
    );
    await subscription(world, engine, { batchRecordsMax: 1 });
    await world.time.sleep(5_500);
    await setState(world, engine, 'paused');
    const pausedAt = world.time.now();
    await world.time.sleep(60_000);
    const last = receiver.received.at(-1)?.at ?? 0;
    expect(last - pausedAt).toBeLessThan(subscriptionCheckMillis + 2_000);
    const given = receiver.received.length;
    expect(await progressOf(world)).toMatchObject([{ committed: given }]);
    await setState(world, engine, 'running');
    await caughtUp(world, engine);
    expect(takenOf(receiver)).toEqual(offsetsBelow(60));
    expect(receiver.received).toHaveLength(60);
    await stop();
  }));

test('its topic wakes nobody for it, and does again', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    const routes = () => routesOf(engine, world.call(engine), topicId);
    await subscription(world, engine, { deliveriesMax: 7 });
    expect(await routes()).toMatchObject([{ subscription: 'billing', queues: 7 }]);
    await setState(world, engine, 'paused');
    expect(await routes()).toEqual([]);
    await setState(world, engine, 'running');
    expect(await routes()).toMatchObject([{ subscription: 'billing', queues: 7 }]);
  }));

test('one that is resumed is woken by appends, though the last other one left its topic', () =>
  inWorld(4, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await subscription(world, engine, { name: 'other' });
    await setState(world, engine, 'paused');
    await deleteSubscription(engine, world.call(engine), 'other');
    const isFollowed = async (partition: number) =>
      (await headOf(engine, world.call(engine), { topicId, partition })).isFollowed;
    expect([await isFollowed(0), await isFollowed(1)]).toEqual([false, false]);
    await setState(world, engine, 'running');
    expect([await isFollowed(0), await isFollowed(1)]).toEqual([true, true]);
    const from = world.time.now();
    await produce(world, engine, ['a'], { partition: 1 });
    await caughtUp(world, engine);
    expect(callsOf(receiver, 1)).toEqual([[0]]);
    expect(world.time.now() - from).toBeLessThan(1_000);
    await stop();
  }));

test('one whose topic is gone is paused and resumed like any other', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await deleteTopic(engine, world.call(engine), 'orders');
    expect(await setState(world, engine, 'paused')).toMatchObject({ state: 'paused' });
    expect(await setState(world, engine, 'running')).toMatchObject({ state: 'running' });
    await stop();
  }));
