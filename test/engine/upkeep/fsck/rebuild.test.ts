// Chunks that were lost are built again where it is certain what they named, and left where it is
// not.

import { expect, test } from 'vitest';
import type { Engine } from '../../../../shared/engine/engine.ts';
import { repairStore } from '../../../../shared/engine/upkeep/fsck/repair-store.ts';
import { type PartitionId, segmentIdOf, segmentRandomBytes } from '../../../../shared/ids.ts';
import { refsPerChunk } from '../../../../shared/limits.ts';
import { newPass, readCompaction } from '../../../../shared/log/compaction.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import {
  chunkKey,
  headItem,
  headKey,
  rewriteItem,
  rewriteKey,
} from '../../../../shared/store/items.ts';
import { fetchFrom, produce, produceStamped, readAll, valuesOf } from '../../../world/story.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  chunkOf,
  compact,
  found,
  headOf,
  inShort,
  merge,
  newLog,
  pastTheGrace,
  plant,
  produceEach,
  repair,
  sweep,
} from './checked.ts';

const chunk = (index: number) => index * refsPerChunk;

async function lose({ account }: World, id: PartitionId, ...indexes: readonly number[]) {
  for (const index of indexes) await account.stored.write({ delete: chunkKey(id, chunk(index)) });
}

/** Everything is mended, and reads as before. */
async function expectMended(world: World, before: readonly string[]): Promise<void> {
  const repairs = await repair(world);
  expect(repairs.map(({ isMended }) => isMended)).toEqual(repairs.map(() => true));
  expect(repairs.length).toBeGreaterThan(0);
  // What was lost, if it has objects of its own, is orphaned now.
  const left = (await check(world, { depth: 'deep' })).findings;
  expect(left.filter(({ severity }) => severity === 'damage').map(inShort)).toEqual([]);
  await world.time.sleep(2_000);
  expect(await readAll(world)).toEqual(before);
}

/** Nothing is changed, and it says why. */
async function expectLeft(world: World, why: string): Promise<void> {
  const before = await found(world, { depth: 'deep' });
  const repairs = await repair(world);
  expect(repairs.map(({ isMended, detail }) => `${isMended} ${detail}`)).toContain(`false ${why}`);
  expect(await found(world, { depth: 'deep' })).toEqual(before);
  expect(before.join()).toContain('missing-chunk');
}

const unsure = 'nothing says for certain what was there, or in which order';

/** So many chunks in one object, three that are not merged, and a ref. */
async function mergedLog(world: World, chunks: number) {
  const id = await newLog(world, chunk(chunks));
  await pastTheGrace(world);
  await merge(world, id);
  await sweep(world);
  await produceEach(
    world,
    Array.from({ length: chunk(3) + 1 }, (_, index) => `more ${index}`),
  );
  return { id, before: await readAll(world) };
}

for (const lost of [[2], [0], [3], [1, 2], [0, 1, 2], [1, 3]]) {
  test(`of four that were merged, those that were lost: ${lost}`, () =>
    inWorld(1, async (world) => {
      const { id, before } = await mergedLog(world, 4);
      await lose(world, id, ...lost);
      await expectMended(world, before);
    }));
}

test('one that was merged twice, and is in the younger object alone', () =>
  inWorld(2, async (world) => {
    const id = await newLog(world, chunk(2));
    await pastTheGrace(world);
    await merge(world, id);
    await produceEach(
      world,
      Array.from({ length: chunk(6) + 1 }, (_, index) => `more ${index}`),
    );
    await pastTheGrace(world);
    await merge(world, id);
    const before = await readAll(world);
    await lose(world, id, 1);
    await expectMended(world, before);
  }));

