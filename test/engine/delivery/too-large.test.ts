// What is more than its target takes at once: a batch is made smaller, and a record that is too
// large by itself is given up, without being tried as often as it might.

import { expect, test } from 'vitest';
import { deadLettersOf } from '../../../shared/engine/delivery/dead-letters.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  subscription,
} from '../../world/delivery-story.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

async function withTopics(world: World): Promise<void> {
  await world.createTopic({ name: 'orders', partitions: 1 });
  await world.createTopic({ name: 'dead', partitions: 1 });
}

test('a batch that is too large is halved, with no pause, and no attempt counts', () =>
  inWorld(1, async (world) => {
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
  inWorld(2, async (world) => {
    await withTopics(world);
    const receiver = newReceiver(world, ({ values }) =>
      values.includes('large') ? { kind: 'too-large' } : undefined,
    );
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { deadLetterTopic: 'dead', attemptsMax: 100 });
    await produce(world, engine, ['a', 'large', 'c']);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0, 1, 2], [0, 1], [0], [1], [2]]);
    expect(await readAll(world, 0, 'dead')).toEqual(['large']);
    const letters = await deadLettersOf(engine, world.call(engine), 'billing', 10);
    expect(letters.map(({ letter }) => letter)).toMatchObject([{ offset: 1, reason: 'too-large' }]);
    await stop();
  }));
