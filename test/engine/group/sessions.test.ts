// What keeps an instance, and what a request meets that comes too late for it.

import { expect, test } from 'vitest';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { sessionMillisMin, triesMax } from '../../../shared/limits.ts';
import { committed, consumer, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const settings = { sessionMillis: sessionMillisMin, autoCommit: false };

/** `one` has the only partition, and was given its only record. */
async function withOne(world: World) {
  await world.createTopic({ name: 'orders' });
  await produce(world, world.newEngine(), ['first']);
  const one = await consumer(world, { instance: 'one' }, settings);
  expect(values(await polled(world, one))).toEqual(['first']);
  const commit = (engine = one.engine) => commitOffsets(engine, world.call(engine), one, undefined);
  return { one, commit };
}

test('commits keep an instance as polls do', () =>
  inWorld(1, async (world) => {
    const { one, commit } = await withOne(world);
    const end = world.time.now() + 4 * sessionMillisMin;
    while (world.time.now() < end) {
      await world.time.sleep(0.6 * sessionMillisMin);
      await commit();
    }
    const two = await consumer(world, { instance: 'two' }, settings);
    expect(await polled(world, two)).toEqual([]);
    await produce(world, world.newEngine(), ['second']);
    expect(values(await polled(world, one))).toEqual(['second']);
  }));

test('a session that is ended between a request’s look and its renewal is not begun again', () =>
  inWorld(2, async (world) => {
    const { commit } = await withOne(world);
    await world.time.sleep(0.6 * sessionMillisMin);
    const frozen = await freezing(world, 2, commit);
    expect(frozen.steps).toMatchObject([{ operation: 'get' }, { operation: 'get' }]);
    await world.time.sleep(sessionMillisMin);
    const two = await consumer(world, { instance: 'two' }, settings);
    expect(values(await polled(world, two))).toEqual(['first']);
    expect(await frozen.thaw()).toMatchObject({ code: 'UNKNOWN_INSTANCE' });
  }));

test('a commit that was refused for all it asked changed nothing, and says so', () =>
  inWorld(3, async (world) => {
    const { commit } = await withOne(world);
    world.faults.next('write', ...Array(triesMax).fill('throttled'));
    await expect(commit()).rejects.toMatchObject({ code: 'THROTTLED', outcome: 'retriable' });
    expect(await committed(world)).toEqual([]);
    await commit();
    expect(await committed(world)).toEqual([1]);
  }));
