// Stamped batches that meet in one process share a PUT and an update, and no fate: each answers for
// itself, in its producer's order, whatever the others carry.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import type { ProducedEntry } from '../../shared/engine/records-by-partition.ts';
import { sequenceWaitMillisMax, stampsPerUpdateMax } from '../../shared/limits.ts';
import { readHead } from '../../shared/log/head.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produce, produceStamped, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

type Here = {
  readonly world: World;
  readonly engine: Engine;
  readonly head: () => Item;
  /** One value of that producer, in its first epoch. */
  readonly send: (id: number, sequence: number, value: string) => Promise<string | number>;
};

function scene(seed: number, tell: (here: Here) => Promise<void>): Promise<void> {
  return inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const send = async (id: number, sequence: number, value: string) => {
      const stamp = { id, epoch: 0, sequence };
      return placeOf(await produceStamped(world, engine, [value], stamp));
    };
    const key = headKey({ topicId, partition: 0 });
    await tell({ world, engine, send, head: () => world.account.stored.peek(key) as Item });
  });
}

function placeOf([entry]: readonly ProducedEntry[]): string | number {
  if (entry === undefined) return 'nothing';
  if ('error' in entry) return entry.error.code;
  return entry.duplicate === undefined ? entry.offset : `${entry.offset} again`;
}

test('batches of many producers, and many of one, are one PUT and one update', async () => {
  await scene(1, async ({ world, engine, send }) => {
    const { objectPuts, tableWrites } = engine.operations;
    const sent = [send(1, 2, 'c'), send(2, 0, 'x'), send(1, 0, 'a'), send(1, 1, 'b')];
    expect(await Promise.all(sent)).toEqual([3, 4, 1, 2]);
    expect(engine.operations.objectPuts - objectPuts).toBe(1);
    expect(engine.operations.tableWrites - tableWrites).toBe(1);
    expect(await readAll(world)).toEqual(['warm', 'a', 'b', 'c', 'x']);
    expect(await send(1, 2, 'c')).toBe('3 again');
  });
});

test('a batch that comes twice in one linger is stored once and answers both', async () => {
  await scene(2, async ({ world, send }) => {
    const sent = [send(1, 0, 'a'), send(1, 0, 'a'), send(1, 1, 'b')];
    expect(await Promise.all(sent)).toEqual([1, '1 again', 2]);
    expect(await readAll(world)).toEqual(['warm', 'a', 'b']);
  });
});

test('one that is refused leaves its bytes behind, and the rest goes in one update', async () => {
  await scene(3, async ({ world, engine, send, head }) => {
    const other = world.newEngine();
    await Promise.all([send(1, 0, 'a'), send(2, 0, 'x'), send(3, 0, 'p')]);
    const stamp = { id: 2, epoch: 0, sequence: 1 };
    await produceStamped(world, other, ['y'], stamp);
    const { tableWrites, objectPuts } = engine.operations;
    const sent = [send(1, 1, 'b'), send(2, 1, 'y'), send(3, 1, 'q')];
    expect(await Promise.all(sent)).toEqual([5, '4 again', 6]);
    expect(engine.operations.tableWrites - tableWrites).toBe(2);
    expect(engine.operations.objectPuts - objectPuts).toBe(1);
    expect(readHead(head()).tail).toHaveLength(1 + 1 + 1 + 2);
    const all = ['warm', 'a', 'x', 'p', 'y', 'b', 'q'];
    expect(await readAll(world)).toEqual(all);
  });
});

test('plain batches beside stamped ones are not sent again with them', async () => {
  await scene(4, async ({ world, engine, send }) => {
    await send(1, 0, 'a');
    world.faults.next('write', 'before', 'before');
    const plain = produce(world, engine, ['plain']).catch((error) => error.code);
    expect(await Promise.all([plain, send(1, 1, 'b')])).toEqual(['OUTCOME_UNKNOWN', 2]);
    world.faults.next('write', 'late', 'late');
    const again = produce(world, engine, ['late']).catch((error) => error.code);
    expect(await Promise.all([again, send(1, 2, 'c')])).toEqual(['OUTCOME_UNKNOWN', 3]);
    expect(await world.faults.land()).toMatchObject([{ kind: 'done' }, { kind: 'refused' }]);
    expect(await readAll(world)).toEqual(['warm', 'a', 'b', 'c', 'late']);
  });
});

