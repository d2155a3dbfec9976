// Readers that the log start has passed: who keeps his own place is told, a group goes where its
// members say, and a subscription begins at what is left.

import { expect, test } from 'vitest';
import { deleteRecords, logEnd } from '../../shared/engine/delete-records.ts';
import { deadLettersOf } from '../../shared/engine/delivery/dead-letters.ts';
import { redrive } from '../../shared/engine/delivery/redrive.ts';
import type { PartitionId } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { headKey } from '../../shared/store/items.ts';
import {
  callsOf,
  newReceiver,
  progressOf,
  refusing,
  subscription,
  woken,
} from '../world/delivery-story.ts';
import { committed, consumer, polled, values } from '../world/group-story.ts';
import { freezing, interruptedEngine } from '../world/interrupted-engine.ts';
import { logOfOrders, retain } from '../world/retention-story.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const chunk = refsPerChunk;

function deleteBefore(world: World, before: number, topic = 'orders', engine = world.newEngine()) {
  return deleteRecords(engine, world.call(engine), { topic, partition: 0, before });
}

test('a group goes on at the start where its member says earliest', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const one = await consumer(world, { instance: 'one' });
    await produce(world, one.engine, ['a', 'b']);
    expect(values(await polled(world, one))).toEqual(['a', 'b']);
    await produce(world, one.engine, ['c', 'd', 'e']);
    await deleteBefore(world, 4);
    expect(values(await polled(world, one))).toEqual(['e']);
    await polled(world, one);
    expect(await committed(world)).toEqual([5]);
  }));

test('and at the end where it says latest, as Kafka’s consumers do', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const one = await consumer(world, { instance: 'one' }, { reset: 'latest' });
    expect(await polled(world, one)).toEqual([]);
    await produce(world, one.engine, ['a', 'b', 'c']);
    await deleteBefore(world, 1);
    expect(await polled(world, one)).toEqual([]);
    await produce(world, one.engine, ['d']);
    expect(values(await polled(world, one))).toEqual(['d']);
  }));

test('it is told where its member says none, and nothing of it is moved', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const reset = { reset: 'none' } as const;
    const starter = await consumer(world, { instance: 'one' });
    await produce(world, starter.engine, ['a', 'b', 'c']);
    expect(values(await polled(world, starter, { bytesMax: 1 }))).toEqual(['a']);
    await polled(world, starter, { bytesMax: 1 });
    await world.time.sleep(400_000);
    const one = await consumer(world, { instance: 'two' }, reset);
    await deleteBefore(world, 3);
    await expect(polled(world, one)).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      detail: { logStart: 3, highWatermark: 3 },
    });
    expect(await committed(world)).toEqual([1]);
  }));

test('a poll that is overtaken while it reads gives what is left, then or next', async () => {
  for (let step = 0; ; step++) {
    const isOver = await inWorld(4, async (world) => {
      const id = await logOfOrders(world, 3 * chunk);
      const one = await consumer(world, { instance: 'one' });
      const late = await freezing(world, step, (engine) => polled(world, one, { in: engine }));
      await deleteBefore(world, 2 * chunk + 1);
      await retain(world, id, {});
      await world.time.sleep(2_000);
      const given = await late.thaw();
      if (given instanceof Error) throw given;
      const then = await polled(world, one);
      const offsets = [...given, ...then].map(({ offset }) => offset);
      const left = Array.from({ length: chunk - 1 }, (_, at) => 2 * chunk + 1 + at);
      expect(offsets.slice(-left.length)).toEqual(left);
      return !late.isFrozen;
    });
    if (isOver) return expect(step).toBeGreaterThan(5);
  }
});

test('so does a delivery, in the same turn', async () => {
  for (let step = 0; ; step++) {
    const isOver = await inWorld(5, async (world) => {
      const id = await logOfOrders(world, 3 * chunk);
      const billing = await subscription(world, world.newEngine());
      const receiver = newReceiver(world);
      const begun = world.time.now();
      const late = await freezing(world, step, (engine) => {
        return woken(world, receiver, billing, { engine });
      });
      await deleteBefore(world, 2 * chunk + 1);
      await retain(world, id, {});
      await world.time.sleep(2_000);
      const answer = await late.thaw();
      if (answer instanceof Error) throw answer;
      expect(callsOf(receiver).flat().at(-1)).toBe(3 * chunk - 1);
      expect(world.time.now() - begun).toBeLessThan(10_000);
      expect(await progressOf(world)).toMatchObject([{ committed: 3 * chunk, lag: 0 }]);
      return !late.isFrozen;
    });
    if (isOver) return expect(step).toBeGreaterThan(5);
  }
});

/** Three dead letters, and behind them so many other records that they are in a chunk. */
async function withLetters(world: World): Promise<PartitionId> {
  await world.createTopic({ name: 'orders', partitions: 1 });
  const { id: topicId } = await world.createTopic({ name: 'dead', partitions: 1 });
  const engine = world.newEngine();
  const wanted = { attemptsMax: 1, deadLetterTopic: 'dead', retryMillisMin: 100 };
  const billing = await subscription(world, engine, wanted);
  await produce(world, engine, ['x', 'y', 'z']);
  await woken(world, newReceiver(world, refusing('x', 'y', 'z')), billing);
  for (let at = 0; at < chunk; at++) await produce(world, engine, ['other'], { topic: 'dead' });
  await engine.background.idle();
  expect((await readAll(world, 0, 'dead')).slice(0, 4)).toEqual(['x', 'y', 'z', 'other']);
  await world.time.sleep(2_000);
  return { topicId, partition: 0 };
}

test('dead letters that are taken meanwhile are in nobody’s way', async () => {
  const redriven = new Set<number>();
  for (let step = 0; ; step++) {
    const isOver = await inWorld(6, async (world) => {
      const id = await withLetters(world);
      const late = await freezing(world, step, (engine) => {
        return redrive(engine, world.call(engine), 'billing');
      });
      await deleteBefore(world, logEnd, 'dead');
      await retain(world, id, {});
      await world.time.sleep(2_000);
      const answer = await late.thaw();
      if (answer instanceof Error) throw answer;
      expect(answer.isDone).toBe(true);
      redriven.add(answer.redriven);
      expect(await readAll(world, 3)).toHaveLength(answer.redriven);
      return !late.isFrozen;
    });
    if (isOver) break;
  }
  expect(redriven).toEqual(new Set([0, 3]));
});

test('what is deleted of them, and still stored, is not put back', () =>
  inWorld(8, async (world) => {
    const { topicId } = await withLetters(world);
    const { pk, sk } = headKey({ topicId, partition: 0 });
    // It is about to look where they begin.
    const engine = interruptedEngine(world, {
      at: ({ operation, keys: [key] }) => operation === 'get' && key?.pk === pk && key.sk === sk,
      by: () => deleteBefore(world, 2, 'dead'),
    });
    expect(await redrive(engine, world.call(engine), 'billing')).toMatchObject({ redriven: 1 });
    expect(await readAll(world, 3)).toEqual(['z']);
  }));

test('where all of them are gone, none is left to be put back', () =>
  inWorld(7, async (world) => {
    await withLetters(world);
    const engine = world.newEngine();
    await deleteBefore(world, logEnd, 'dead');
    expect(await deadLettersOf(engine, world.call(engine), 'billing', 9)).toEqual([]);
    expect(await redrive(engine, world.call(engine), 'billing')).toEqual({
      redriven: 0,
      isDone: true,
    });
  }));
