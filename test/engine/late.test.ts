// What a write of unknown outcome does when it lands long after everyone stopped waiting for it:
// what was sent, once, or nothing.

import { expect, test } from 'vitest';
import { createTopic, deleteTopic } from '../../shared/engine/make-topics.ts';
import { alterConfigs, growTopic } from '../../shared/engine/topics.ts';
import { refsPerChunk, triesMax } from '../../shared/limits.ts';
import { partitionPk } from '../../shared/store/items.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const eachTry = <Fault>(fault: Fault) => Array.from({ length: triesMax }, () => fault);

function values(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `${from + index}`);
}

/** Appends them one by one, and lets every roll end. */
async function fill(world: World, engine: ReturnType<World['newEngine']>, all: readonly string[]) {
  for (const value of all) {
    await produce(world, engine, [value]);
    await engine.background.idle();
  }
}

test('a plain append that is late lands once, after its caller was told so', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    world.faults.next('write', 'late');
    const failed = produce(world, engine, ['late']);
    await expect(failed).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'unknown' });
    const others = values(0, refsPerChunk + 3);
    await fill(world, engine, others);
    expect(await readAll(world)).toEqual(['first', ...others]);
    expect(await world.faults.land()).toMatchObject([{ kind: 'done' }]);
    expect(await produce(world, engine, ['last'])).toEqual([refsPerChunk + 5]);
    expect(await readAll(world)).toEqual(['first', ...others, 'late', 'last']);
  });
});

test('a late append to a topic that was deleted in the meantime is refused', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    world.faults.next('write', 'late');
    await expect(produce(world, engine, ['late'])).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    await deleteTopic(engine, world.call(engine), 'orders');
    await world.createTopic({ name: 'orders' });
    expect(await world.faults.land()).toEqual([{ kind: 'refused', current: undefined }]);
    expect(await readAll(world)).toEqual([]);
  });
});

test('a late PUT of a segment that was put again finds it there', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    world.faults.next('put', 'late', 'late');
    expect(await produce(world, engine, ['second'])).toEqual([1]);
    expect(await world.faults.land()).toEqual(['exists', 'exists']);
    expect(await readAll(world)).toEqual(['first', 'second']);
  });
});

test('a segment that comes after its request was given up is named by nothing', async () => {
  await inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    world.faults.next('put', ...eachTry('late' as const));
    await expect(produce(world, engine, ['never'])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const [first, ...others] = await world.faults.land();
    expect([first, new Set(others)]).toEqual(['stored', new Set(['exists'])]);
    expect(await produce(world, engine, ['second'])).toEqual([1]);
    expect(await readAll(world)).toEqual(['first', 'second']);
  });
});

test('a late change of settings is refused by the version, and undoes nothing', async () => {
  await inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const set = (value: string) => {
      const changes = new Map([['retention.ms', value]]);
      return alterConfigs(engine, world.call(engine), { name: 'orders', changes });
    };
    world.faults.next('write', 'late');
    expect((await set('1000')).configs.get('retention.ms')).toBe('1000');
    await set('2000');
    world.faults.next('write', ...eachTry('late' as const));
    await expect(set('3000')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await set('4000');
    const landed = await world.faults.land();
    const refused = {
      kind: 'refused',
      current: { configs: { 'retention.ms': '4000' }, version: 3 },
    };
    expect(landed).toMatchObject(Array.from({ length: 1 + triesMax }, () => refused));
  });
});

test('a late change of settings does not reach the topic that has the name since', async () => {
  await inWorld(51, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const changes = new Map([['retention.ms', '1000']]);
    world.faults.next('write', ...eachTry('late' as const));
    const altered = alterConfigs(engine, world.call(engine), { name: 'orders', changes });
    await expect(altered).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await deleteTopic(engine, world.call(engine), 'orders');
    await world.createTopic({ name: 'orders' });
    const refused = { kind: 'refused', current: { configs: {} } };
    expect(await world.faults.land()).toMatchObject(eachTry(refused));
  });
});

