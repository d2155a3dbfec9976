// Housekeeping within one process, in virtual time: what was rolled is looked after a little later,
// and all partitions now and then; what nothing names is swept; and it ends when it is told to.

import { expect, test } from 'vitest';
import { pacesAlone } from '../../local/housekeeping.ts';
import type { Clock } from '../../shared/engine/environment.ts';
import { housekeepingMillisMax } from '../../shared/housekeeping-limits.ts';
import { type PartitionId, segmentIdOf } from '../../shared/ids.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import { produce } from '../world/story.ts';
import { inWorld } from '../world/world.ts';
import { newKeeper, newTopic, objectsOf, produceChunks, rolled, seen } from './keepers.ts';

const { gatherMillis, surveyMillis, collectMillis, firstCollectMillis } = pacesAlone;

test('what was rolled is merged, a little later', () =>
  inWorld(1, async (world) => {
    const topicId = await newTopic(world, 2);
    const { housekeeping, engine, faults } = newKeeper(world);
    housekeeping.start(engine);
    // The first survey is done.
    await world.time.sleep(2 * gatherMillis);
    await produceChunks(world, engine, 1);
    const id = { topicId, partition: 1 };
    expect(await objectsOf(world, id)).toBe(rolled);
    await world.time.sleep(2 * gatherMillis);
    expect(await objectsOf(world, id)).toBe(1);
    expect(faults).toEqual([]);
    await housekeeping.stop();
  }));

test('what is rolled while others are looked after comes next', () =>
  inWorld(10, async (world) => {
    const topicId = await newTopic(world, 2);
    const { table } = world.newEngine();
    const slow: Stores['table'] = {
      ...table,
      transact: async (writes) => {
        await world.time.sleep(2.5 * gatherMillis);
        return table.transact(writes);
      },
    };
    const { housekeeping, engine } = newKeeper(world, { table: slow });
    housekeeping.start(engine);
    // The first survey is done.
    await world.time.sleep(7 * gatherMillis);
    await produceChunks(world, engine, 0);
    await world.time.sleep(1.5 * gatherMillis);
    await produceChunks(world, engine, 1);
    expect(await objectsOf(world, { topicId, partition: 0 })).toBe(rolled);
    await world.time.sleep(surveyMillis / 2);
    expect(await objectsOf(world, { topicId, partition: 1 })).toBe(1);
    await housekeeping.stop();
  }));

test('what others have rolled is found by the survey, and so is what was left at the start', () =>
  inWorld(2, async (world) => {
    const topicId = await newTopic(world, 2);
    const [left, others] = [0, 1].map((partition) => ({ topicId, partition })) as [
      PartitionId,
      PartitionId,
    ];
    await produceChunks(world, world.newEngine(), 0);
    const { housekeeping, engine } = newKeeper(world);
    housekeeping.start(engine);
    await world.time.sleep(2 * gatherMillis);
    expect(await objectsOf(world, left)).toBe(1);
    await produceChunks(world, world.newEngine(), 1);
    await world.time.sleep(surveyMillis / 2);
    expect(await objectsOf(world, others)).toBe(rolled);
    await world.time.sleep(surveyMillis / 2);
    expect(await objectsOf(world, others)).toBe(1);
    await housekeeping.stop();
  }));

test('what a merge has left behind is swept, and before long also at the start', () =>
  inWorld(3, async (world) => {
    await newTopic(world);
    const stored = async () =>
      (await world.account.objects.list({ prefix: '', limit: 1_000 })).length;
    const { housekeeping, engine } = newKeeper(world);
    await produceChunks(world, engine);
    housekeeping.start(engine);
    await world.time.sleep(2 * gatherMillis);
    expect(await stored()).toBe(rolled + 1);
    await world.time.sleep(firstCollectMillis + 60_000);
    expect(await stored()).toBe(1);
    await produceChunks(world, engine);
    await world.time.sleep(collectMillis / 2);
    expect(await stored()).toBeGreaterThan(rolled);
    await world.time.sleep(collectMillis / 2);
    expect(await stored()).toBe(2);
    await housekeeping.stop();
  }));

test('partitions are looked after one after the other', () =>
  inWorld(4, async (world) => {
    await newTopic(world, 3);
    const looks: number[] = [];
    const { housekeeping, engine } = newKeeper(
      world,
      seen(world, (partition) => looks.push(partition)),
    );
    for (const partition of [2, 0, 1]) await produceChunks(world, engine, partition);
    housekeeping.start(engine);
    await world.time.sleep(3 * gatherMillis);
    const inTurn = looks.filter((partition, at) => partition !== looks[at - 1]);
    expect(inTurn.toSorted()).toEqual([0, 1, 2]);
    await housekeeping.stop();
  }));

test('nothing is swept while something is being merged', () =>
  inWorld(9, async (world) => {
    await newTopic(world);
    const log: string[] = [];
    const { objects } = world.newEngine();
    const told: Stores['objects'] = {
      ...objects,
      read: async (range) => {
        log.push('read');
        await world.time.sleep(1_000);
        return objects.read(range);
      },
      put: (object) => {
        log.push('put');
        return objects.put(object);
      },
      list: (page) => {
        log.push('list');
        return objects.list(page);
      },
    };
    await produceChunks(world, world.newEngine());
    const pace = { firstCollectMillis: gatherMillis + 500 };
    const { housekeeping, engine } = newKeeper(world, { objects: told, pace });
    housekeeping.start(engine);
    await world.time.sleep(2 * gatherMillis);
    expect(log.filter((what, at) => what !== log[at - 1])).toEqual(['read', 'put', 'list']);
    await housekeeping.stop();
  }));