test('an update that was done and not answered is known by its refs', async () => {
  await scene(5, async ({ world, send }) => {
    await Promise.all([send(1, 0, 'a'), send(2, 0, 'x')]);
    world.faults.next('write', 'after');
    const sent = [send(1, 1, 'b'), send(1, 2, 'c'), send(2, 1, 'y')];
    expect(await Promise.all(sent)).toEqual([3, 4, 5]);
    expect(await readAll(world)).toEqual(['warm', 'a', 'x', 'b', 'c', 'y']);
  });
});

test('more producers than an update carries go in several', async () => {
  await scene(6, async ({ world, engine, send }) => {
    const ids = Array.from({ length: 2 * stampsPerUpdateMax + 3 }, (_, index) => 100 + index);
    const { tableWrites, objectPuts } = engine.operations;
    const offsets = await Promise.all(ids.map((id) => send(id, 0, `${id}`)));
    expect(offsets.toSorted()).toEqual(ids.map((_, index) => 1 + index).toSorted());
    expect(engine.operations.objectPuts - objectPuts).toBe(1);
    await engine.background.idle();
    expect(engine.operations.tableWrites - tableWrites).toBeGreaterThanOrEqual(3);
    expect((await readAll(world)).length).toBe(1 + ids.length);
  });
});

test('a head that many producers join at once is rolled by one of them', async () => {
  await scene(7, async ({ engine, send, head }) => {
    const ids = Array.from({ length: stampsPerUpdateMax }, (_, index) => 100 + index);
    await Promise.all(ids.map((id) => send(id, 0, 'v')));
    await engine.background.idle();
    expect(readHead(head()).residents.size).toBeLessThan(stampsPerUpdateMax);
    expect(readHead(head()).evictedUpTo).toBeGreaterThan(0);
  });
});

test('those whose segment may have been swept go into a newer one, once', async () => {
  await scene(8, async ({ world, engine, send, head }) => {
    await Promise.all([send(1, 0, 'a'), send(2, 0, 'x')]);
    const { pk, sk } = head();
    const sweptBefore = world.time.now() + 600_000;
    const actions = [{ set: headItem.sweptBefore, to: { value: sweptBefore } }];
    await world.account.stored.write({ update: { pk, sk }, actions });
    world.faults.next('write', 'late');
    const { objectPuts } = engine.operations;
    expect(await Promise.all([send(1, 1, 'b'), send(2, 1, 'y')])).toEqual([3, 4]);
    expect(engine.operations.objectPuts - objectPuts).toBe(2);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
    expect(await readAll(world)).toEqual(['warm', 'a', 'x', 'b', 'y']);
  });
});

test('commits under way at once keep each producer’s order', async () => {
  await scene(9, async ({ world, send }) => {
    const sent = Array.from({ length: 30 }, async (_, sequence) => {
      await world.time.sleep(sequence * 7);
      return send(1, sequence, `${sequence}`);
    });
    const offsets = await Promise.all(sent);
    expect(offsets).toEqual(offsets.map((_, index) => 1 + index));
  });
});

test('what waits for its predecessor is counted among what this process holds', async () => {
  await scene(10, async ({ world, engine, send }) => {
    const noise = Buffer.from(seededChance(1).bytes(7_500)).toString('base64');
    const early = send(1, 5, noise);
    await world.time.sleep(sequenceWaitMillisMax / 2);
    expect(engine.appends.inFlight).toBe(0);
    expect(engine.appends.bytes).toBeGreaterThanOrEqual(7_500);
    expect(await early).toBe('OUT_OF_ORDER_SEQUENCE');
    expect(engine.appends.bytes).toBe(0);
  });
});
