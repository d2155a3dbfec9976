// Others are at work while a store is checked. What they have only half done when it is looked at
// is not called damage.

import { expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../../shared/engine/engine.ts';
import { deleteTopic } from '../../../../shared/engine/make-topics.ts';
import { retainPartition } from '../../../../shared/engine/upkeep/retain-partition.ts';
import type { PartitionId } from '../../../../shared/ids.ts';
import { refsPerChunk } from '../../../../shared/limits.ts';
import {
  chunkKey,
  doomedItem,
  doomedKey,
  headItem,
  headKey,
  topicItem,
  topicKey,
} from '../../../../shared/store/items.ts';
import type { Objects } from '../../../../shared/store/objects.ts';
import { interruptedEngine, type Step } from '../../../world/interrupted-engine.ts';
import { seededChance } from '../../../world/seeded-chance.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  chunkOf,
  headOf,
  inShort,
  merge,
  newLog,
  pastTheGrace,
  patientCall,
  plant,
  produceEach,
  sweep,
} from './checked.ts';

const appends = 3 * refsPerChunk + 5;

const isChunkQuery = ({ operation, keys }: Step) =>
  operation === 'query' && keys.some(({ sk }) => sk.startsWith('chunk#'));

const isHead = ({ operation, keys }: Step) =>
  operation === 'get' && keys.some(({ sk }) => sk === 'head');

/** Checks by a process that is interrupted there, once. @returns what it finds. */
async function interrupted(
  world: World,
  by: () => Promise<unknown>,
  at = isChunkQuery,
): Promise<readonly string[]> {
  let isOver = false;
  const once = async () => {
    isOver = true;
    await by();
  };
  const engine = interruptedEngine(world, { at, by: once });
  const { findings } = await check(world, { depth: 'deep' }, engine);
  expect(isOver).toBe(true);
  return findings.map(inShort);
}

async function retain(world: World, id: PartitionId): Promise<void> {
  const engine = world.newEngine();
  await retainPartition(engine, patientCall(world, engine), id, { millis: undefined, bytes: 0 });
}

test('retention, between the head and the chunks', () =>
  inWorld(1, async (world) => {
    const id = await newLog(world, appends);
    expect(await interrupted(world, () => retain(world, id))).toEqual([]);
    expect(headOf(world, id).logStart).toBe(appends);
  }));

test('a roll, and a merge of what it has rolled', () =>
  inWorld(2, async (world) => {
    const id = await newLog(world, appends);
    await pastTheGrace(world);
    const work = async () => {
      await produceEach(
        world,
        Array.from({ length: 3 * refsPerChunk }, (_, index) => `${index}`),
      );
      await pastTheGrace(world);
      await merge(world, id);
      await sweep(world);
    };
    expect(await interrupted(world, work)).toEqual([]);
    expect(chunkOf(world, id, 3 * refsPerChunk).length).toBe(1);
  }));

test('the deletion of the topic', () =>
  inWorld(3, async (world) => {
    await newLog(world, appends);
    const work = async () => {
      const engine = world.newEngine();
      await deleteTopic(engine, patientCall(world, engine), 'orders');
    };
    expect(await interrupted(world, work, isHead)).toEqual([]);
  }));

test('a deletion of the topic that ends halfway', () =>
  inWorld(8, async (world) => {
    const id = await newLog(world, appends);
    const work = async () => {
      await plant(world, topicKey('orders'), { [topicItem.state]: 'deleting' });
      const doomed = { ...doomedKey(id.topicId), [doomedItem.deletedAt]: world.time.now() };
      await world.account.stored.write({ put: doomed });
      await world.account.stored.write({ delete: headKey(id) });
    };
    expect(await interrupted(world, work, isHead)).toEqual([]);
  }));

test('retention during the second look, which another finding has caused', () =>
  inWorld(9, async (world) => {
    const id = await newLog(world, appends);
    await plant(world, headKey(id), { [headItem.timeBefore]: -1 });
    let queries = 0;
    const isSecond = (step: Step) => isChunkQuery(step) && queries++ === 1;
    const wrong = 'wrong-time orders-0';
    const work = async () => {
      await plant(world, headKey(id), { [headItem.logStart]: refsPerChunk });
      await world.account.stored.write({ delete: chunkKey(id, 0) });
    };
    expect(await interrupted(world, work, isSecond)).toEqual([wrong]);
  }));

