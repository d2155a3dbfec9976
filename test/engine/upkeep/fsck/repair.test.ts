// A repair mends what it says, and touches nothing else.

import { expect, test } from 'vitest';
import { deleteTopic } from '../../../../shared/engine/make-topics.ts';
import { clearTopics } from '../../../../shared/engine/upkeep/clear-topics.ts';
import { repairStore } from '../../../../shared/engine/upkeep/fsck/repair-store.ts';
import { sweepGraceMillis } from '../../../../shared/housekeeping-limits.ts';
import { type PartitionId, segmentIdOf, segmentRandomBytes } from '../../../../shared/ids.ts';
import { refsPerChunk } from '../../../../shared/limits.ts';
import { refsOfTail } from '../../../../shared/log/refs.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import type { Item } from '../../../../shared/store/algebra.ts';
import { chunkKey, headItem, headKey, partitionPk } from '../../../../shared/store/items.ts';
import { readAll } from '../../../world/story.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  day,
  found,
  headOf,
  newLog,
  pastTheGrace,
  patientCall,
  plant,
  produceEach,
  repair,
  replaceObject,
} from './checked.ts';

const end = 3 * refsPerChunk + 3;

function itemsOf({ account }: World, id: PartitionId): readonly Item[] {
  return account.stored.peekRange({ pk: partitionPk(id), limit: 1_000 });
}

async function keysOf({ account }: World): Promise<readonly string[]> {
  return (await account.objects.list({ prefix: '', limit: 10_000 })).map(({ key }) => key);
}

/** Cuts the last ref from a tail. @returns the key of what it named. */
async function orphan(world: World, id: PartitionId): Promise<string> {
  const { tail, tailBase, nextOffset } = headOf(world, id);
  const last = refsOfTail(tailBase, tail).at(tail.length - 1);
  const numbers = { [headItem.tail]: tail.slice(0, -1), [headItem.nextOffset]: nextOffset - 1 };
  await plant(world, headKey(id), numbers);
  return segmentKey(last.segment);
}

const outcomes = async (world: World) =>
  (await repair(world)).map(({ finding, isMended }) => `${finding.kind} ${isMended}`);

test('an orphan is swept, and nothing else', () =>
  inWorld(1, async (world) => {
    const id = await newLog(world, end);
    const key = await orphan(world, id);
    await pastTheGrace(world);
    const before = await keysOf(world);
    expect(await outcomes(world)).toEqual(['orphaned-object true']);
    expect(await keysOf(world)).toEqual(before.filter((one) => one !== key));
    expect(await found(world, { depth: 'deep' })).toEqual([]);
    expect((await readAll(world)).length).toBe(end - 1);
  }));

test('no orphan is swept while something of the index is missing', () =>
  inWorld(2, async (world) => {
    const id = await newLog(world, end);
    const { id: topicId } = await world.createTopic({ name: 'others' });
    await produceEach(world, ['a', 'b'], { topic: 'others' });
    await orphan(world, { topicId, partition: 0 });
    await world.account.stored.write({ delete: chunkKey(id, 0) });
    await pastTheGrace(world);
    const before = await keysOf(world);
    expect(await outcomes(world)).toEqual(['missing-chunk false', 'orphaned-object false']);
    expect(await keysOf(world)).toEqual(before);
  }));

test('nor by the table of another engine: its objects are of topics that are not known', () =>
  inWorld(3, async (world) => {
    await newLog(world, end);
    await world.account.stored.write({ delete: { pk: 'topics', sk: 'orders' } });
    const { id: topicId } = await world.createTopic({ name: 'others' });
    await produceEach(world, ['a', 'b'], { topic: 'others' });
    await orphan(world, { topicId, partition: 0 });
    await pastTheGrace(world);
    const before = await keysOf(world);
    expect(await outcomes(world)).toEqual(['missing-topic false', 'orphaned-object false']);
    expect(await keysOf(world)).toEqual(before);
  }));

test('a chunk below the log start is deleted, and the others stay', () =>
  inWorld(4, async (world) => {
    const id = await newLog(world, end);
    await plant(world, headKey(id), { [headItem.logStart]: refsPerChunk + 1 });
    const before = itemsOf(world, id);
    expect((await check(world)).looked.staleChunks).toBe(1);
    expect(await outcomes(world)).toEqual([]);
    expect((await check(world)).looked.staleChunks).toBe(0);
    expect(itemsOf(world, id)).toEqual(before.filter(({ sk }) => sk !== chunkKey(id, 0).sk));
    expect(await found(world, { depth: 'deep' })).toEqual([]);
  }));

test('a chunk below the log start stays beside one that cannot be read', () =>
  inWorld(10, async (world) => {
    const id = await newLog(world, end);
    await plant(world, headKey(id), { [headItem.logStart]: 2 * refsPerChunk });
    await plant(world, chunkKey(id, 0), { r: new Uint8Array(3) });
    const before = itemsOf(world, id);
    expect(await outcomes(world)).toEqual(['malformed-item false']);
    expect(itemsOf(world, id)).toEqual(before);
  }));

