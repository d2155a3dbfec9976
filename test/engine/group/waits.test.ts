// What a poll waits for, what it does not, and what it hears of meanwhile.

import { expect, test } from 'vitest';
import { openCall } from '../../../shared/engine/engine.ts';
import { committedOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { assignByHand } from '../../../shared/engine/group/subscribe.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { fetchWaitMillisMax, topicsCheckMillis } from '../../../shared/limits.ts';
import { type Consumer, consumer, polled, values } from '../../world/group-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

test('a topic that is made later comes to who names it, whoever else polls there', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const one = await consumer(world, { instance: 'one', engine });
    const two = await consumer(world, { instance: 'two', engine }, { topics: ['bills'] });
    const everySecond = async (seconds: number) => {
      const given: string[] = [];
      for (let second = 0; second < seconds; second++) {
        expect(await polled(world, one)).toEqual([]);
        given.push(...values(await polled(world, two)));
        await world.time.sleep(1_000);
      }
      return given;
    };
    expect(await everySecond(5)).toEqual([]);
    await world.createTopic({ name: 'bills' });
    await produce(world, world.newEngine(), ['a'], { topic: 'bills' });
    expect(await everySecond(topicsCheckMillis / 1_000 + 2)).toEqual(['a']);
  }));

/** A poll with a caller who has so much time, and wants to wait longer. */
function polledWithin(world: World, { engine, ...name }: Consumer, millis: number) {
  const deadline = (world.time.now() + millis) as EpochMillis;
  const processes = {
    newEngine: world.newEngine,
    call: () => openCall(engine, { deadline }),
  };
  const options = { waitMillis: fetchWaitMillisMax };
  return polled(processes, { engine, ...name }, options);
}

/** Its positions, and what is committed of them, are known. */
async function settled(world: World, one: Consumer): Promise<Consumer> {
  for (let polls = 0; polls < 2; polls++) expect(await polled(world, one)).toEqual([]);
  return one;
}

test('a poll that finds nothing in its caller’s time gives nothing', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await settled(world, await consumer(world, { instance: 'one' }));
    expect(await polledWithin(world, one, 3_000)).toEqual([]);
    await produce(world, world.newEngine(), ['a']);
    expect(values(await polled(world, one))).toEqual(['a']);
  }));

test('one that finds too little gives that in the end', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' }, { bytesMin: 1_000 });
    await settled(world, one);
    await produce(world, world.newEngine(), ['a']);
    expect(values(await polledWithin(world, one, 3_000))).toEqual(['a']);
    expect(await polled(world, one)).toEqual([]);
  }));

test('a first poll that waits in vain has placed its positions', () =>
  inWorld(40, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' }, { reset: 'latest' });
    expect(await polledWithin(world, one, 3_000)).toEqual([]);
    await produce(world, world.newEngine(), ['a']);
    expect(values(await polled(world, one))).toEqual(['a']);
  }));

test('a partition that is gone ends no wait for others that were assigned by hand', () =>
  inWorld(5, async (world) => {
    for (const name of ['orders', 'bills']) await world.createTopic({ name });
    const one = await consumer(world, { instance: 'one' }, { topics: [] });
    const { engine } = one;
    const places = ['orders', 'bills'].map((topic) => ({ topic, partition: 0 }));
    await assignByHand(engine, world.call(engine), one, places);
    expect(await polled(world, one)).toEqual([]);
    const other = world.newEngine();
    await deleteTopic(other, world.call(other), 'bills');
    const startedAt = world.time.now();
    expect(await polled(world, one, { waitMillis: 5_000 })).toEqual([]);
    expect(world.time.now() - startedAt).toBeGreaterThanOrEqual(5_000);
    const waiting = polled(world, one, { waitMillis: 5_000 });
    await world.time.sleep(1_000);
    await produce(world, other, ['a']);
    expect(values(await waiting)).toEqual(['a']);
  }));

test('a topic that was made anew comes to who had the old one as soon as he misses it', () =>
  inWorld(7, async (world) => {
    await world.createTopic({ name: 'orders' });
    const other = world.newEngine();
    const one = await consumer(world, { instance: 'one' });
    await produce(world, other, ['a']);
    expect(values(await polled(world, one))).toEqual(['a']);
    await deleteTopic(other, world.call(other), 'orders');
    await world.createTopic({ name: 'orders' });
    await produce(world, other, ['b']);
    expect(await polled(world, one)).toEqual([]);
    expect(values(await polled(world, one))).toEqual(['b']);
  }));

test('what was given is committed when others are assigned by hand', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    await produce(world, world.newEngine(), ['a', 'b']);
    const one = await consumer(world, { instance: 'one' }, { topics: [] });
    const { engine } = one;
    const first = { topic: 'orders', partition: 0 };
    const second = { topic: 'orders', partition: 1 };
    const assign = (...places: readonly (typeof first)[]) =>
      assignByHand(engine, world.call(engine), one, places);
    await assign(first);
    expect(values(await polled(world, one))).toEqual(['a', 'b']);
    await assign(second);
    const committed = await committedOffsets(engine, world.call(engine), one, [first]);
    expect(committed).toMatchObject([{ offset: 2 }]);
    await assign(second, first);
    expect(await polled(world, one)).toEqual([]);
  }));
