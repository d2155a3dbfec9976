// Records that are too old are given up without being tried as often as they might.

import { expect, test } from 'vitest';
import { readDeadLetter } from '../../../shared/delivery/dead-letter.ts';
import {
  callsOf,
  caughtUp,
  failure,
  newDeliverer,
  newReceiver,
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
