// A subscription that is set otherwise, or resumed: what was put off as it was set before is tried
// at once, and what was counted before counts on.

import { expect, test } from 'vitest';
import {
  changeSubscription,
  type SubscriptionChange,
} from '../../../shared/engine/delivery/change-subscription.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import {
  callsOf,
  failure,
  newDeliverer,
  newReceiver,
  progressOf,
  type Receiver,
  subscription,
  until,
  type Wanted,
} from '../../world/delivery-story.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type Story = {
  readonly engine: Engine;
  readonly receiver: Receiver;
  readonly change: (change: SubscriptionChange) => Promise<unknown>;
};

function told(wanted: Wanted, story: (world: World, told: Story) => Promise<void>): Promise<void> {
  return inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, wanted);
    const change = (to: SubscriptionChange) =>
      changeSubscription(engine, world.call(engine), 'billing', to);
    await story(world, { engine, receiver, change });
    await stop();
  });
}

/** Longer than anybody waits for what he has just mended. */
const putOff = { retryMillisMin: 600_000, retryMillisMax: 900_000 };
const soon = { retryMillisMin: 100, retryMillisMax: 1_000 };

/** A record that has failed, and is tried again in ten minutes. */
async function failed(world: World, { engine, receiver }: Story): Promise<void> {
  receiver.react = () => failure;
  await produce(world, engine, ['a']);
  await until(world, () => receiver.received.length === 1);
  await world.time.sleep(10_000);
  expect(callsOf(receiver)).toEqual([[0]]);
}

test('a retry that was far off comes at once', () =>
  told(putOff, async (world, story) => {
    const { receiver, change } = story;
    await failed(world, story);
    receiver.react = () => undefined;
    await change({ settings: (before) => ({ ...before, ...soon }) });
    await world.time.sleep(1_000);
    expect(callsOf(receiver)).toEqual([[0], [0]]);
  }));

test('so it does when it is paused and resumed', () =>
  told(putOff, async (world, story) => {
    const { receiver, change } = story;
    await failed(world, story);
    await change({ state: 'paused' });
    receiver.react = () => undefined;
    await world.time.sleep(5_000);
    expect(callsOf(receiver)).toEqual([[0]]);
    await change({ state: 'running' });
    await world.time.sleep(1_000);
    expect(callsOf(receiver)).toEqual([[0], [0]]);
  }));

test('how often it has failed counts on', () =>
  told({ ...putOff, attemptsMax: 3, deadLetterTopic: 'dead' }, async (world, story) => {
    const { receiver, change } = story;
    await failed(world, story);
    await change({ settings: (before) => ({ ...before, timeoutMillis: 20_000 }) });
    await world.time.sleep(1_000);
    expect(await progressOf(world)).toMatchObject([{ committed: 0, attempts: 2 }]);
    await change({ settings: (before) => ({ ...before, ...soon }) });
    await world.time.sleep(2_000);
    expect(callsOf(receiver)).toEqual([[0], [0], [0]]);
    expect(await readAll(world, 0, 'dead')).toEqual(['a']);
  }));

test('a rate that is raised lets records through at once', () =>
  told({ recordsPerSecondMax: 0.001 }, async (world, { engine, receiver, change }) => {
    await produce(world, engine, ['a', 'b', 'c']);
    await world.time.sleep(10_000);
    expect(callsOf(receiver)).toEqual([[0]]);
    await change({ settings: (before) => ({ ...before, recordsPerSecondMax: 1_000 }) });
    await world.time.sleep(1_000);
    expect(callsOf(receiver)).toEqual([[0], [1, 2]]);
  }));

test('a batch window that is taken away is waited for no longer', () =>
  told({ batchWindowMillis: 300_000 }, async (world, { engine, receiver, change }) => {
    await produce(world, engine, ['a']);
    await world.time.sleep(10_000);
    expect(callsOf(receiver)).toEqual([]);
    await change({ settings: (before) => ({ ...before, batchWindowMillis: 0 }) });
    await world.time.sleep(1_000);
    expect(callsOf(receiver)).toEqual([[0]]);
  }));