test('a chunk that is not below the log start any more is not deleted', () =>
  inWorld(5, async (world) => {
    const id = await newLog(world, end);
    await plant(world, headKey(id), { [headItem.logStart]: refsPerChunk });
    const report = await check(world);
    await plant(world, headKey(id), { [headItem.logStart]: refsPerChunk - 1 });
    const engine = world.newEngine();
    const options = { graceMillis: sweepGraceMillis };
    expect(report.stale.length).toBe(1);
    const before = itemsOf(world, id);
    await repairStore(engine, patientCall(world, engine), report, options);
    expect(itemsOf(world, id)).toEqual(before);
    expect(await found(world)).toEqual([]);
  }));

test('what is left of deleted topics goes', () =>
  inWorld(6, async (world) => {
    const id = await newLog(world, end);
    const late = world.account.stored.peek(chunkKey(id, 0)) as Item;
    await world.createTopic({ name: 'others' });
    await produceEach(world, ['a'], { topic: 'others' });
    const engine = world.newEngine();
    await deleteTopic(engine, patientCall(world, engine), 'orders');
    await pastTheGrace(world);
    const kinds = await outcomes(world);
    expect(new Set(kinds)).toEqual(new Set(['uncleared-topic true', 'orphaned-object true']));
    expect(kinds.length).toBe(1 + end);
    expect(itemsOf(world, id)).toEqual([]);
    await clearTopics(engine, patientCall(world, engine));
    await world.account.stored.write({ put: late });
    expect(await outcomes(world)).toEqual(['dead-topic-items true']);
    expect(itemsOf(world, id)).toEqual([]);
    expect(await found(world, { depth: 'deep' })).toEqual([]);
    expect(await readAll(world, 0, 'others')).toEqual(['a']);
  }));

test('what a sweep and a clearing leave is not called mended', () =>
  inWorld(8, async (world) => {
    const id = await newLog(world, end);
    const { id: topicId } = await world.createTopic({ name: 'others' });
    await produceEach(world, ['a'], { topic: 'others' });
    const key = await orphan(world, id);
    const engine = world.newEngine();
    await deleteTopic(engine, patientCall(world, engine), 'others');
    await pastTheGrace(world);
    const report = await check(world);
    const longer = { graceMillis: 10 * day };
    const repairs = await repairStore(engine, patientCall(world, engine), report, longer);
    expect(repairs.map(({ finding, isMended }) => `${finding.kind} ${isMended}`)).toEqual([
      'uncleared-topic false',
      'orphaned-object false',
      'orphaned-object false',
    ]);
    expect(await keysOf(world)).toContain(key);
    expect(repairs[0]?.finding.place).toMatchObject({ topic: 'others', topicId });
  }));

/** Puts so many bytes, as a power cut leaves them. @returns the key. */
async function tornObject({ account, time }: World, bytes: number): Promise<string> {
  const key = segmentKey(segmentIdOf(time.now(), new Uint8Array(segmentRandomBytes).fill(bytes)));
  await account.objects.put({ key, parts: [new Uint8Array(bytes)], crc32c: 0 });
  return key;
}

test('an object without its bytes goes where nobody else is at work, if nothing names it', () =>
  inWorld(9, async (world) => {
    const id = await newLog(world, end);
    const { tail, tailBase } = headOf(world, id);
    const named = refsOfTail(tailBase, tail).at(0);
    await replaceObject(world, named, () => new Uint8Array(3));
    const torn = await tornObject(world, 0);
    // It may hold records.
    await tornObject(world, 1_000);
    await pastTheGrace(world);
    await tornObject(world, 1);
    expect(await outcomes(world)).not.toContain('unreadable-footer true');
    const before = await keysOf(world);
    const chunk = world.account.stored.peek(chunkKey(id, 0)) as Item;
    await world.account.stored.write({ delete: chunkKey(id, 0) });
    await repair(world, { isAlone: true });
    expect(await keysOf(world)).toEqual(before);
    await world.account.stored.write({ put: chunk });
    await repair(world, { isAlone: true });
    expect(await keysOf(world)).toEqual(before.filter((key) => key !== torn));
  }));

test('what cannot be mended stays as it is', () =>
  inWorld(7, async (world) => {
    const id = await newLog(world, end);
    const { tail, tailBase } = headOf(world, id);
    await world.account.objects.delete([segmentKey(refsOfTail(tailBase, tail).at(0).segment)]);
    await plant(world, chunkKey(id, 0), { r: new Uint8Array(3) });
    await plant(world, headKey(id), { [headItem.timeBefore]: -1 });
    const [items, keys] = [itemsOf(world, id), await keysOf(world)];
    const expected = ['malformed-item false', 'wrong-time false', 'missing-object false'];
    expect(await outcomes(world)).toEqual(expected);
    expect(itemsOf(world, id)).toEqual(items);
    expect(await keysOf(world)).toEqual(keys);
  }));
