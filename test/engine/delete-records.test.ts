// Deleting records from the front of a partition, as Kafka's AdminClient does it: what goes, what
// is refused, and that it may be asked for again.

import { expect, test } from 'vitest';
import { deleteRecords, logEnd } from '../../shared/engine/delete-records.ts';
import type { Engine } from '../../shared/engine/engine.ts';
import { fetchBatches } from '../../shared/engine/fetch.ts';
import { deleteTopic } from '../../shared/engine/make-topics.ts';
import { alterConfigs } from '../../shared/engine/topics.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { headNow, keepsAll, retain } from '../world/retention-story.ts';
import { fetchFrom, produce, readAll, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const values = ['a', 'b', 'c', 'd', 'e'];

/** Two appends: three records, and two. */
async function fiveRecords(world: World, engine: Engine) {
  const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
  await produce(world, engine, values.slice(0, 3));
  await produce(world, engine, values.slice(3));
  return { topicId, partition: 0 };
}

function deleteBefore(world: World, before: number, engine = world.newEngine(), partition = 0) {
  return deleteRecords(engine, world.call(engine), { topic: 'orders', partition, before });
}

test('the log starts there at once, in the midst of an append, too', () =>
  inWorld(1, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    for (const before of [1, 2, 3, 4, 5]) {
      expect(await deleteBefore(world, before)).toEqual({ logStart: before, highWatermark: 5 });
      expect(await readAll(world, before)).toEqual(values.slice(before));
      await expect(fetchFrom(world, engine, before - 1)).rejects.toMatchObject({
        code: 'OFFSET_OUT_OF_RANGE',
        detail: { logStart: before, highWatermark: 5 },
      });
    }
    expect(await produce(world, engine, ['f'])).toEqual([5]);
    expect(valuesOf(await fetchFrom(world, engine, 5))).toEqual(['f']);
  }));

test('the whole batch is given to whoever wants batches, as it is stored', () =>
  inWorld(2, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    await deleteBefore(world, 2);
    const wanted = { topic: 'orders', partition: 0, offset: 2, maxBytes: 1, waitMillis: 0 };
    const { bytes, logStart } = await fetchBatches(engine, world.call(engine), wanted);
    const split = splitBatches(bytes);
    expect(split.kind === 'batches' && split.headers).toMatchObject([{ baseOffset: 0, count: 3 }]);
    expect(logStart).toBe(2);
  }));

test('-1 is all that there is now', () =>
  inWorld(3, async (world) => {
    const engine = world.newEngine();
    const id = await fiveRecords(world, engine);
    expect(await deleteBefore(world, logEnd)).toEqual({ logStart: 5, highWatermark: 5 });
    await produce(world, engine, ['f']);
    expect(await readAll(world, 5)).toEqual(['f']);
    // Housekeeping clears away what is left of it, whatever the topic keeps.
    expect(await retain(world, id, keepsAll)).toEqual({ logStart: 5, refs: 2, chunks: 0 });
    expect(headNow(world, id)).toMatchObject({ tailBase: 5, nextOffset: 6 });
    expect(await readAll(world, 5)).toEqual(['f']);
  }));

test('below the start it changes nothing, and says where that is', () =>
  inWorld(4, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    await deleteBefore(world, 4);
    for (const before of [0, 3, 4]) {
      expect(await deleteBefore(world, before, engine)).toEqual({ logStart: 4, highWatermark: 5 });
    }
    const call = world.call(engine);
    await deleteRecords(engine, call, { topic: 'orders', partition: 0, before: 2 });
    expect(call.operations.tableWrites).toBe(0);
  }));

test('above the end it is refused with both bounds', () =>
  inWorld(5, async (world) => {
    const engine = world.newEngine();
    const id = await fiveRecords(world, engine);
    for (const before of [6, 2 ** 53 - 1]) {
      await expect(deleteBefore(world, before)).rejects.toMatchObject({
        code: 'OFFSET_OUT_OF_RANGE',
        detail: { field: 'before_offset', logStart: 0, highWatermark: 5 },
      });
    }
    expect(headNow(world, id).logStart).toBe(0);
  }));

test('a topic that compacts alone keeps its records; one that does both does not', () =>
  inWorld(6, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    const policy = async (value: string) => {
      const changes = new Map([['cleanup.policy', value]]);
      await alterConfigs(engine, world.call(engine), { name: 'orders', changes });
    };
    // What a process knows of the topic may be old.
    const other = world.newEngine();
    await deleteBefore(world, 0, other);
    await policy('compact');
    await expect(deleteBefore(world, 1, other)).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
    expect(await readAll(world)).toEqual(values);
    await policy('compact,delete');
    expect(await deleteBefore(world, 1)).toMatchObject({ logStart: 1 });
  }));

test('what is not there cannot be deleted from', () =>
  inWorld(7, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    await expect(deleteBefore(world, 0, engine, 1)).rejects.toMatchObject({
      code: 'UNKNOWN_PARTITION',
      detail: { field: 'partition', limit: 0 },
    });
    await deleteTopic(engine, world.call(engine), 'orders');
    await expect(deleteBefore(world, 0)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
  }));

test('asked for again after no answer it is done once, and late it undoes nothing', () =>
  inWorld(8, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    world.faults.next('write', 'after', 'late');
    expect(await deleteBefore(world, 2)).toEqual({ logStart: 2, highWatermark: 5 });
    expect(await deleteBefore(world, 4)).toEqual({ logStart: 4, highWatermark: 5 });
    await world.faults.land();
    expect(await readAll(world, 4)).toEqual(['e']);
  }));

test('of many at once the furthest holds, and each is told a start that is as far', () =>
  inWorld(9, async (world) => {
    const engine = world.newEngine();
    const id = await fiveRecords(world, engine);
    const wanted = [3, 1, 5, 2, 4];
    const answers = await Promise.all(wanted.map((before) => deleteBefore(world, before)));
    for (const [at, { logStart }] of answers.entries()) {
      expect(logStart).toBeGreaterThanOrEqual(wanted[at] as number);
    }
    expect(headNow(world, id).logStart).toBe(5);
  }));

test('who waits at the end is not disturbed', () =>
  inWorld(10, async (world) => {
    const engine = world.newEngine();
    await fiveRecords(world, engine);
    const waiting = fetchFrom(world, engine, 5, { waitMillis: 20_000 });
    await world.time.sleep(1_000);
    await deleteBefore(world, logEnd);
    await world.time.sleep(1_000);
    await produce(world, engine, ['f']);
    expect(valuesOf(await waiting)).toEqual(['f']);
  }));
