// Deleting a subscription: nothing is delivered for it any more, and nothing of it is left, whoever
// delivers meanwhile and whatever is heard of it.

import { expect, test } from 'vitest';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { routesOf } from '../../../shared/engine/delivery/find-subscription.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { findGroup, leasesOf } from '../../../shared/engine/group/read-group.ts';
import { headOf } from '../../../shared/engine/heads.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  progressOf,
  subscription,
  until,
  woken,
} from '../../world/delivery-story.ts';
import { committed, consumer, leave, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { meddledEngine, unheard } from '../../world/meddled-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const remove = (world: World, engine: Engine) =>
  deleteSubscription(engine, world.call(engine), 'billing');

async function expectNothingLeft(world: World, { topicId }: { topicId: string }) {
  const engine = world.newEngine();
  const call = world.call(engine);
  expect(await routesOf(engine, call, topicId as never)).toEqual([]);
  const place = { topicId: topicId as never, partition: 0 };
  expect(await headOf(engine, call, place)).toMatchObject({ isFollowed: false });
  expect(await findGroup(engine, call, 'billing-group')).toMatchObject({ isDeleted: true });
  expect(await leasesOf(engine, call, 'billing-group')).toEqual([]);
  await expect(progressOf(world)).rejects.toMatchObject({ code: 'UNKNOWN_SUBSCRIPTION' });
}

test('nothing is left of it', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const billing = await subscription(world, engine, { recordsPerSecondMax: 100 });
    await produce(world, engine, ['a']);
    await caughtUp(world, engine);
    await remove(world, engine);
    await expectNothingLeft(world, billing);
    await produce(world, engine, ['b']);
    await world.time.sleep(70_000);
    expect(callsOf(receiver)).toEqual([[0]]);
    await expect(remove(world, engine)).rejects.toMatchObject({ code: 'UNKNOWN_SUBSCRIPTION' });
    await stop();
  }));

test('during a delivery: what is under way ends, and counts for nothing', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => world.time.sleep(2_000).then(() => undefined));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const billing = await subscription(world, engine, { batchRecordsMax: 1 });
    await produce(world, engine, ['a', 'b', 'c', 'd']);
    await until(world, () => receiver.received.length === 2);
    await remove(world, engine);
    await world.time.sleep(30_000);
    expect(callsOf(receiver)).toEqual([[0], [1]]);
    await expectNothingLeft(world, billing);
    await stop();
  }));

test('its topic is followed as long as another one runs on it', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    await subscription(world, engine);
    await subscription(world, engine, { name: 'other' });
    await remove(world, engine);
    const head = () => headOf(engine, world.call(engine), { topicId, partition: 0 });
    expect(await head()).toMatchObject({ isFollowed: true });
    await deleteSubscription(engine, world.call(engine), 'other');
    expect(await head()).toMatchObject({ isFollowed: false });
  }));

test('one of unknown outcome leaves nothing either', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const engine = world.newEngine();
    const billing = await subscription(world, engine, { recordsPerSecondMax: 100 });
    await produce(world, engine, ['a']);
    await woken(world, receiver, billing);
    world.faults.next('transact', 'after');
    await remove(world, engine);
    await expectNothingLeft(world, billing);
  }));

test('one that is not heard of to the end is of unknown outcome', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await subscription(world, world.newEngine());
    const engine = meddledEngine(world, {
      at: ({ operation }) => operation === 'transact',
      by: () => Promise.reject(unheard()),
    });
    await expect(remove(world, engine)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  }));

test('one whose clearing away fails is done all the same', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await subscription(world, world.newEngine());
    const engine = meddledEngine(world, {
      at: ({ operation }) => operation === 'write',
      by: () => Promise.reject(new StoreError('not-done', 'throttled')),
    });
    await remove(world, engine);
    await expect(progressOf(world)).rejects.toMatchObject({ code: 'UNKNOWN_SUBSCRIPTION' });
  }));

test('another of its name begins anew, whoever delivers for the first yet', async () => {
  // From when he has read which one it is.
  for (let step = 1; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      const producer = world.newEngine();
      const receiver = newReceiver(world);
      const first = await subscription(world, producer, { batchRecordsMax: 2 });
      await produce(world, producer, ['a', 'b', 'c']);
      const frozen = await freezing(world, step, (engine) =>
        woken(world, receiver, first, { engine }),
      );
      if (!frozen.isFrozen) return false;
      await remove(world, producer);
      const second = await subscription(world, producer);
      expect(await frozen.thaw()).toBeUndefined();
      expect([step, await progressOf(world)]).toMatchObject([step, [{ committed: 0, lag: 3 }]]);
      const since = receiver.received.length;
      await woken(world, receiver, second);
      expect([step, callsOf(receiver).slice(since)]).toEqual([step, [[0, 1, 2]]]);
      expect([step, await progressOf(world)]).toMatchObject([step, [{ committed: 3 }]]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(8);
      return;
    }
  }
});

test('one that freezes before any of its steps leaves the group to who came after', async () => {
  let successors = 0;
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(200 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      const engine = world.newEngine();
      await produce(world, engine, ['a', 'b']);
      await subscription(world, engine, { group: 'shop' });
      const frozen = await freezing(world, step, (own) => remove(world, own));
      if (!frozen.isFrozen) return false;
      const one = await consumer(world, { instance: 'one' }).catch(() => undefined);
      // Until the deletion is done the group is the subscription's.
      if (one === undefined) return true;
      successors++;
      const given = [...(await polled(world, one)), ...(await polled(world, one))];
      expect([step, values(given)]).toEqual([step, ['a', 'b']]);
      // Nobody is in it when the deletion goes on.
      await leave(world, one);
      const before = await findGroup(engine, world.call(engine), 'shop');
      expect(await frozen.thaw()).toBeUndefined();
      expect([step, await findGroup(engine, world.call(engine), 'shop')]).toEqual([step, before]);
      expect([step, await committed(world)]).toEqual([step, [2]]);
      return true;
    });
    if (!isFrozen) break;
  }
  expect(successors).toBeGreaterThan(3);
});
