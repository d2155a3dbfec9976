// Reading where compaction has left nothing: whoever wants records is given the next there are, and
// whoever wants batches sees the empty ones.

import { expect, test } from 'vitest';
import { type Call, createEngine } from '../../shared/engine/engine.ts';
import { emptyStretchesMax, fetchBatches } from '../../shared/engine/fetch.ts';
import { commitOffsets } from '../../shared/engine/group/commit-offsets.ts';
import { lagsOfGroup } from '../../shared/engine/group/describe-groups.ts';
import { offsetForTime } from '../../shared/engine/offsets.ts';
import { fetchRefsMax } from '../../shared/limits.ts';
import { chunkOf, readChunk } from '../../shared/log/chunk.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { batchHeaderBytes } from '../../shared/record/batch-header.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { chunkKey, headItem, headKey } from '../../shared/store/items.ts';
import { callsOf, newReceiver, progressOf, subscription, woken } from '../world/delivery-story.ts';
import { emptiedLog, nothingLeft, perChunk, readStrongly } from '../world/emptied-log.ts';
import { consumer, polled } from '../world/group-story.ts';
import { fetchFrom, produce } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const place = { topic: 'orders', partition: 0 };

test('a fetch for records passes over what is empty, and reads nothing of it', () =>
  inWorld(1, async (world) => {
    await emptiedLog(world, [...nothingLeft(20), [3, 9], ...nothingLeft(5), [0]]);
    const engine = world.newEngine();
    const call = world.call(engine);
    const fetched = await fetchFrom(world, engine, 0, { call });
    const offsets = [20 * perChunk + 3, 20 * perChunk + 9, 26 * perChunk];
    expect(fetched.records.map(({ offset }) => offset)).toEqual(offsets);
    expect(fetched).toMatchObject({ nextOffset: 27 * perChunk, highWatermark: 27 * perChunk });
    expect(call.operations.objectReads).toBe(2);
  }));

test('it goes on where it was cut, and from inside of what is half empty', () =>
  inWorld(2, async (world) => {
    await emptiedLog(world, [[0, 1, 2], ...nothingLeft(3), [7], [], [1]]);
    const engine = world.newEngine();
    const first = await fetchFrom(world, engine, 2, { maxBytes: 1 });
    expect(first.records.map(({ offset }) => offset)).toEqual([2]);
    for (const from of [3, perChunk - 1, perChunk, 2 * perChunk + 5, 4 * perChunk + 7]) {
      const next = await fetchFrom(world, engine, from, { maxBytes: 1 });
      expect([from, next.records.map(({ offset }) => offset)]).toEqual([from, [4 * perChunk + 7]]);
      const then = await fetchFrom(world, engine, next.nextOffset, { maxBytes: 1 });
      expect(then.records.map(({ offset }) => offset)).toEqual([6 * perChunk + 1]);
      expect(then.nextOffset).toBe(7 * perChunk);
    }
  }));

test('batches that are empty beside others, or all of them, are none either', () =>
  inWorld(13, async (world) => {
    await emptiedLog(world, [[], [0], [15], [], []], 2);
    const engine = world.newEngine();
    const at = async (offset: number) => {
      const fetched = await fetchFrom(world, engine, offset, { maxBytes: 1 });
      return [...fetched.records.map((record) => record.offset), fetched.nextOffset];
    };
    const half = perChunk / 2;
    expect(await at(0)).toEqual([perChunk, perChunk + half]);
    expect(await at(perChunk + half)).toEqual([3 * perChunk - 1, 3 * perChunk]);
    expect(await at(3 * perChunk)).toEqual([5 * perChunk]);
  }));

test('at the end of the log it waits, also when nothing is left up to there', () =>
  inWorld(3, async (world) => {
    await emptiedLog(world, [[5], ...nothingLeft(3)]);
    const engine = world.newEngine();
    const none = await fetchFrom(world, engine, 6);
    expect(none).toMatchObject({ records: [], nextOffset: 4 * perChunk });
    const waiting = fetchFrom(world, engine, 6, { waitMillis: 20_000 });
    await world.time.sleep(3_000);
    await produce(world, engine, ['new']);
    expect((await waiting).records.map(({ offset }) => offset)).toEqual([4 * perChunk]);
  }));

