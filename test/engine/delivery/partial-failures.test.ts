// A function that names what it did not take: what comes before is committed, and that record is
// tried alone until it is taken or given up.

import { expect, test } from 'vitest';
import type { Invoked } from '../../../shared/ports/targets.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  progressOf,
  type Received,
  subscription,
} from '../../world/delivery-story.ts';
import { fetchFrom, produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

function naming(...offsets: readonly number[]): Invoked {
  const batchItemFailures = offsets.map((offset) => {
    return { itemIdentifier: { partition: 'orders-0', offset } };
  });
  return { kind: 'returned', payload: JSON.stringify({ batchItemFailures }) };
}

function reactingTo(offset: number, times: number) {
  let named = 0;
  return ({ offsets }: Received) => {
    if (!offsets.includes(offset) || named >= times) return undefined;
    named++;
    return naming(offset);
  };
}

const values = ['a', 'b', 'c', 'd', 'e', 'f'];

test('what comes before it is not given again', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, reactingTo(3, 2));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, values);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4, 5], [3], [3], [4, 5]]);
    await stop();
  }));

test('and is committed at once', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, reactingTo(3, Number.POSITIVE_INFINITY));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, values);
    await world.time.sleep(500);
    const reason = 'it is among batchItemFailures';
    expect(await progressOf(world)).toMatchObject([
      { committed: 3, attempts: 1, failure: { reason } },
    ]);
    await stop();
  }));

test('it is given up alone, once its attempts are over', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world, reactingTo(3, Number.POSITIVE_INFINITY));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { attemptsMax: 2, deadLetterTopic: 'dead' });
    await produce(world, engine, values);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4, 5], [3], [4, 5]]);
    const { records } = await fetchFrom(world, engine, 0, { topic: 'dead' });
    expect(records.map(({ value }) => Buffer.from(value ?? '').toString())).toEqual(['d']);
    await stop();
  }));

test('of several the first counts, and an offset that was not given fails all', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const answers = [naming(4, 2), undefined, naming(1)];
    const receiver = newReceiver(world, () => answers.shift());
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, values);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4, 5], [2], [3, 4, 5], [3, 4], [5]]);
    await stop();
  }));