test('a late head of a topic that was made never resets one that has appends', async () => {
  await inWorld(6, async (world) => {
    const engine = world.newEngine();
    const named = undefined;
    world.faults.next('transact', named, 'late', 'late');
    await createTopic(engine, world.call(engine), { name: 'orders', partitions: 1 });
    const all = values(0, refsPerChunk + 1);
    await fill(world, engine, all);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }]);
    expect(await produce(world, engine, ['last'])).toEqual([all.length]);
    expect(await readAll(world)).toEqual([...all, 'last']);
  });
});

/** What a topic is made by, told by its place among the transactions. */
const namings = { name: ['late'], head: [undefined, 'late'] } as const;

test.each(Object.entries(namings))(
  'a late %s of a topic that was deleted since is not put',
  async (_, faults) => {
    await inWorld(7, async (world) => {
      const engine = world.newEngine();
      world.faults.next('transact', ...faults);
      await createTopic(engine, world.call(engine), { name: 'orders' });
      await deleteTopic(engine, world.call(engine), 'orders');
      expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
      await world.createTopic({ name: 'orders' });
      expect(await readAll(world)).toEqual([]);
    });
  },
);

test('a topic that is said late to be live is so already, or is another', async () => {
  await inWorld(8, async (world) => {
    const engine = world.newEngine();
    world.faults.next('write', 'late');
    await createTopic(engine, world.call(engine), { name: 'orders' });
    await deleteTopic(engine, world.call(engine), 'orders');
    await world.createTopic({ name: 'orders' });
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
    expect(await readAll(world)).toEqual([]);
  });
});

/** Which of a deletion's calls come late: what dooms the topic, or what frees its name. */
const deletions = {
  'the first step': ['transact', 'late'],
  'the last step': ['write', undefined, 'late'],
} as const;

test.each(Object.entries(deletions))(
  'a deletion of which %s lands late does not reach the topic that has the name since',
  async (_, [operation, ...faults]) => {
    await inWorld(71, async (world) => {
      await world.createTopic({ name: 'orders' });
      const engine = world.newEngine();
      world.faults.next(operation, ...faults);
      await deleteTopic(engine, world.call(engine), 'orders');
      await world.createTopic({ name: 'orders' });
      expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
      expect(await produce(world, engine, ['v'])).toEqual([0]);
      expect(await readAll(world)).toEqual(['v']);
    });
  },
);

test('a deletion that lands after the topic has grown is refused', async () => {
  await inWorld(72, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    world.faults.next('transact', ...eachTry('late' as const));
    const deleted = deleteTopic(engine, world.call(engine), 'orders');
    await expect(deleted).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await growTopic(engine, world.call(engine), { name: 'orders', partitions: 3 });
    expect(await world.faults.land()).toMatchObject(eachTry({ kind: 'refused' }));
    expect(await produce(world, engine, ['v'], { partition: 2 })).toEqual([0]);
  });
});

/** The writes of a roll, told by their place after the append that fills the chunk. */
const rolls = {
  'the chunk': [undefined, 'late'],
  'the cut': [undefined, undefined, 'late'],
} as const;

test.each(Object.entries(rolls))('a roll does no harm when %s lands late', async (_, faults) => {
  await inWorld(8, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const all = values(0, 3 * refsPerChunk + 2);
    await fill(world, engine, all.slice(0, refsPerChunk - 1));
    world.faults.next('write', ...faults);
    await fill(world, engine, all.slice(refsPerChunk - 1));
    const pk = partitionPk({ topicId, partition: 0 });
    const everything = { pk, limit: 100, strong: true };
    const before = await world.account.stored.query(everything);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
    expect(await world.account.stored.query(everything)).toEqual(before);
    expect(await readAll(world)).toEqual(all);
  });
});

test('a roll that was given up lands whole, and late, beneath appends that went on', async () => {
  await inWorld(9, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const all = values(0, refsPerChunk + 5);
    await fill(world, engine, all.slice(0, refsPerChunk - 1));
    world.faults.next('write', undefined, undefined, ...eachTry('late' as const));
    await fill(world, engine, all.slice(refsPerChunk - 1));
    const landed = await world.faults.land();
    expect(landed[0]).toMatchObject({ kind: 'done' });
    expect(landed.slice(1)).toMatchObject(
      Array.from({ length: triesMax - 1 }, () => ({ kind: 'refused' })),
    );
    expect(await produce(world, engine, ['last'])).toEqual([all.length]);
    expect(await readAll(world)).toEqual([...all, 'last']);
  });
});