test('a long way is bounded, and the next fetch goes on from there', () =>
  inWorld(4, async (base) => {
    const world = readStrongly(base);
    const chunks = emptyStretchesMax * fetchRefsMax + 10;
    await emptiedLog(world, nothingLeft(chunks));
    const engine = world.newEngine();
    await produce(world, engine, ['last']);
    const first = await fetchFrom(world, engine, 0, { waitMillis: 5_000 });
    expect(first).toMatchObject({ records: [], nextOffset: (chunks - 10) * perChunk });
    const next = await fetchFrom(world, engine, first.nextOffset);
    expect(next.records.map(({ offset }) => offset)).toEqual([chunks * perChunk]);
  }));

test('a fetch for batches is given the empty ones, which say where to go on', () =>
  inWorld(5, async (world) => {
    await emptiedLog(world, [...nothingLeft(3), [4]]);
    const engine = world.newEngine();
    const wanted = { ...place, offset: perChunk + 2, maxBytes: 1_000_000, waitMillis: 0 };
    const { bytes, nextOffset } = await fetchBatches(engine, world.call(engine), wanted);
    const split = splitBatches(bytes);
    const headers = split.kind === 'batches' ? split.headers : [];
    expect(headers.map(({ baseOffset, count }) => [baseOffset, count])).toEqual([
      [perChunk, 0],
      [2 * perChunk, 0],
      [3 * perChunk, 1],
    ]);
    expect(nextOffset).toBe(4 * perChunk);
    const little = { ...wanted, maxBytes: 1 };
    const one = await fetchBatches(engine, world.call(engine), little);
    expect(one.nextOffset).toBe(2 * perChunk);
  }));

test('a poll does not wait for what is there already, nor give nothing', () =>
  inWorld(6, async (world) => {
    await emptiedLog(world, [...nothingLeft(fetchRefsMax + 5), [3], ...nothingLeft(2)]);
    const one = await consumer(world, { instance: 'one' });
    const given = await polled(world, one);
    expect(given.map(({ offset }) => offset)).toEqual([(fetchRefsMax + 5) * perChunk + 3]);
    expect(await polled(world, one)).toEqual([]);
    await produce(world, one.engine, ['new']);
    const next = await polled(world, one, { waitMillis: 10_000 });
    expect(next.map(({ value }) => value)).toEqual(['new']);
  }));

test('polls over a long way get there, each from where the one before was', () =>
  inWorld(7, async (base) => {
    const world = readStrongly(base);
    const chunks = emptyStretchesMax * fetchRefsMax + 10;
    await emptiedLog(world, nothingLeft(chunks));
    await produce(world, world.newEngine(), ['last']);
    const one = await consumer(world, { instance: 'one' });
    expect(await polled(world, one)).toEqual([]);
    const begun = world.time.now();
    expect((await polled(world, one)).map(({ value }) => value)).toEqual(['last']);
    expect(world.time.now() - begun).toBeLessThan(2_000);
    // A process that hears of every append does not wait for the next one either.
    const hearing = readStrongly(base, { headPollMillis: undefined });
    const two = await consumer(hearing, { group: 'other', instance: 'two' });
    const given = await polled(hearing, two, { waitMillis: 20_000 });
    expect(given.map(({ value }) => value)).toEqual(['last']);
    expect(world.time.now() - begun).toBeLessThan(15_000);
  }));

test('a delivery is of the records there are, and what is empty is done with', () =>
  inWorld(8, async (world) => {
    const chunks = fetchRefsMax + 20;
    await emptiedLog(world, [...nothingLeft(chunks), [2, 5], ...nothingLeft(3)]);
    const receiver = newReceiver(world);
    const billing = await subscription(world, world.newEngine());
    await woken(world, receiver, billing);
    const base = chunks * perChunk;
    expect(callsOf(receiver)).toEqual([[base + 2, base + 5]]);
    const end = (chunks + 4) * perChunk;
    expect(await progressOf(world)).toMatchObject([{ committed: end, lag: 0 }]);
  }));

test('a subscription with nothing left to deliver rests at the end', () =>
  inWorld(9, async (world) => {
    await emptiedLog(world, nothingLeft(7));
    const receiver = newReceiver(world);
    await woken(world, receiver, await subscription(world, world.newEngine()));
    expect(callsOf(receiver)).toEqual([]);
    expect(await progressOf(world)).toMatchObject([{ committed: 7 * perChunk, lag: 0 }]);
  }));

