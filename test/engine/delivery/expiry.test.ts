// Records that are given up without being tried as often as they might: those that are too old, and
// one that is too large for its target.

import { expect, test } from 'vitest';
import { readDeadLetter } from '../../../shared/delivery/dead-letter.ts';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
  progressOf,
  subscription,
  until,
} from '../../world/delivery-story.ts';
import { fetchFrom, produce, valuesOf } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

async function lettersOf(world: World) {
  const fetched = await fetchFrom(world, world.newEngine(), 0, { topic: 'dead' });
  return fetched.records.map((record, index) => {
    return { ...readDeadLetter(record), value: valuesOf(fetched)[index] };
  });
}

async function withTopics(world: World): Promise<void> {
  await world.createTopic({ name: 'orders', partitions: 1 });
  await world.createTopic({ name: 'dead', partitions: 1 });
}

test('what grows too old while the target fails is given up, and what is young is not', () =>
  inWorld(1, async (world) => {
    await withTopics(world);
    const receiver = newReceiver(world, () => failure);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    const wanted = { deadLetterTopic: 'dead', ageMillisMax: 60_000, bisects: false };
    await subscription(world, engine, { ...wanted, retryMillisMax: 10_000 });
    await produce(world, engine, ['a', 'b']);
    await world.time.sleep(45_000);
    await produce(world, engine, ['c']);
    await until(world, () => receiver.received.at(-1)?.offsets[0] === 2);
    receiver.react = () => undefined;
    await caughtUp(world, engine);
    const reason = 'older than the maximum age';
    expect(await lettersOf(world)).toMatchObject([
      { offset: 0, value: 'a', reason },
      { offset: 1, value: 'b', reason },
    ]);
    expect(callsOf(receiver).at(-1)).toEqual([2]);
    await stop();
  }));

test('what is too old before it was ever tried is given up untried', () =>
  inWorld(2, async (world) => {
    await withTopics(world);
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await produce(world, engine, ['a', 'b']);
    await world.time.sleep(61_000);
    await produce(world, engine, ['c']);
    await subscription(world, engine, { deadLetterTopic: 'dead', ageMillisMax: 60_000 });
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[2]]);
    expect(await lettersOf(world)).toMatchObject([
      { value: 'a', attempts: 0 },
      { value: 'b', attempts: 0 },
    ]);
    await stop();
  }));

test('a batch that is too large is halved, with no pause, and no attempt counts', () =>
  inWorld(3, async (world) => {
    await withTopics(world);
    const receiver = newReceiver(world, ({ offsets }) =>
      offsets.length > 2 ? { kind: 'too-large' } : undefined,
    );
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { deadLetterTopic: 'dead', attemptsMax: 1 });
    const from = world.time.now();
    await produce(world, engine, ['a', 'b', 'c', 'd', 'e']);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2, 3, 4], [0, 1, 2], [0, 1], [2], [3, 4]]);
    expect(world.time.now() - from).toBeLessThan(1_000);
    await stop();
  }));

test('one record that is too large for its target is given up at once', () =>
  inWorld(4, async (world) => {
    await withTopics(world);
    const receiver = newReceiver(world, ({ values }) =>
      values.includes('large') ? { kind: 'too-large' } : undefined,
    );
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { deadLetterTopic: 'dead', attemptsMax: 100 });
    await produce(world, engine, ['a', 'large', 'c']);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2], [0, 1], [0], [1], [2]]);
    expect(await lettersOf(world)).toMatchObject([
      { offset: 1, value: 'large', reason: 'too-large' },
    ]);
    await stop();
  }));

test('without a place for it, it is tried again and again', () =>
  inWorld(5, async (world) => {
    await withTopics(world);
    const receiver = newReceiver(world, () => ({ kind: 'too-large' }));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { retryMillisMax: 5_000 });
    await produce(world, engine, ['large']);
    await until(world, () => receiver.received.length > 5);
    const failure = { reason: 'too-large' };
    expect(await progressOf(world)).toMatchObject([{ committed: 0, lag: 1, failure }]);
    await stop();
  }));
