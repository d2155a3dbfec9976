// A group's offsets are forgotten once nobody has been in it for so long (KIP-211), and not before.

import { expect, test } from 'vitest';
import { deleteGroup } from '../../../shared/engine/group/delete-group.ts';
import { describeGroup } from '../../../shared/engine/group/describe-groups.ts';
import { resetGroup } from '../../../shared/engine/group/reset-group.ts';
import {
  offsetsRetentionMillis,
  sessionMillisDefault,
  sessionMillisMax,
  triesMax,
} from '../../../shared/limits.ts';
import { committed, consumer, leave, polled, reader, values } from '../../world/group-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

/** Two records, which somebody has read and committed, and then left. */
async function readAndLeft(world: World): Promise<void> {
  await world.createTopic({ name: 'orders' });
  await produce(world, world.newEngine(), ['a', 'b']);
  const one = await reader(world);
  await leave(world, one);
}

test('until then whoever comes goes on from them, and they are kept as long again', () =>
  inWorld(1, async (world) => {
    await readAndLeft(world);
    for (const instance of ['two', 'three']) {
      await world.time.sleep(offsetsRetentionMillis - 1_000);
      expect(await committed(world)).toEqual([2]);
      const next = await consumer(world, { instance });
      expect(await polled(world, next)).toEqual([]);
      await leave(world, next);
    }
    expect(await committed(world)).toEqual([2]);
  }));

test('then the group begins anew, where its instances are set to', () =>
  inWorld(2, async (world) => {
    await readAndLeft(world);
    await world.time.sleep(offsetsRetentionMillis + 1);
    expect(await committed(world)).toEqual([]);
    const two = await consumer(world, { instance: 'two' });
    expect(await committed(world)).toEqual([]);
    expect(values(await polled(world, two))).toEqual(['a', 'b']);
    await polled(world, two);
    expect(await committed(world)).toEqual([2]);
    await leave(world, two);
    await world.time.sleep(offsetsRetentionMillis + 1);
    await produce(world, world.newEngine(), ['c']);
    const three = await consumer(world, { instance: 'three' }, { reset: 'latest' });
    expect(await polled(world, three)).toEqual([]);
    await produce(world, world.newEngine(), ['d']);
    expect(values(await polled(world, three))).toEqual(['d']);
  }));

test('one that is gone without a word was there until its session was over', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    await produce(world, world.newEngine(), ['a', 'b']);
    const one = await reader(world);
    await world.time.sleep(offsetsRetentionMillis + sessionMillisDefault - 1_000);
    expect(await committed(world)).toEqual([2]);
    await world.time.sleep(2_000);
    expect(await committed(world)).toEqual([]);
    const two = await consumer(world, { instance: 'two' });
    await expect(polled(world, one)).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
    expect(values(await polled(world, two))).toEqual(['a', 'b']);
  }));

test('that its session was ended since makes no difference', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    await produce(world, world.newEngine(), ['a', 'b']);
    const one = await reader(world);
    const until = world.time.now() + sessionMillisDefault;
    await world.time.sleep(sessionMillisDefault + 1);
    const engine = world.newEngine();
    world.faults.next('write', ...Array(triesMax).fill('throttled'));
    const reset = resetGroup(engine, world.call(engine), { group: 'shop', to: 'earliest' });
    await expect(reset).rejects.toMatchObject({ code: 'THROTTLED' });
    await expect(polled(world, one)).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
    await world.time.sleep(until + offsetsRetentionMillis - world.time.now() - 1_000);
    expect(await committed(world)).toEqual([2]);
    await world.time.sleep(1_000);
    expect(await committed(world)).toEqual([]);
  }));

test('as long as a member lives they are kept, though it commits nothing', () =>
  inWorld(5, async (world) => {
    await readAndLeft(world);
    const settings = { autoCommit: false, sessionMillis: sessionMillisMax };
    const idle = await consumer(world, { instance: 'idle' }, settings);
    const end = world.time.now() + 2 * offsetsRetentionMillis;
    while (world.time.now() < end) {
      expect(await polled(world, idle)).toEqual([]);
      await world.time.sleep(sessionMillisMax - 60_000);
    }
    expect(await committed(world)).toEqual([2]);
    const two = await consumer(world, { instance: 'two' }, settings);
    await leave(world, idle);
    expect(await polled(world, two)).toEqual([]);
    expect(await committed(world)).toEqual([2]);
  }));

test('a reset remembers nothing of what is forgotten', () =>
  inWorld(6, async (world) => {
    await readAndLeft(world);
    await world.createTopic({ name: 'audit' });
    await world.time.sleep(offsetsRetentionMillis + 1);
    const engine = world.newEngine();
    const all = { group: 'shop', to: 'latest' } as const;
    expect(await resetGroup(engine, world.call(engine), all)).toEqual([]);
    expect(await committed(world)).toEqual([]);
    await world.time.sleep(offsetsRetentionMillis + 1);
    const audit = { ...all, topic: 'audit' };
    expect(await resetGroup(engine, world.call(engine), audit)).toMatchObject([{ offset: 0 }]);
    expect(await committed(world)).toEqual([0]);
    const two = await consumer(world, { instance: 'two' });
    expect(values(await polled(world, two))).toEqual(['a', 'b']);
  }));

test('the group itself is there until it is deleted', () =>
  inWorld(7, async (world) => {
    await readAndLeft(world);
    await world.time.sleep(10 * offsetsRetentionMillis);
    const engine = world.newEngine();
    const group = await describeGroup(engine, world.call(engine), 'shop');
    expect(group).toMatchObject({ state: 'EMPTY', members: [] });
    await deleteGroup(engine, world.call(engine), 'shop');
    await expect(committed(world)).rejects.toMatchObject({ code: 'UNKNOWN_GROUP' });
    const two = await consumer(world, { instance: 'two' });
    const after = await describeGroup(engine, world.call(engine), 'shop');
    expect(after.generation).toBeGreaterThan(group.generation);
    expect(values(await polled(world, two))).toEqual(['a', 'b']);
  }));