test('a busy partition is looked after now and then, and not at every roll', () =>
  inWorld(5, async (world) => {
    await newTopic(world);
    const times: number[] = [];
    const { housekeeping, engine } = newKeeper(
      world,
      seen(world, () => times.push(world.time.now())),
    );
    housekeeping.start(engine);
    const start = world.time.now();
    while (world.time.now() - start < 10 * gatherMillis) await produce(world, engine, ['v']);
    const apart = times.filter((time, at) => time - (times[at - 1] ?? 0) > gatherMillis / 2);
    expect(apart.length).toBeGreaterThanOrEqual(8);
    expect(apart.length).toBeLessThanOrEqual(11);
    await housekeeping.stop();
  }));

test('whoever waits has his turn before each read, though stores answer at once', () =>
  inWorld(6, async (world) => {
    const topicId = await newTopic(world, 3);
    const log: string[] = [];
    const { objects, table } = world.newEngine();
    const read = <Request extends unknown[], Answer>(call: (...request: Request) => Answer) => {
      return (...request: Request): Answer => {
        log.push('read');
        return call(...request);
      };
    };
    const reading: Stores = {
      objects: { ...objects, read: read(objects.read), list: read(objects.list) },
      table: { ...table, get: read(table.get), query: read(table.query) },
    };
    const clock: Clock = {
      now: () => world.time.now(),
      sleep: (millis, wake) => world.time.sleep(millis, wake),
      turn: async () => void log.push('turn'),
    };
    await produceChunks(world, world.newEngine());
    const { housekeeping, engine } = newKeeper(world, { ...reading, clock });
    housekeeping.start(engine);
    await world.time.sleep(firstCollectMillis + 60_000);
    expect(await objectsOf(world, { topicId, partition: 0 })).toBe(1);
    expect(log.length).toBeGreaterThan(2 * rolled);
    const turns = log.filter((what) => what === 'turn').length;
    expect(turns).toBe(log.length - turns);
    await housekeeping.stop();
  }));

test('its end cuts off what is under way, and the next process goes on', () =>
  inWorld(7, async (world) => {
    const id = { topicId: await newTopic(world), partition: 0 };
    const { objects } = world.newEngine();
    // Half of what a merge reads at once takes as long.
    const callMillis = 3_000;
    const slow: Stores['objects'] = {
      ...objects,
      read: async (range) => {
        await world.time.sleep(callMillis);
        return objects.read(range);
      },
    };
    await produceChunks(world, world.newEngine());
    const { housekeeping, engine, faults } = newKeeper(world, { objects: slow });
    housekeeping.start(engine);
    await world.time.sleep(gatherMillis + callMillis / 2);
    const asked = world.time.now();
    await housekeeping.stop();
    expect(world.time.now() - asked).toBeLessThan(callMillis);
    expect(world.time.now() - asked).toBeGreaterThan(0);
    await world.time.sleep(collectMillis);
    expect(await objectsOf(world, id)).toBe(rolled);
    expect(faults).toEqual([]);
    const next = newKeeper(world);
    next.housekeeping.start(next.engine);
    await world.time.sleep(2 * gatherMillis);
    expect(await objectsOf(world, id)).toBe(1);
    await next.housekeeping.stop();
  }));

test('stores that fail are nobody’s business; what is damaged somebody has to know', () =>
  inWorld(8, async (world) => {
    const id = { topicId: await newTopic(world), partition: 0 };
    const { objects } = world.newEngine();
    let reads: 'fail' | 'lie' | 'work' = 'fail';
    const bad: Stores['objects'] = {
      ...objects,
      read: async (range) => {
        if (reads === 'fail') throw new StoreError('not-done', 'unavailable');
        const bytes = await objects.read(range);
        return reads === 'lie' ? bytes?.map((byte, at) => (at === 99 ? byte ^ 1 : byte)) : bytes;
      },
    };
    await produceChunks(world, world.newEngine());
    const { housekeeping, engine, faults } = newKeeper(world, { objects: bad });
    housekeeping.start(engine);
    await world.time.sleep(surveyMillis);
    expect([faults, await objectsOf(world, id)]).toEqual([[], rolled]);
    reads = 'lie';
    await world.time.sleep(surveyMillis);
    expect(faults).toMatchObject([{ code: 'DAMAGED' }]);
    expect(await objectsOf(world, id)).toBe(rolled);
    reads = 'work';
    await world.time.sleep(surveyMillis);
    expect(await objectsOf(world, id)).toBe(1);
    expect(faults).toHaveLength(1);
    await housekeeping.stop();
  }));

test('what nobody can judge is said, and what it has no time for is not', () =>
  inWorld(11, async (world) => {
    await newTopic(world);
    const { objects } = world.newEngine();
    const key = segmentKey(segmentIdOf(world.time.now(), new Uint8Array(10)));
    await objects.put({ key, parts: [Buffer.from('strange')], crc32c: 0 });
    let isSlow = true;
    const slow: Stores['objects'] = {
      ...objects,
      list: async (page) => {
        if (isSlow) await world.time.sleep(housekeepingMillisMax);
        return objects.list(page);
      },
    };
    const { housekeeping, engine, faults } = newKeeper(world, { objects: slow });
    housekeeping.start(engine);
    await world.time.sleep(firstCollectMillis + 2 * housekeepingMillisMax);
    expect(faults).toEqual([]);
    isSlow = false;
    await world.time.sleep(collectMillis);
    expect(faults).toEqual([expect.stringMatching(/^1 objects that nothing names stay/)]);
    await housekeeping.stop();
  }));