test('one that holds the log start', () =>
  inWorld(3, async (world) => {
    const { id, before } = await mergedLog(world, 4);
    const logStart = chunk(1) + 5;
    await plant(world, headKey(id), { [headItem.logStart]: logStart });
    await lose(world, id, 0, 1);
    expect(await found(world)).toEqual([`missing-chunk orders-0 [${logStart}, ${chunk(2)})`]);
    expect((await repair(world)).map(({ isMended }) => isMended)).toEqual([true]);
    expect(await found(world, { depth: 'deep' })).toEqual([]);
    await world.time.sleep(2_000);
    const fetched = await fetchFrom(world, world.newEngine(), logStart);
    expect(valuesOf(fetched)[0]).toBe(before[logStart]);
  }));

test('one of a log that was compacted: left', () =>
  inWorld(4, async (world) => {
    const { id } = await mergedLog(world, 4);
    await compact(world, id);
    await pastTheGrace(world);
    await sweep(world);
    await lose(world, id, 2);
    await expectLeft(world, 'compaction may have left some of it out');
  }));

test('one of a log of which a compaction has only begun: left', () =>
  inWorld(16, async (world) => {
    const { id } = await mergedLog(world, 4);
    const begun = { ...readCompaction(undefined), pass: newPass(chunk(4), 0) };
    await plant(world, rewriteKey(id), { [rewriteItem.compaction]: JSON.stringify(begun) });
    await lose(world, id, 1);
    await expectLeft(world, 'compaction may have left some of it out');
  }));

test('one of a log of which a compaction knows, and that it has never cleaned', () =>
  inWorld(15, async (world) => {
    const { id, before } = await mergedLog(world, 4);
    const nothing = JSON.stringify(readCompaction(undefined));
    await plant(world, rewriteKey(id), { [rewriteItem.compaction]: nothing });
    await lose(world, id, 1, 2);
    await expectMended(world, before);
  }));

test('all that one object had, and nobody names it any more: left', () =>
  inWorld(5, async (world) => {
    const { id } = await mergedLog(world, 4);
    await lose(world, id, 0, 1, 2, 3);
    await expectLeft(world, unsure);
  }));

test('one that is lost once more', () =>
  inWorld(6, async (world) => {
    const { id, before } = await mergedLog(world, 4);
    for (let times = 0; times < 2; times++) {
      await lose(world, id, 1);
      await expectMended(world, before);
    }
    await pastTheGrace(world);
    await sweep(world);
    expect(await found(world, { depth: 'deep' })).toEqual([]);
    expect(await readAll(world)).toEqual(before);
  }));

test('one whose bytes are damaged: left', () =>
  inWorld(7, async (world) => {
    const { id } = await mergedLog(world, 4);
    const ref = chunkOf(world, id, chunk(1)).at(0);
    const { objects } = world.account;
    const key = segmentKey(ref.segment);
    const bytes = (await objects.read({ key, position: 0, length: 2 ** 30 })) as Uint8Array;
    const last = ref.position + ref.length - 1;
    bytes[last] = (bytes[last] as number) ^ 1;
    await objects.delete([key]);
    await objects.put({ key, parts: [bytes], crc32c: 0 });
    await lose(world, id, 1);
    await expectLeft(world, 'a CRC of what it had does not hold');
  }));

const stampedBy =
  (world: World, engine: Engine, id = 7) =>
  (sequence: number, values: readonly string[]) =>
    produceStamped(world, engine, values, { id, epoch: 3, sequence });

/** Batches of one record and of two, in turn, by one producer. */
async function sequencedLog(world: World, batches: number) {
  const { id: topicId } = await world.createTopic({ name: 'orders' });
  const engine = world.newEngine();
  const send = stampedBy(world, engine);
  let sequence = 0;
  for (let batch = 0; batch < batches; batch++) {
    const values = batch % 2 === 0 ? [`${batch}`] : [`${batch}`, 'x'];
    await send(sequence, values);
    sequence += values.length;
    await engine.background.idle();
  }
  return { id: { topicId, partition: 0 }, before: await readAll(world), sequence };
}

/** Offsets of a chunk of such batches. */
const sequenced = (index: number) => index * refsPerChunk * 1.5;

