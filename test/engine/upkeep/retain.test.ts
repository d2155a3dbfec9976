// Retention: what is too old goes, or what is too much; the rest is read as before, and what it
// costs to find that nothing is due is next to nothing.

import { expect, test } from 'vitest';
import { openCall } from '../../../shared/engine/engine.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { offsetForTime } from '../../../shared/engine/offsets.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import { meddledEngine } from '../../world/meddled-engine.ts';
import {
  append,
  bytesNow,
  chunksNow,
  headNow,
  keepsAll,
  keptFrom,
  logOfOrders,
  retain,
} from '../../world/retention-story.ts';
import { fetchFrom, produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const place = { topic: 'orders', partition: 0 };
const chunk = refsPerChunk;
const week = 7 * 24 * 60 * 60 * 1000;

/** Values from one to another, exclusive. */
function from(first: number, end: number): readonly string[] {
  return Array.from({ length: end - first }, (_, at) => String(first + at));
}

async function outOfRange(world: World, offset: number): Promise<unknown> {
  const engine = world.newEngine();
  return fetchFrom(world, engine, offset).catch(({ code, detail }) => ({ code, ...detail }));
}

test('what is older goes, by whole appends, and its chunks with it', () =>
  inWorld(1, async (world) => {
    const id = await logOfOrders(world, 5 * chunk);
    const logStart = 2 * chunk + 5;
    const retained = await retain(world, id, keptFrom(world, logStart));
    expect(retained).toEqual({ logStart, refs: 0, chunks: 2 });
    expect(chunksNow(world, id).map(({ baseOffset }) => baseOffset)).toEqual([
      2 * chunk,
      3 * chunk,
      4 * chunk,
    ]);
    expect(await readAll(world, logStart)).toEqual(from(logStart, 5 * chunk));
    const bounds = { logStart, highWatermark: 5 * chunk };
    expect(await outOfRange(world, logStart - 1)).toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      ...bounds,
    });
  }));

test('what is more than a partition may keep goes, and no more than that', () =>
  inWorld(2, async (world) => {
    const id = await logOfOrders(world, 4 * chunk + 5);
    const whole = bytesNow(world, id);
    for (const bytes of [whole, Math.floor(whole / 2), 200]) {
      await retain(world, id, { bytes });
      const { logStart } = headNow(world, id);
      expect(bytesNow(world, id)).toBeGreaterThanOrEqual(bytes);
      expect(bytesNow(world, id)).toBeLessThan(bytes + 100);
      expect(await readAll(world, logStart)).toEqual(from(logStart, 4 * chunk + 5));
    }
    await retain(world, id, { bytes: 0 });
    expect(headNow(world, id)).toMatchObject({ logStart: 4 * chunk + 5, tail: [] });
  }));

test('of both, whichever takes more', () =>
  inWorld(3, async (world) => {
    const id = await logOfOrders(world, 40);
    await retain(world, id, { millis: week, bytes: 1_000 });
    const bySize = headNow(world, id).logStart;
    expect(bySize).toBeGreaterThan(0);
    await retain(world, id, { millis: 0, bytes: 1_000_000 });
    expect(headNow(world, id).logStart).toBe(40);
  }));

test('an old log loses its tail, too; offsets and times go on from there', () =>
  inWorld(4, async (world) => {
    const id = await logOfOrders(world, chunk + 3);
    expect(await retain(world, id, { millis: 30_000 })).toEqual({
      logStart: chunk + 3,
      refs: 3,
      chunks: 1,
    });
    expect(headNow(world, id)).toMatchObject({ tailBase: chunk + 3, tail: [] });
    expect(await readAll(world, chunk + 3)).toEqual([]);
    const engine = world.newEngine();
    const now = world.time.now();
    for (let at = 0; at <= chunk; at++) await append(world, engine, `new ${at}`, now + at);
    expect(chunksNow(world, id)).toMatchObject([
      { baseOffset: chunk + 3, endOffset: 2 * chunk + 3 },
    ]);
    expect((await readAll(world, chunk + 3))[0]).toBe('new 0');
    const ask = (timestamp: number) =>
      offsetForTime(engine, world.call(engine), { ...place, timestamp });
    expect(await ask(0)).toBe(chunk + 3);
    expect(await ask(now + 7)).toBe(chunk + 10);
    expect(await ask(now + 99_000)).toBe(2 * chunk + 4);
  }));