/** As the group has committed that offset: when its next record was made, by its lag. */
async function madeAt(world: World, offset: number): Promise<number | undefined> {
  const engine = world.newEngine();
  const offsets = [{ ...place, offset, metadata: '' }];
  await commitOffsets(engine, world.call(engine), { group: 'shop', instance: 'tool' }, offsets);
  const { lags } = await lagsOfGroup(engine, world.call(engine), 'shop');
  const age = lags[0]?.lagMillis;
  return age === undefined ? undefined : world.time.now() - age;
}

test('the age of a lag is that of what still is there', () =>
  inWorld(10, async (world) => {
    await emptiedLog(world, [[], [4], ...nothingLeft(3), [2], []]);
    await consumer(world, { instance: 'tool' }, { topics: [] });
    const timeOf = (chunk: number) => ((chunk + 1) * perChunk - 1) * 1_000;
    expect(await madeAt(world, 0)).toBe(timeOf(1));
    expect(await madeAt(world, 2 * perChunk - 1)).toBe(timeOf(1));
    expect(await madeAt(world, 2 * perChunk)).toBe(timeOf(5));
    expect(await madeAt(world, 6 * perChunk)).toBe(world.time.now());
  }));

test('and it is not looked for far away', () =>
  inWorld(11, async (base) => {
    const world = readStrongly(base);
    await emptiedLog(world, nothingLeft(fetchRefsMax + 5));
    const now = world.time.now();
    await produce(world, world.newEngine(), ['last']);
    await consumer(world, { instance: 'tool' }, { topics: [] });
    expect(await madeAt(world, 0)).toBeUndefined();
    expect(await madeAt(world, 9 * perChunk)).toBeGreaterThanOrEqual(now);
  }));

test('a time that only was in what is empty is found in what comes after it', () =>
  inWorld(12, async (world) => {
    await emptiedLog(world, [[1], ...nothingLeft(30), [6], [], [8]]);
    const engine = world.newEngine();
    const ask = async (second: number, call: Call = world.call(engine)) => {
      return offsetForTime(engine, call, { ...place, timestamp: second * 1_000 });
    };
    expect(await ask(0)).toBe(1);
    const call = world.call(engine);
    expect(await ask(2, call)).toBe(31 * perChunk + 6);
    // The first chunk that says so, and the one that has it.
    expect(call.operations.objectReads).toBeLessThanOrEqual(2);
    expect(await ask(20 * perChunk)).toBe(31 * perChunk + 6);
    expect(await ask(31 * perChunk + 7)).toBe(33 * perChunk + 8);
    expect(await ask(33 * perChunk + 9)).toBe(34 * perChunk);
  }));

test('what is read anew while a fetch goes on, its bounds tell, too', () =>
  inWorld(12, async (world) => {
    const id = await emptiedLog(world, [[], [3]]);
    const { stored, objects } = world.account;
    const segment = readChunk(stored.peek(chunkKey(id, 0)) as Item).at(0).segment;
    const ref = { segment, position: 0, length: batchHeaderBytes, timestampMax: 0 };
    const refs = [encodeRef({ ...ref, count: perChunk })];
    const end = 3 * perChunk;
    /** The second chunk is compacted, and so is a third that came after it. */
    const compact = async () => {
      for (const baseOffset of [perChunk, 2 * perChunk]) {
        await stored.write({ put: chunkOf(id, { baseOffset, refs, timeThrough: 0 }) });
      }
      const to = { value: end };
      const { nextOffset, tailBase } = headItem;
      const actions = [nextOffset, tailBase].map((set) => ({ set, to }));
      await stored.write({ update: headKey(id), actions });
      await objects.delete([segmentKey(segment)]);
    };
    const { table, clock, chance } = world.newEngine();
    const read: typeof objects.read = async (range) => {
      await compact();
      return objects.read(range);
    };
    const reader = createEngine({ objects: { ...objects, read }, table, clock, chance });
    const fetched = await fetchFrom(world, reader, 0);
    expect(fetched.records).toEqual([]);
    expect(fetched).toMatchObject({ nextOffset: end, highWatermark: end });
  }));
