// What is wrong with the objects that refs name, or with the refs, is found at its place, and once.

import { expect, test } from 'vitest';
import { createEngine } from '../../../../shared/engine/engine.ts';
import type { Finding } from '../../../../shared/engine/upkeep/fsck/findings.ts';
import type { PartitionId } from '../../../../shared/ids.ts';
import { refsPerChunk } from '../../../../shared/limits.ts';
import { chunkOf as chunkItemOf } from '../../../../shared/log/chunk.ts';
import { encodeRef, type PlacedRef, type Ref } from '../../../../shared/log/ref.ts';
import { refsOfTail } from '../../../../shared/log/refs.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import { headItem, headKey } from '../../../../shared/store/items.ts';
import type { Objects } from '../../../../shared/store/objects.ts';
import { seededChance } from '../../../world/seeded-chance.ts';
import { produce } from '../../../world/story.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  chunkOf,
  found,
  headOf,
  inShort,
  merge,
  newLog,
  pastTheGrace,
  plant,
  produceEach,
  replaceObject,
  sweep,
} from './checked.ts';

/** Two chunks, and three refs of a tail. */
const appends = 2 * refsPerChunk + 3;
const place = `orders-0 [5, 6)`;

const refAt = (world: World, id: PartitionId) => chunkOf(world, id, 0).at(5);

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}

/** Puts another ref in the place of the one that `refAt` finds. */
async function changeRef(world: World, id: PartitionId, change: Partial<Ref>): Promise<string> {
  const chunk = chunkOf(world, id, 0);
  const refs = Array.from({ length: chunk.length }, (_, index) => {
    const ref: PlacedRef = chunk.at(index);
    return encodeRef(index === 5 ? { ...ref, ...change } : ref);
  });
  const { timeThrough } = chunk;
  await world.account.stored.write({ put: chunkItemOf(id, { baseOffset: 0, refs, timeThrough }) });
  return segmentKey(chunk.at(5).segment);
}

async function expectFound(world: World, quick: readonly string[], deep = quick): Promise<void> {
  expect(await found(world)).toEqual(quick);
  expect(await found(world, { depth: 'deep' })).toEqual(deep);
}

test('an object that is not there', () =>
  inWorld(1, async (world) => {
    const id = await newLog(world, appends);
    const key = segmentKey(refAt(world, id).segment);
    await world.account.objects.delete([key]);
    await expectFound(world, [`missing-object ${place} ${key}`]);
    const { findings } = await check(world, { topic: 'orders' });
    expect(findings).toEqual([
      {
        kind: 'missing-object',
        severity: 'damage',
        place: { topic: 'orders', topicId: id.topicId, partition: 0, from: 5, to: 6, key },
        detail: 'there is no such object',
      },
    ]);
  }));

test('an object that is too short for its ref', () =>
  inWorld(2, async (world) => {
    const id = await newLog(world, appends);
    const ref = refAt(world, id);
    const key = await replaceObject(world, ref, (bytes) => bytes.subarray(0, ref.length - 1));
    await expectFound(world, [`short-object ${place} ${key}`]);
  }));

test('a batch whose bytes are not what they were: a deep look finds it', () =>
  inWorld(3, async (world) => {
    const id = await newLog(world, appends);
    const ref = refAt(world, id);
    const key = await replaceObject(world, ref, (bytes) => flip(bytes, ref.length - 1));
    await expectFound(world, [], [`corrupt-batch ${place} ${key}`]);
  }));

test('bytes that are no batch', () =>
  inWorld(4, async (world) => {
    const id = await newLog(world, appends);
    const key = await replaceObject(world, refAt(world, id), (bytes) => flip(bytes, 16));
    await expectFound(world, [], [`corrupt-batch ${place} ${key}`]);
  }));

test('a footer that cannot be read, of an object that is read all the same', () =>
  inWorld(5, async (world) => {
    const id = await newLog(world, appends);
    const key = await replaceObject(world, refAt(world, id), (bytes) =>
      flip(bytes, bytes.length - 1),
    );
    await expectFound(world, [`unreadable-footer ${key}`]);
    await pastTheGrace(world);
    await world.account.objects.put({ key: 'segments/none', parts: [], crc32c: 0 });
    await expectFound(world, ['unreadable-footer segments/none', `unreadable-footer ${key}`]);
  }));

test('a ref whose time is not that of its bytes', () =>
  inWorld(6, async (world) => {
    const id = await newLog(world, appends);
    const key = await changeRef(world, id, { timestampMax: 1 });
    await expectFound(world, [`footer-mismatch ${place} ${key}`], [`wrong-time ${place} ${key}`]);
  }));

test('a ref that counts other offsets than its batches have', () =>
  inWorld(7, async (world) => {
    const id = await newLog(world, appends);
    const { tail, tailBase } = headOf(world, id);
    const last = refsOfTail(tailBase, tail).at(2);
    const refs = [...tail.slice(0, 2), encodeRef({ ...last, count: 3 })];
    const numbers = { [headItem.tail]: refs, [headItem.nextOffset]: tailBase + 5 };
    await plant(world, headKey(id), numbers);
    const key = segmentKey(last.segment);
    const at = `orders-0 [${tailBase + 2}, ${tailBase + 5}) ${key}`;
    await expectFound(world, [`footer-mismatch ${at}`], [`wrong-count ${at}`]);
  }));