test('a tail of a chunk or more is rolled first', () =>
  inWorld(5, async (world) => {
    let isThrottled = true;
    const engine = meddledEngine(world, {
      at: ({ operation, keys }) =>
        isThrottled && operation === 'write' && keys.some(({ sk }) => sk.startsWith('chunk#')),
      by: () => Promise.reject(new StoreError('not-done', 'throttled')),
    });
    const id = await logOfOrders(world, 2 * chunk + 5, { engine });
    expect(headNow(world, id).tail).toHaveLength(2 * chunk + 5);
    isThrottled = false;
    await retain(world, id, { millis: 0 });
    expect(headNow(world, id)).toMatchObject({ logStart: 2 * chunk + 5, tail: [] });
    expect(chunksNow(world, id)).toEqual([]);
  }));

test('where nothing is due it asks for the head and one chunk', () =>
  inWorld(6, async (world) => {
    const id = await logOfOrders(world, 8 * chunk);
    const engine = world.newEngine();
    const call = world.call(engine);
    await retain(world, id, { millis: week }, { engine, call });
    expect(call.operations).toMatchObject({ tableReads: 1, tableQueries: 1, tableWrites: 0 });
    const readUnits = world.account.bill.readUnits;
    await retain(world, id, { millis: week });
    expect(world.account.bill.readUnits - readUnits).toBe(2);
    const idle = world.call(engine);
    await retain(world, id, keepsAll, { engine, call: idle });
    expect(idle.operations).toMatchObject({ tableReads: 1, tableQueries: 0, tableWrites: 0 });
  }));

test('what went costs a write a chunk, and its share of the log start', () =>
  inWorld(7, async (world) => {
    const id = await logOfOrders(world, 70 * chunk);
    const engine = world.newEngine();
    const call = world.call(engine);
    expect((await retain(world, id, { millis: 0 }, { engine, call })).chunks).toBe(70);
    expect(call.operations.tableWrites).toBe(70 + 2);
  }));

test('a run that has too little time is finished by those after it', () =>
  inWorld(8, async (world) => {
    const id = await logOfOrders(world, 200 * chunk);
    const engine = world.newEngine();
    const starts: number[] = [];
    for (
      let run = 0;
      run < 50 && headNow(world, id).tailBase > headNow(world, id).logStart;
      run++
    ) {
      const deadline = (world.time.now() + 200) as EpochMillis;
      const call = openCall(engine, { deadline });
      await retain(world, id, { millis: 0 }, { engine, call }).catch(({ code }) => {
        expect(code).toBe('UNAVAILABLE');
      });
      expect(world.time.now()).toBeLessThan(deadline + 1_000);
      starts.push(headNow(world, id).logStart);
    }
    expect(starts.at(-1)).toBe(200 * chunk);
    expect(starts.length).toBeGreaterThan(2);
    await retain(world, id, { millis: 0 });
    expect(chunksNow(world, id)).toEqual([]);
  }));

test('a deleted topic has nothing to keep', () =>
  inWorld(9, async (world) => {
    const id = await logOfOrders(world, 3);
    const engine = world.newEngine();
    await deleteTopic(engine, world.call(engine), 'orders');
    expect(await retain(world, id, { millis: 0 })).toMatchObject({ logStart: undefined });
  }));

test('appends go on while it cuts, and none is lost', () =>
  inWorld(10, async (world) => {
    const id = await logOfOrders(world, 5);
    const writer = world.newEngine();
    const appends = Array.from({ length: 40 }, async (_, at) => {
      await world.time.sleep(at * 3);
      return produce(world, writer, [`new ${at}`]);
    });
    const retentions = Array.from({ length: 10 }, async (_, at) => {
      await world.time.sleep(at * 40);
      return retain(world, id, { millis: 30_000 });
    });
    await Promise.all([...appends, ...retentions]);
    await writer.background.idle();
    expect(headNow(world, id)).toMatchObject({ logStart: 5, nextOffset: 45 });
    expect(new Set(await readAll(world, 5)).size).toBe(40);
  }));
