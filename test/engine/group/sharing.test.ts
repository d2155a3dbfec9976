// One topic, shared by a group.

import { expect, test } from 'vitest';
import { consumer, polled, values } from '../../world/group-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test('one member reads it all, and a new one after it what is new', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const producer = world.newEngine();
    await produce(world, producer, ['a', 'b'], { partition: 0 });
    await produce(world, producer, ['c'], { partition: 1 });
    const one = await consumer(world, { instance: 'one' });
    expect(values(await polled(world, one)).toSorted()).toEqual(['a', 'b', 'c']);
    expect(await polled(world, one)).toEqual([]);
    await produce(world, producer, ['d'], { partition: 1 });
    expect(values(await polled(world, one))).toEqual(['d']);
  }));

test('two share it: each partition has one of them, after two polls of each', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 4 });
    const producer = world.newEngine();
    const one = await consumer(world, { instance: 'one' });
    await polled(world, one);
    const two = await consumer(world, { instance: 'two' });
    await polled(world, two);
    await polled(world, one);
    await polled(world, two);
    for (let partition = 0; partition < 4; partition++) {
      await produce(world, producer, [`to ${partition}`], { partition });
    }
    const [ofOne, ofTwo] = [await polled(world, one), await polled(world, two)];
    expect([ofOne.length, ofTwo.length]).toEqual([2, 2]);
    expect(new Set([...ofOne, ...ofTwo].map(({ place }) => place)).size).toBe(4);
  }));
