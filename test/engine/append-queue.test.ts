// Group commit: which requests share a PUT, when it begins, and that what becomes of one of them is
// no other's. PUTs take a second here, and the table no time, so that every moment can be told.

import { expect, test } from 'vitest';
import { memoryObjects } from '../../local/memory-objects.ts';
import { createEngine, type Engine, type EngineSettings } from '../../shared/engine/engine.ts';
import { createTopic, deleteTopic } from '../../shared/engine/make-topics.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import {
  commitsInFlightMax,
  lingerMillis,
  messageBytesMax,
  segmentBytesMax,
  triesMax,
} from '../../shared/limits.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { fetchFrom, produce, readAll, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const putMillis = 1_000;

type Scene = {
  readonly world: World;
  readonly engine: Engine;
  /** Each PUT: when it began, in milliseconds of the scene, and its bytes. */
  readonly puts: { readonly at: number; readonly bytes: number }[];
  /** Produces the value at that moment of the scene. */
  readonly at: (moment: number, value: string, partition?: number) => Promise<number | undefined>;
  /** PUTs fail from now on, or no longer. */
  fail: boolean;
};

function scene(
  tell: (scene: Scene) => Promise<void>,
  settings: Partial<EngineSettings> = {},
): Promise<void> {
  return inWorld(1, async (base) => {
    const stored = memoryObjects();
    const start = base.time.now();
    const puts: Scene['puts'] = [];
    const put: Objects['put'] = async (object) => {
      const bytes = object.parts.reduce((sum, { length }) => sum + length, 0);
      puts.push({ at: base.time.now() - start, bytes });
      await base.time.sleep(putMillis);
      if (here.fail) throw new StoreError('unknown', 'unavailable');
      return stored.put(object);
    };
    const stores = { objects: { ...stored, put }, table: base.account.stored };
    const parts = { ...stores, clock: base.time, chance: seededChance(2), settings };
    const world: World = { ...base, newEngine: () => createEngine(parts) };
    const engine = world.newEngine();
    const configs = new Map([
      ['compression.type', 'uncompressed'],
      ['max.message.bytes', `${messageBytesMax}`],
    ]);
    await createTopic(engine, world.call(engine), { name: 'orders', partitions: 2, configs });
    const at: Scene['at'] = async (moment, value, partition = 0) => {
      await world.time.sleep(start + moment - world.time.now());
      return (await produce(world, engine, [value], { partition }))[0];
    };
    const here: Scene = { world, engine, puts, at, fail: false };
    await tell(here);
    expect(engine.appends).toMatchObject({ waiting: [], waitingBytes: 0, bytes: 0, inFlight: 0 });
  });
}

const moments = ({ puts }: Scene) => puts.map((put) => put.at);

test('one that is alone does not wait; those that come with it share its PUT', async () => {
  await scene(async (here) => {
    expect(await Promise.all([here.at(0, 'a'), here.at(0, 'b', 1), here.at(0, 'c')])).toEqual([
      0, 0, 1,
    ]);
    expect(moments(here)).toEqual([0]);
    await here.at(5_000, 'd');
    expect(moments(here)).toEqual([0, 5_000]);
  });
});

test('while a commit is under way, requests gather for the linger, in order', async () => {
  await scene(async (here) => {
    const offsets = await Promise.all([
      here.at(0, 'a'),
      here.at(10, 'b'),
      here.at(11, 'c', 1),
      here.at(10 + lingerMillis - 1, 'd'),
      here.at(10 + lingerMillis + 1, 'e'),
    ]);
    expect(offsets).toEqual([0, 1, 0, 2, 3]);
    expect(moments(here)).toEqual([0, 10 + lingerMillis, 10 + 2 * lingerMillis + 1]);
    expect(await readAll(here.world)).toEqual(['a', 'b', 'd', 'e']);
  });
});

test('so many bytes go on at once, alone or with those that gathered', async () => {
  const gatherBytes = 10_000;
  const large = 'x'.repeat(gatherBytes);
  const half = 'x'.repeat(gatherBytes / 2);
  await scene(
    async (here) => {
      await Promise.all([
        here.at(0, 'a'),
        here.at(10, large),
        here.at(20, half),
        here.at(22, half),
      ]);
      expect(moments(here)).toEqual([0, 10, 22]);
    },
    { gatherBytes },
  );
});

test(`past ${commitsInFlightMax} commits under way, requests wait for one to end`, async () => {
  const large = 'x'.repeat(10_000);
  const settings = { gatherBytes: large.length };
  await scene(async (here) => {
    const first = Array.from({ length: commitsInFlightMax }, (_, index) => index * 10);
    const all = await Promise.all([
      ...first.map((moment) => here.at(moment, 'first')),
      here.at(100, 'b'),
      here.at(200, large),
      here.at(500, 'c'),
    ]);
    expect(all).toEqual(all.map((_, index) => index));
    const begun = first.map((moment) => (moment === 0 ? 0 : moment + lingerMillis));
    expect(moments(here)).toEqual([...begun, putMillis]);
  }, settings);
});

