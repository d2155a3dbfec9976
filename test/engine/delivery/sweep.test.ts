// What lost wake-ups, lost marks and topics that were made anew leave behind, a sweep finds.

import { expect, test } from 'vitest';
import { seekSubscription } from '../../../shared/engine/delivery/seek-subscription.ts';
import { sweepSubscriptions } from '../../../shared/engine/delivery/sweep-subscriptions.ts';
import { createEngine, type Engine } from '../../../shared/engine/engine.ts';
import { headOf } from '../../../shared/engine/heads.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { growTopic } from '../../../shared/engine/topics.ts';
import { followWrite } from '../../../shared/log/head.ts';
import type { WakeUps } from '../../../shared/ports/wake-ups.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
  progressOf,
  subscription,
  woken,
} from '../../world/delivery-story.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type Noted = { readonly partition: number; readonly at: number | undefined };

/** A process whose wake-ups are written down and reach nobody. */
function sweeper(world: World, wakeUps?: WakeUps) {
  const sent: Noted[] = [];
  const { objects, table } = world.account;
  const engine = createEngine({
    objects,
    table,
    clock: world.time,
    chance: seededChance(3),
    wakeUps: wakeUps ?? {
      send: async (all, at) => void sent.push(...all.map(({ partition }) => ({ partition, at }))),
    },
  });
  const sweep = async () => {
    sent.length = 0;
    await sweepSubscriptions(engine, world.call(engine));
    return sent.toSorted((one, other) => one.partition - other.partition);
  };
  return { engine, sweep };
}

test('appends of which nobody heard are found, and what was delivered is not', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 4 });
    const { engine, sweep } = sweeper(world);
    const receiver = newReceiver(world);
    const billing = await subscription(world, engine);
    expect(await sweep()).toEqual([]);
    for (const partition of [1, 2]) await produce(world, engine, ['a'], { partition });
    expect(await sweep()).toEqual([
      { partition: 1, at: 0 },
      { partition: 2, at: 0 },
    ]);
    await woken(world, receiver, billing, { partition: 2 });
    expect(await sweep()).toEqual([{ partition: 1, at: 0 }]);
  }));

test('who has it is left alone, and what waits is woken when it is time', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const { engine, sweep } = sweeper(world);
    const answer = Promise.withResolvers<undefined>();
    const receiver = newReceiver(world, ({ partition }) =>
      partition === 0 ? answer.promise : failure,
    );
    const wanted = { retryMillisMin: 40_000, retryMillisMax: 40_000 };
    const billing = await subscription(world, engine, wanted);
    for (const partition of [0, 1]) await produce(world, engine, ['a'], { partition });
    const held = woken(world, receiver, billing, { partition: 0 });
    await woken(world, receiver, billing, { partition: 1 });
    const [, waiting] = await progressOf(world);
    const at = waiting?.failure?.retryAt as number;
    expect(at).toBeGreaterThan(world.time.now());
    expect(await sweep()).toEqual([{ partition: 1, at }]);
    answer.resolve(undefined);
    await held;
    expect(await sweep()).toEqual([{ partition: 1, at }]);
  }));

test('a lost mark is put back', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const { engine, sweep } = sweeper(world);
    await subscription(world, engine);
    const id = { topicId, partition: 1 };
    await world.account.stored.write(followWrite(id, false));
    await sweep();
    expect(await headOf(engine, world.call(engine), id)).toMatchObject({ isFollowed: true });
  }));

test('a topic made anew is another one, and all of it is new', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { from: 'latest' });
    await produce(world, engine, ['a', 'b']);
    await caughtUp(world, engine);
    const admin = world.newEngine();
    await deleteTopic(admin, world.call(admin), 'orders');
    await world.createTopic({ name: 'orders', partitions: 2 });
    await produce(world, admin, ['c'], { partition: 0 });
    await produce(world, admin, ['d', 'e'], { partition: 1 });
    const { sweep } = sweeper(world);
    expect(await sweep()).toMatchObject([{ partition: 0 }, { partition: 1 }]);
    await world.time.sleep(61_000);
    await caughtUp(world, engine);
    expect(callsOf(receiver, 0)).toEqual([[0, 1], [0]]);
    expect(callsOf(receiver, 1)).toEqual([[0, 1]]);
    // And its appends are heard of from then on.
    const from = world.time.now();
    await produce(world, engine, ['f'], { partition: 1 });
    await caughtUp(world, engine);
    expect(callsOf(receiver, 1)).toEqual([[0, 1], [2]]);
    expect(world.time.now() - from).toBeLessThan(1_000);
    await stop();
  }));

test('it is adopted by a process that remembers the one before', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const old = world.newEngine();
    const billing = await subscription(world, old);
    await produce(world, old, ['a']);
    await woken(world, receiver, billing, { engine: old });
    const admin = world.newEngine();
    await deleteTopic(admin, world.call(admin), 'orders');
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    await produce(world, admin, ['b']);
    await sweeper(world).sweep();
    await woken(world, receiver, { ...billing, topicId }, { engine: old });
    expect(callsOf(receiver)).toEqual([[0], [0]]);
  }));

test('while its topic is gone there is nothing to do', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const { engine, sweep } = sweeper(world);
    const receiver = newReceiver(world);
    const billing = await subscription(world, engine);
    await produce(world, engine, ['a']);
    await deleteTopic(engine, world.call(engine), 'orders');
    expect(await sweep()).toEqual([]);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([]);
    expect(await progressOf(world)).toEqual([]);
    const seeks = seekSubscription(engine, world.call(engine), 'billing', { to: 'earliest' });
    await expect(seeks).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
  }));

async function grown(world: World, engine: Engine): Promise<void> {
  await growTopic(engine, world.call(engine), { name: 'orders', partitions: 3 });
  for (const partition of [0, 1, 2]) await produce(world, engine, ['a', 'b'], { partition });
}

test('partitions that a topic grows by are delivered from their beginning, and at once', () =>
  inWorld(7, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { from: 'latest' });
    const from = world.time.now();
    await grown(world, engine);
    await caughtUp(world, engine);
    for (const partition of [0, 1, 2]) expect(callsOf(receiver, partition)).toEqual([[0, 1]]);
    expect(world.time.now() - from).toBeLessThan(2_000);
    await stop();
  }));

test('what fails of such a partition is told, before anything of it is committed', () =>
  inWorld(8, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => failure);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { bisects: false });
    await grown(world, engine);
    await world.time.sleep(1_000);
    const told = { committed: 0, logEnd: 2, lag: 2, failure: { reason: 'TypeError' } };
    expect(await progressOf(world)).toMatchObject(
      [0, 1, 2].map((partition) => ({ ...told, partition })),
    );
    await stop();
  }));

test('wake-ups that cannot be sent fail nothing that was asked for', () =>
  inWorld(9, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const send = () => Promise.reject(new StoreError('not-done', 'throttled'));
    const { engine, sweep } = sweeper(world, { send });
    await produce(world, engine, ['a']);
    await subscription(world, engine);
    await seekSubscription(engine, world.call(engine), 'billing', { to: 'earliest' });
    await sweep();
    expect(await progressOf(world)).toMatchObject([{ committed: 0, lag: 1 }]);
  }));
