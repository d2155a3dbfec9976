// Moving a group's offsets, while nobody is in it: where to, and who may come between.

import { expect, test } from 'vitest';
import {
  type GroupReset,
  type ResetOffset,
  resetGroup,
} from '../../../shared/engine/group/reset-group.ts';
import { assignByHand } from '../../../shared/engine/group/subscribe.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { sessionMillisMin } from '../../../shared/limits.ts';
import { headItem, headKey } from '../../../shared/store/items.ts';
import { committed, consumer, leave, polled, reader, values } from '../../world/group-story.ts';
import { freezing, interruptedEngine } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const letters = ['a', 'b', 'c', 'd', 'e'];
const earliest = { group: 'shop', to: 'earliest' } as const;
const whole = [0, 1].map((partition) => ({ topic: 'orders', partition }));

function reset(
  world: World,
  asked: Omit<GroupReset, 'group'>,
  engine = world.newEngine(),
): Promise<readonly ResetOffset[]> {
  return resetGroup(engine, world.call(engine), { group: 'shop', ...asked });
}

/** Orders have five records in each of two partitions, a second apart. */
async function withRecords(world: World): Promise<number> {
  const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
  const engine = world.newEngine();
  const start = world.time.now();
  for (const { topic, partition } of whole) {
    const records = letters.map((letter, at) => {
      const timestamp = start + 1_000 * at;
      return { key: null, value: Buffer.from(letter), headers: [], partition, timestamp };
    });
    await produceRecords(engine, world.call(engine), { topic, records });
  }
  const logStart = { set: headItem.logStart, to: { value: 1 } };
  await world.account.stored.write({
    update: headKey({ topicId, partition: 1 }),
    actions: [logStart],
  });
  return start;
}

test('it goes to the beginning, the end, an offset or a time, and stays within the log', () =>
  inWorld(1, async (world) => {
    const start = await withRecords(world);
    await leave(world, await reader(world));
    expect(await committed(world)).toEqual([5, 5]);
    const goals = [
      ['earliest', [0, 1]],
      ['latest', [5, 5]],
      [{ offset: 3 }, [3, 3]],
      [{ offset: 0 }, [0, 1]],
      [{ offset: 9 }, [5, 5]],
      [{ timestamp: start + 1_001 }, [2, 2]],
      [{ timestamp: 0 }, [0, 1]],
      [{ timestamp: start + 60_000 }, [5, 5]],
    ] as const;
    for (const [to, offsets] of goals) {
      const moved = whole.map((place, at) => ({ ...place, offset: offsets[at] }));
      expect(await reset(world, { to })).toEqual(moved);
      expect(await committed(world)).toEqual(offsets);
    }
  }));

test('who comes then starts there', () =>
  inWorld(2, async (world) => {
    await withRecords(world);
    await leave(world, await reader(world));
    await reset(world, { to: { offset: 3 } });
    const two = await consumer(world, { instance: 'two' });
    expect(values(await polled(world, two))).toEqual(['d', 'e', 'd', 'e']);
    expect(await polled(world, two)).toEqual([]);
    expect(await committed(world)).toEqual([5, 5]);
  }));

test('of a topic or a partition alone, also of one that the group never read', () =>
  inWorld(3, async (world) => {
    await withRecords(world);
    await world.createTopic({ name: 'audit', partitions: 2 });
    await leave(world, await reader(world));
    await reset(world, { topic: 'orders', partition: 1, to: { offset: 2 } });
    expect(await committed(world)).toEqual([5, 2]);
    await reset(world, { topic: 'orders', to: 'earliest' });
    expect(await committed(world)).toEqual([0, 1]);
    const audit = await reset(world, { topic: 'audit', to: 'latest' });
    expect(audit).toMatchObject([{ partition: 0 }, { partition: 1, offset: 0 }]);
    expect(await committed(world)).toEqual([0, 0, 0, 1]);
    await produce(world, world.newEngine(), ['x'], { topic: 'audit', partition: 1 });
    const two = await consumer(world, { instance: 'two' }, { topics: ['audit'], reset: 'latest' });
    expect(values(await polled(world, two))).toEqual(['x']);
  }));

test('topics and partitions that are none are refused, and deleted topics passed over', () =>
  inWorld(4, async (world) => {
    await withRecords(world);
    await expect(reset(world, earliest)).rejects.toMatchObject({ code: 'UNKNOWN_GROUP' });
    await leave(world, await reader(world));
    const refused = [
      [{ topic: 'none' }, 'UNKNOWN_TOPIC'],
      [{ topic: 'orders', partition: 2 }, 'UNKNOWN_PARTITION'],
    ] as const;
    for (const [place, code] of refused) {
      await expect(reset(world, { ...place, to: 'earliest' })).rejects.toMatchObject({ code });
    }
    expect(await committed(world)).toEqual([5, 5]);
    const engine = world.newEngine();
    await deleteTopic(engine, world.call(engine), 'orders');
    expect(await reset(world, earliest)).toEqual([]);
  }));