test('a ref to the bytes of another partition, which are whole', () =>
  inWorld(8, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    await Promise.all([0, 1].map((partition) => produce(world, engine, ['v'], { partition })));
    const heads = [0, 1].map((partition) => headOf(world, { topicId, partition }));
    const [own, other] = heads.map(({ tailBase, tail }) => refsOfTail(tailBase, tail)) as [
      ReturnType<typeof refsOfTail>,
      ReturnType<typeof refsOfTail>,
    ];
    const refs = [encodeRef(own.at(0)), encodeRef(other.at(0))];
    await plant(world, headKey({ topicId, partition: 0 }), { [headItem.tail]: refs });
    const key = segmentKey(other.at(0).segment);
    await expectFound(world, [`footer-mismatch orders-0 [1, 2) ${key}`]);
  }));

test('a ref to a part of an entry that is more than the entry says', () =>
  inWorld(9, async (world) => {
    const id = await newLog(world, 1);
    const [packed] = headOf(world, id).tail;
    const { tailBase } = headOf(world, id);
    const ref = refsOfTail(tailBase, [packed as Uint8Array]).at(0);
    for (const change of [{ position: 1, length: ref.length - 1 }, { length: ref.length + 1 }]) {
      await plant(world, headKey(id), { [headItem.tail]: [encodeRef({ ...ref, ...change })] });
      const key = segmentKey(ref.segment);
      expect(await found(world)).toEqual([`footer-mismatch orders-0 [0, 1) ${key}`]);
    }
  }));

test('a ref that reaches into the bytes of another partition', () =>
  inWorld(14, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    const send = (partition: number) => produce(world, engine, ['v', 'w'], { partition });
    await Promise.all([send(1), send(0), send(1)]);
    const id = { topicId, partition: 0 };
    const { tailBase, tail } = headOf(world, id);
    const ref = refsOfTail(tailBase, tail).at(1);
    const wrong = encodeRef({ ...ref, length: ref.length + 1, count: 1 });
    const numbers = { [headItem.tail]: [tail[0] as Uint8Array, wrong], [headItem.nextOffset]: 2 };
    await plant(world, headKey(id), numbers);
    const key = segmentKey(ref.segment);
    expect(await found(world)).toEqual([`footer-mismatch orders-0 [1, 2) ${key}`]);
  }));

test('a footer that came wrong once, and is right', () =>
  inWorld(15, async (world) => {
    await newLog(world, 1);
    const { objects, table } = world.account;
    let reads = 0;
    const distorted: Objects = {
      ...objects,
      read: async (range) => {
        const bytes = await objects.read(range);
        return bytes && reads++ === 0 ? flip(bytes, bytes.length - 1) : bytes;
      },
    };
    const parts = { objects: distorted, table, clock: world.time, chance: seededChance(1) };
    expect((await check(world, {}, createEngine(parts))).findings).toEqual([]);
    expect(reads).toBeGreaterThan(1);
  }));

test('an object that many chunks name is found wrong where it is, and nowhere else', () =>
  inWorld(10, async (world) => {
    const id = await newLog(world, 4 * refsPerChunk + 1);
    await pastTheGrace(world);
    await merge(world, id);
    await sweep(world);
    const ref = chunkOf(world, id, refsPerChunk).at(0);
    const last = ref.position + ref.length - 1;
    const key = await replaceObject(world, ref, (bytes) => flip(bytes, last));
    const at = `orders-0 [${refsPerChunk}, ${2 * refsPerChunk})`;
    await expectFound(world, [], [`corrupt-batch ${at} ${key}`]);
  }));

test('what is below the log start is read by nobody, and its bytes are not missed', () =>
  inWorld(11, async (world) => {
    const id = await newLog(world, appends);
    await world.account.objects.delete([segmentKey(refAt(world, id).segment)]);
    await plant(world, headKey(id), { [headItem.logStart]: 6 });
    await expectFound(world, []);
  }));

test('an orphan, once it is old, and only where all topics are looked at', () =>
  inWorld(12, async (world) => {
    const id = await newLog(world, 2);
    await world.createTopic({ name: 'others' });
    const head = headOf(world, id);
    const numbers = { [headItem.tail]: head.tail.slice(0, 1), [headItem.nextOffset]: 1 };
    await plant(world, headKey(id), numbers);
    await expectFound(world, []);
    await pastTheGrace(world);
    const key = segmentKey(refsOfTail(0, head.tail).at(1).segment);
    await expectFound(world, [`orphaned-object ${key}`]);
    // It is younger than what is left, so retention has not taken it; nor has a roll rewritten it.
    await produceEach(
      world,
      Array.from({ length: refsPerChunk + 1 }, () => 'v'),
    );
    await plant(world, headKey(id), { [headItem.logStart]: 1 });
    await expectFound(world, [`orphaned-object ${key}`]);
    expect(await found(world, { topic: 'others' })).toEqual([]);
    await expect(check(world, { topic: 'none' })).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
  }));

test('what is wrong in several places is said of each, by partition and offset', () =>
  inWorld(13, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    for (const partition of [0, 1]) await produceEach(world, ['a', 'b', 'c'], { partition });
    const keys = [0, 1].map((partition) => {
      const { tailBase, tail } = headOf(world, { topicId, partition });
      return segmentKey(refsOfTail(tailBase, tail).at(1).segment);
    });
    await world.account.objects.delete(keys);
    const { findings } = await check(world);
    const severities = new Set(findings.map(({ severity }: Finding) => severity));
    expect(severities).toEqual(new Set(['damage']));
    expect(findings.map(inShort)).toEqual([
      `missing-object orders-0 [1, 2) ${keys[0]}`,
      `missing-object orders-1 [1, 2) ${keys[1]}`,
    ]);
  }));