async function loseSequenced({ account }: World, id: PartitionId, ...indexes: readonly number[]) {
  for (const index of indexes) {
    await account.stored.write({ delete: chunkKey(id, sequenced(index)) });
  }
}

for (const lost of [[0], [1], [2], [0, 1], [1, 2]]) {
  test(`of one producer’s batches, those that were lost: ${lost}`, () =>
    inWorld(8, async (world) => {
      const { id, before } = await sequencedLog(world, 3 * refsPerChunk + 2);
      await loseSequenced(world, id, ...lost);
      await expectMended(world, before);
    }));
}

test('of one producer’s batches, of which some were put twice, as they are', () =>
  inWorld(9, async (world) => {
    const { id, before } = await sequencedLog(world, 3 * refsPerChunk + 2);
    const { objects } = world.account;
    for (const index of [0, 3, 15]) {
      const { segment } = chunkOf(world, id, sequenced(1)).at(index);
      const range = { key: segmentKey(segment), position: 0, length: 2 ** 30 };
      const parts = [(await objects.read(range)) as Uint8Array];
      const again = segmentIdOf(world.time.now(), Buffer.alloc(segmentRandomBytes, index));
      await objects.put({ key: segmentKey(again), parts, crc32c: 0 });
    }
    await loseSequenced(world, id, 1);
    await expectMended(world, before);
  }));

test('of one producer’s batches, beside another of the same sequence: left', () =>
  inWorld(10, async (world) => {
    const { id } = await sequencedLog(world, 3 * refsPerChunk + 2);
    await stampedBy(world, world.newEngine())(sequenced(1), ['another']);
    await loseSequenced(world, id, 1);
    await expectLeft(world, unsure);
  }));

test('of two producers: left', () =>
  inWorld(11, async (world) => {
    const { id } = await sequencedLog(world, refsPerChunk + 4);
    const engine = world.newEngine();
    await stampedBy(world, engine, 8)(0, ['other']);
    for (let batch = 0; batch < refsPerChunk; batch++) {
      await stampedBy(world, engine, 8)(batch + 1, ['other']);
      await engine.background.idle();
    }
    await loseSequenced(world, id, 1);
    await expectLeft(world, unsure);
  }));

test('behind batches that were merged, and say nothing of their producer any more: left', () =>
  inWorld(12, async (world) => {
    const { id, sequence } = await sequencedLog(world, 2 * refsPerChunk);
    await pastTheGrace(world);
    await merge(world, id);
    // As many records as the merged chunks have, and then the producer’s next.
    const engine = world.newEngine();
    for (let round = 0; round < refsPerChunk; round++) {
      await produce(world, engine, round % 2 === 0 ? ['plain'] : ['plain', 'x']);
      await engine.background.idle();
    }
    await stampedBy(world, engine)(sequence, ['next']);
    await loseSequenced(world, id, 2);
    await expectLeft(world, unsure);
  }));

test('of plain appends: left, though all their objects are there', () =>
  inWorld(13, async (world) => {
    const id = await newLog(world, chunk(3) + 1);
    await lose(world, id, 1);
    await pastTheGrace(world);
    await expectLeft(world, unsure);
    expect((await check(world)).looked.perhapsLost?.objects).toBe(refsPerChunk);
  }));

test('a chunk that comes back meanwhile stays as it is', () =>
  inWorld(14, async (world) => {
    const { id, before } = await mergedLog(world, 4);
    const item = world.account.stored.peek(chunkKey(id, chunk(1)));
    await lose(world, id, 1);
    const report = await check(world);
    await plant(world, chunkKey(id, chunk(1)), item ?? {});
    const engine = world.newEngine();
    const options = { graceMillis: 0 };
    const [repaired] = await repairStore(engine, world.call(engine), report, options);
    expect(repaired?.isMended).toBe(false);
    expect(world.account.stored.peek(chunkKey(id, chunk(1)))).toEqual(item);
    expect(await readAll(world)).toEqual(before);
    expect(headOf(world, id).nextOffset).toBe(before.length);
  }));
