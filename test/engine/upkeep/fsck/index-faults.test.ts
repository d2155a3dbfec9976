// What is wrong in the index is found, at its place, and once.

import { expect, test } from 'vitest';
import { deleteTopic } from '../../../../shared/engine/make-topics.ts';
import { clearTopics } from '../../../../shared/engine/upkeep/clear-topics.ts';
import type { PartitionId } from '../../../../shared/ids.ts';
import { refBytes, refsPerChunk } from '../../../../shared/limits.ts';
import { chunkOf as chunkItemOf } from '../../../../shared/log/chunk.ts';
import type { Item } from '../../../../shared/store/algebra.ts';
import {
  chunkItem,
  chunkKey,
  chunkSk,
  headItem,
  headKey,
  rewriteItem,
  rewriteKey,
  topicItem,
  topicKey,
} from '../../../../shared/store/items.ts';
import { inWorld, type World } from '../../../world/world.ts';
import {
  check,
  chunkOf,
  found,
  headOf,
  merge,
  newLog,
  pastTheGrace,
  patientCall,
  plant,
  sweep,
} from './checked.ts';

/** Three chunks, and three refs of a tail. */
const tailBase = 3 * refsPerChunk;
const end = tailBase + 3;
const second = { from: refsPerChunk, to: 2 * refsPerChunk };

/** Whatever is planted is old, and found as such, quickly and deeply. */
async function expectFound(world: World, expected: readonly string[]): Promise<void> {
  await pastTheGrace(world);
  expect(await found(world)).toEqual(expected);
  expect(await found(world, { depth: 'deep' })).toEqual(expected);
}

type Plant = (world: World, id: PartitionId) => Promise<unknown>;

const refsFrom = (world: World, id: PartitionId, base: number, count: number) => {
  const { packed } = chunkOf(world, id, base);
  return Array.from({ length: count }, (_, at) =>
    packed.subarray(at * refBytes, (at + 1) * refBytes),
  );
};

const putChunk = (
  world: World,
  id: PartitionId,
  baseOffset: number,
  refs: readonly Uint8Array[],
  timeOf = Math.min(second.to, baseOffset - (baseOffset % refsPerChunk)),
) =>
  world.account.stored.write({
    put: chunkItemOf(id, { baseOffset, refs, timeThrough: chunkOf(world, id, timeOf).timeThrough }),
  });

const deleteChunk = (world: World, id: PartitionId, base: number) =>
  world.account.stored.write({ delete: chunkKey(id, base) });