const isSecondHead = () => {
  let heads = 0;
  return (step: Step) => isHead(step) && heads++ === 1;
};

test('a head that is wrong, and that is appended to between the two looks', () =>
  inWorld(10, async (world) => {
    const id = await newLog(world, appends);
    const { tail } = headOf(world, id);
    const wrong = { [headItem.timeBefore]: -1, [headItem.tail]: tail.slice(1) };
    await plant(world, headKey(id), wrong);
    await pastTheGrace(world);
    const append = () => produceEach(world, ['one more']);
    const expected = ['wrong-head orders-0', 'wrong-time orders-0'];
    expect(await interrupted(world, append, isSecondHead())).toEqual(expected);
    expect(headOf(world, id).nextOffset).toBe(appends + 1);
  }));

test('a gap whose beginning retention takes between the two looks', () =>
  inWorld(11, async (world) => {
    const id = await newLog(world, appends);
    await world.account.stored.write({ delete: chunkKey(id, 0) });
    const raise = () => plant(world, headKey(id), { [headItem.logStart]: 3 });
    const expected = [`missing-chunk orders-0 [3, ${refsPerChunk})`];
    expect(await interrupted(world, raise, isSecondHead())).toEqual(expected);
  }));

/** A process before whose first read of an object something happens. */
function beforeFirstRead(world: World, work: () => Promise<unknown>): Engine {
  const { table, objects } = world.account;
  let reads = 0;
  const late: Objects = {
    ...objects,
    read: async (range) => {
      if (reads++ === 0) await work();
      return objects.read(range);
    },
  };
  const chance = seededChance(7);
  return createEngine({ objects: late, table, clock: world.time, chance });
}

test('a merge and a sweep, between the index and the objects', () =>
  inWorld(4, async (world) => {
    const id = await newLog(world, appends);
    await pastTheGrace(world);
    const engine = beforeFirstRead(world, async () => {
      await merge(world, id);
      await sweep(world);
    });
    const { findings } = await check(world, {}, engine);
    expect(findings.map(inShort)).toEqual([]);
  }));

test('appends after the objects were listed', () =>
  inWorld(5, async (world) => {
    const id = await newLog(world, appends);
    const isTopics = ({ keys }: Step) => keys.some(({ pk }) => pk === 'topics');
    const work = () => produceEach(world, ['a', 'b', 'c']);
    expect(await interrupted(world, work, isTopics)).toEqual([]);
    expect(headOf(world, id).nextOffset).toBe(appends + 3);
  }));

test('a head that names an old object only when it is looked at again', () =>
  inWorld(6, async (world) => {
    const id = await newLog(world, 2);
    await pastTheGrace(world);
    const { tail } = headOf(world, id);
    const numbers = { [headItem.tail]: tail.slice(0, 1), [headItem.nextOffset]: 1 };
    await plant(world, headKey(id), numbers);
    let heads = 0;
    const isSecondLook = ({ keys }: Step) => keys.some(({ sk }) => sk === 'head') && heads++ === 1;
    const work = () =>
      plant(world, headKey(id), { [headItem.tail]: tail, [headItem.nextOffset]: 2 });
    expect(await interrupted(world, work, isSecondLook)).toEqual([]);
  }));

test('everything at once: no look finds damage, however often it looks', () =>
  inWorld(7, async (world) => {
    const id = await newLog(world, appends);
    let isOver = false;
    const work = async () => {
      for (let round = 0; round < 12; round++) {
        await produceEach(
          world,
          Array.from({ length: 2 * refsPerChunk }, () => `${round}`),
        );
        await world.time.sleep(60 * 60 * 1000);
        await merge(world, id);
        if (round % 3 === 2) await retain(world, id);
        await sweep(world);
      }
      isOver = true;
    };
    const looks = async () => {
      const damage: string[] = [];
      let number = 0;
      for (; !isOver; number++) {
        const { findings } = await check(world, { depth: number % 2 === 0 ? 'quick' : 'deep' });
        const bad = findings.filter(({ severity }) => severity === 'damage');
        damage.push(...bad.map(inShort));
        await world.time.sleep(1_000 * 7 ** (number % 5));
      }
      expect(damage).toEqual([]);
      return number;
    };
    const [number] = await Promise.all([looks(), work()]);
    expect(number).toBeGreaterThan(20);
  }));