test('what waits is cut where a segment is full', async () => {
  await scene(async (here) => {
    const third = 'x'.repeat(segmentBytesMax / 3);
    const all = await Promise.all([0, 10, 10, 10, 10, 10].map((moment) => here.at(moment, third)));
    expect(all).toEqual([0, 1, 2, 3, 4, 5]);
    const thirds = here.puts.map(({ bytes }) => Math.floor(bytes / third.length));
    expect(thirds).toEqual([1, 2, 2, 1]);
    expect(Math.max(...here.puts.map(({ bytes }) => bytes))).toBeLessThan(segmentBytesMax + 1_000);
  });
});

test('requests whose PUT failed leave no trace, and the next ones go on', async () => {
  await scene(async (here) => {
    here.fail = true;
    const failed = await Promise.allSettled([here.at(0, 'a'), here.at(0, 'b'), here.at(500, 'c')]);
    for (const one of failed) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    }
    here.fail = false;
    expect(await here.at(60_000, 'd')).toBe(0);
    expect(await readAll(here.world)).toEqual(['d']);
  });
});

test('a request whose topic is gone fails alone among those that share its PUT', async () => {
  await scene(async (here) => {
    const { world, engine } = here;
    await world.createTopic({ name: 'gone' });
    await produce(world, engine, ['warm'], { topic: 'gone' });
    const other = world.newEngine();
    await deleteTopic(other, world.call(other), 'gone');
    const before = here.puts.length;
    const [lost, ...stored] = await Promise.allSettled([
      produce(world, engine, ['lost'], { topic: 'gone' }),
      produce(world, engine, ['a']),
      produce(world, engine, ['b']),
      produce(world, engine, ['c'], { partition: 1 }),
    ]);
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'UNKNOWN_TOPIC' } });
    expect(stored.map((one) => one.status === 'fulfilled' && one.value)).toEqual([[0], [1], [0]]);
    expect(here.puts.length).toBe(before + 1);
    expect(await readAll(world)).toEqual(['a', 'b']);
  });
});

test('each partition of a request answers for itself', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 3 });
    const engine = world.newEngine();
    for (const partition of [0, 1, 2]) await produce(world, engine, ['warm'], { partition });
    world.faults.next('write', undefined, 'before');
    const records = [0, 1, 2, 0, 1, 2].map((partition, index) => {
      return { key: null, value: Buffer.from(`${index}`), headers: [], partition };
    });
    const request = { topic: 'orders', records };
    const entries = await produceRecords(engine, world.call(engine), request);
    const said = entries.map((entry) => ('error' in entry ? entry.error.code : entry.offset));
    expect(said).toEqual([1, 'OUTCOME_UNKNOWN', 1, 2, 'OUTCOME_UNKNOWN', 2]);
    for (const [partition, values] of [
      ['warm', '0', '3'],
      ['warm'],
      ['warm', '2', '5'],
    ].entries()) {
      expect(valuesOf(await fetchFrom(world, engine, 0, { partition }))).toEqual(values);
    }
  });
});

test('a partition whose head cannot be read fails alone, and gets nothing', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    const [topic, head] = [undefined, undefined];
    world.faults.next(
      'get',
      topic,
      head,
      ...Array.from({ length: triesMax }, () => 'throttled' as const),
    );
    const records = [0, 1].map((partition) => {
      return { key: null, value: Buffer.from('v'), headers: [], partition };
    });
    const request = { topic: 'orders', records };
    const entries = await produceRecords(engine, world.call(engine), request);
    const said = entries.map((entry) => ('error' in entry ? entry.error.code : entry.offset));
    expect(said).toEqual([0, 'THROTTLED']);
    expect(valuesOf(await fetchFrom(world, engine, 0, { partition: 1 }))).toEqual([]);
  });
});

test('a request with little time left does not end those it shares a PUT with', async () => {
  await scene(async (here) => {
    const { world, engine } = here;
    const before = engine.operations.tableWrites;
    const deadlines = [60_000, putMillis / 2].map(
      (left) => (world.time.now() + left) as EpochMillis,
    );
    const sent = deadlines.map((deadline) =>
      produce(world, engine, ['v'], { call: { ...world.call(engine), deadline } }),
    );
    expect(await Promise.all(sent)).toEqual([[0], [1]]);
    expect(engine.operations.tableWrites - before).toBe(1);
  });
});

test('nothing is appended after the last of the deadlines', async () => {
  await scene(async (here) => {
    const { world, engine } = here;
    const before = engine.operations.tableWrites;
    const deadline = (world.time.now() + putMillis / 2) as EpochMillis;
    const sent = produce(world, engine, ['v'], { call: { ...world.call(engine), deadline } });
    await expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(moments(here)).toHaveLength(1);
    expect(engine.operations.tableWrites).toBe(before);
    expect(await readAll(world)).toEqual([]);
  });
});