const faults: Readonly<Record<string, readonly [Plant, string]>> = {
  'no head': [
    ({ account }, id) => account.stored.write({ delete: headKey(id) }),
    'missing-head orders-0',
  ],
  'a tail of what are no refs': [
    (world, id) => plant(world, headKey(id), { [headItem.tail]: [new Uint8Array(3)] }),
    'malformed-item orders-0 head',
  ],
  'a tail whose refs are of a kind that nobody knows': [
    (world, id) =>
      plant(world, headKey(id), { [headItem.tail]: [new Uint8Array(refBytes).fill(9)] }),
    'malformed-item orders-0 head',
  ],
  'a head without a number': [
    (world, id) => plant(world, headKey(id), { [headItem.sweptBefore]: undefined }),
    'malformed-item orders-0 head',
  ],
  'half a resident': [
    (world, id) => plant(world, headKey(id), { [`${headItem.producerNext}7`]: 1 }),
    'malformed-item orders-0 head',
  ],
  'a next offset that is not where the tail ends': [
    (world, id) => plant(world, headKey(id), { [headItem.nextOffset]: end + 1 }),
    'wrong-head orders-0',
  ],
  'a log start past the end': [
    (world, id) => plant(world, headKey(id), { [headItem.logStart]: end + 1 }),
    'wrong-head orders-0',
  ],
  'no first chunk': [
    (world, id) => deleteChunk(world, id, 0),
    `missing-chunk orders-0 [0, ${refsPerChunk})`,
  ],
  'no second chunk': [
    (world, id) => deleteChunk(world, id, second.from),
    `missing-chunk orders-0 [${second.from}, ${second.to})`,
  ],
  'no last chunk': [
    (world, id) => deleteChunk(world, id, second.to),
    `missing-chunk orders-0 [${second.to}, ${tailBase})`,
  ],
  'a chunk that lost its last refs': [
    async (world, id) => putChunk(world, id, 0, refsFrom(world, id, 0, 14)),
    `missing-chunk orders-0 [14, ${refsPerChunk})`,
  ],
  'a chunk within another': [
    (world, id) => putChunk(world, id, 20, refsFrom(world, id, second.from, 12)),
    `overlapping-chunks orders-0 [20, ${second.to})`,
  ],
  'a chunk that reaches into the tail': [
    async (world, id) =>
      putChunk(world, id, second.to, [
        ...refsFrom(world, id, second.to, refsPerChunk),
        ...refsFrom(world, id, second.to, 2),
      ]),
    `overlapping-chunks orders-0 [${tailBase}, ${tailBase + 2})`,
  ],
  'a chunk that the tail has otherwise': [
    (world, id) => putChunk(world, id, tailBase, refsFrom(world, id, 0, 3)),
    `diverging-chunk orders-0 [${tailBase}, ${end})`,
  ],
  'a chunk in pieces': [
    (world, id) =>
      plant(world, chunkKey(id, second.from), {
        [chunkItem.refs]: chunkOf(world, id, second.from).packed.subarray(1),
      }),
    `malformed-item orders-0 ${chunkSk(second.from)}`,
  ],
  'a chunk without its time': [
    (world, id) => plant(world, chunkKey(id, 0), { [chunkItem.timeThrough]: undefined }),
    `malformed-item orders-0 ${chunkSk(0)}`,
  ],
  'a chunk whose key says an offset in another form': [
    ({ account }, id) =>
      account.stored.write({
        put: { ...(account.stored.peek(chunkKey(id, 0)) as Item), sk: 'chunk#1' },
      }),
    'malformed-item orders-0 chunk#1',
  ],
  'a chunk whose key says no offset': [
    ({ account }, id) =>
      account.stored.write({
        put: { ...(account.stored.peek(chunkKey(id, 0)) as Item), sk: 'chunk#none' },
      }),
    'malformed-item orders-0 chunk#none',
  ],
  'a first chunk that says less of time than it has': [
    (world, id) => plant(world, chunkKey(id, 0), { [chunkItem.timeThrough]: -1 }),
    `wrong-time orders-0 [0, ${refsPerChunk})`,
  ],
  'a chunk that says less of time than it has': [
    (world, id) => plant(world, chunkKey(id, second.from), { [chunkItem.timeThrough]: -1 }),
    `wrong-time orders-0 [${second.from}, ${second.to})`,
  ],
  'a chunk after which time falls': [
    (world, id) => plant(world, chunkKey(id, 0), { [chunkItem.timeThrough]: 2 ** 46 }),
    `wrong-time orders-0 [${second.from}, ${second.to})`,
  ],
  'a head that knows of no time before its tail': [
    (world, id) => plant(world, headKey(id), { [headItem.timeBefore]: -1 }),
    'wrong-time orders-0',
  ],
};

for (const [name, [put, expected]] of Object.entries(faults)) {
  test(`${name}: ${expected.split(' ')[0]}`, () =>
    inWorld(1, async (world) => {
      const id = await newLog(world, end);
      await put(world, id);
      await expectFound(world, [expected]);
    }));
}