test('it is refused while somebody is in the group, and not once his session is over', () =>
  inWorld(5, async (world) => {
    await withRecords(world);
    const one = await consumer(world, { instance: 'one' }, { sessionMillis: sessionMillisMin });
    for (const _ of letters) await polled(world, one);
    const hand = await consumer(world, { instance: 'hand' }, { topics: [], sessionMillis: 5_000 });
    await assignByHand(hand.engine, world.call(hand.engine), hand, whole);
    const refusal = { code: 'GROUP_NOT_EMPTY' };
    await expect(reset(world, earliest)).rejects.toMatchObject(refusal);
    await world.time.sleep(sessionMillisMin + 1);
    await expect(reset(world, earliest)).rejects.toMatchObject(refusal);
    expect(await committed(world)).toEqual([5, 5]);
    await world.time.sleep(5_000);
    expect(await reset(world, earliest)).toMatchObject([{ offset: 0 }, { offset: 1 }]);
    await expect(polled(world, one)).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
    expect(await committed(world)).toEqual([0, 1]);
  }));

test('an instance that comes between the look and the write has it refused, or is too late', () =>
  inWorld(6, async (world) => {
    await withRecords(world);
    await leave(world, await reader(world));
    let instances = 0;
    const meeting = (sk: string) =>
      interruptedEngine(world, {
        at: ({ operation, keys }) => operation === 'write' && keys[0]?.sk.startsWith(sk) === true,
        by: () => consumer(world, { instance: `${instances++}` }, { topics: [] }),
      });
    const refused = reset(world, earliest, meeting('group'));
    await expect(refused).rejects.toMatchObject({ code: 'GROUP_NOT_EMPTY' });
    expect(await committed(world)).toEqual([5, 5]);
    await leave(world, { group: 'shop', instance: '0', engine: world.newEngine() });
    await reset(world, earliest, meeting('lease'));
    expect(await committed(world)).toEqual([0, 1]);
  }));

test('whoever has a partition by then keeps it, and what he has committed', () =>
  inWorld(7, async (world) => {
    await withRecords(world);
    let step = 0;
    for (let isFrozen = true; isFrozen; step++) {
      await leave(world, await reader(world, `reader ${step}`));
      const frozen = await freezing(world, step, (engine) => reset(world, earliest, engine));
      const isInTime = !frozen.isFrozen;
      isFrozen = frozen.isFrozen;
      const comer = await reader(world, `comer ${step}`);
      const before = await committed(world);
      const answer = await frozen.thaw();
      if (!isInTime) expect([step, answer]).toMatchObject([step, { code: 'GROUP_NOT_EMPTY' }]);
      expect([step, await committed(world)]).toEqual([step, before]);
      await produce(world, world.newEngine(), [`of ${step}`]);
      expect(values(await polled(world, comer))).toEqual([`of ${step}`]);
      await polled(world, comer);
      expect((await committed(world))[0]).toBe((before[0] as number) + 1);
      await leave(world, comer);
    }
    expect(step).toBeGreaterThan(8);
  }));

test('a commit of somebody who is gone comes too late', () =>
  inWorld(8, async (world) => {
    await withRecords(world);
    const one = await consumer(world, { instance: 'one' }, { sessionMillis: sessionMillisMin });
    await polled(world, one);
    const engine = interruptedEngine(world, {
      at: ({ operation, keys }) =>
        operation === 'write' && keys[0]?.sk.startsWith('lease') === true,
      by: async () => {
        await world.time.sleep(2 * sessionMillisMin);
        await reset(world, { topic: 'orders', to: { offset: 2 } });
      },
    });
    const late = polled(world, { ...one, engine });
    await expect(late).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
    expect(await committed(world)).toEqual([2, 2]);
  }));

test('it is done though the store does not say so, and may be asked again where it fails', () =>
  inWorld(9, async (world) => {
    await withRecords(world);
    await leave(world, await reader(world));
    world.faults.next('write', 'after', undefined, 'after', 'after');
    expect(await reset(world, earliest)).toMatchObject([{ offset: 0 }, { offset: 1 }]);
    expect(await committed(world)).toEqual([0, 1]);
    world.faults.next('write', undefined, ...Array(20).fill('throttled'));
    await expect(reset(world, { to: 'latest' })).rejects.toMatchObject({ code: 'THROTTLED' });
    expect(await reset(world, { to: 'latest' })).toMatchObject([{ offset: 5 }, { offset: 5 }]);
    expect(await committed(world)).toEqual([5, 5]);
  }));