test('a chunk in pieces hides no gap that is somewhere else', () =>
  inWorld(7, async (world) => {
    const id = await newLog(world, tailBase + refsPerChunk + 3);
    const { packed } = chunkOf(world, id, 0);
    await plant(world, chunkKey(id, 0), { [chunkItem.refs]: packed.subarray(1) });
    await world.account.stored.write({ put: { ...chunkKey(id, 0), sk: 'chunk#none' } });
    await deleteChunk(world, id, second.to);
    const gap = `missing-chunk orders-0 [${second.to}, ${tailBase})`;
    const pieces = [chunkSk(0), 'chunk#none'].map((sk) => `malformed-item orders-0 ${sk}`);
    await expectFound(world, [pieces[0] ?? '', gap, pieces[1] ?? '']);
    // Nor does one that lies within another.
    await world.account.stored.write({ put: chunkKey(id, 20) });
    const within = `malformed-item orders-0 ${chunkSk(20)}`;
    await expectFound(world, [pieces[0] ?? '', within, gap, pieces[1] ?? '']);
    // Behind what cannot be read nobody knows where one begins, or where the log start is.
    for (const base of [20, second.from]) await deleteChunk(world, id, base);
    await plant(world, headKey(id), { [headItem.logStart]: 5 });
    await expectFound(world, pieces);
  }));

test('a roll that has not cut yet is nothing wrong', () =>
  inWorld(2, async (world) => {
    const id = await newLog(world, end);
    await putChunk(world, id, tailBase, headOf(world, id).tail);
    await putChunk(world, id, tailBase + 1, headOf(world, id).tail.slice(1, 2));
    await expectFound(world, []);
  }));

test('what is missing keeps the objects that nothing names from being called orphans', () =>
  inWorld(3, async (world) => {
    const id = await newLog(world, end);
    await deleteChunk(world, id, second.from);
    await pastTheGrace(world);
    const { looked } = await check(world);
    expect(looked.perhapsLost?.objects).toBe(refsPerChunk);
    expect(looked.stored.objects).toBe(end);
    expect(looked.waiting?.objects).toBe(0);
  }));

test('rewrites past what is rolled, and a rewrite item that is none', () =>
  inWorld(4, async (world) => {
    const id = await newLog(world, end);
    await pastTheGrace(world);
    await merge(world, id);
    await sweep(world);
    await plant(world, rewriteKey(id), { [rewriteItem.mergedTo]: end });
    await expectFound(world, ['wrong-rewrites orders-0']);
    await plant(world, rewriteKey(id), { [rewriteItem.small]: '{}' });
    await expectFound(world, ['malformed-item orders-0 rewrite']);
    const { small, compaction } = rewriteItem;
    await plant(world, rewriteKey(id), { [small]: '[]', [compaction]: '{"at":1}' });
    await expectFound(world, ['malformed-item orders-0 rewrite']);
  }));

test('a topic whose item is lost, or is none, and one that nobody finished', () =>
  inWorld(5, async (world) => {
    await newLog(world, end);
    const item = world.account.stored.peek(topicKey('orders')) as Item;
    await plant(world, topicKey('orders'), { [topicItem.state]: 'odd' });
    await expectFound(world, ['malformed-item orders orders']);
    await world.account.stored.write({ delete: topicKey('orders') });
    await expectFound(world, ['missing-topic']);
    const { findings } = await check(world);
    expect(findings[0]).toMatchObject({
      severity: 'damage',
      place: { topicId: item[topicItem.id] },
    });
    await world.account.stored.write({ put: item });
    await world.createTopic({ name: 'refunds' });
    await plant(world, topicKey('refunds'), { [topicItem.state]: 'making' });
    expect(await found(world)).toEqual([]);
    await expectFound(world, ['unfinished-topic refunds']);
  }));

test('what is left of a topic that was deleted, and what came after it was cleared away', () =>
  inWorld(6, async (world) => {
    const id = await newLog(world, end);
    const late = world.account.stored.peek(chunkKey(id, 0)) as Item;
    const engine = world.newEngine();
    const call = patientCall(world, engine);
    await deleteTopic(engine, call, 'orders');
    await pastTheGrace(world);
    await sweep(world);
    await expectFound(world, ['uncleared-topic orders']);
    await clearTopics(engine, call);
    await expectFound(world, []);
    await world.account.stored.write({ put: late });
    await expectFound(world, ['dead-topic-items']);
  }));
