// The watch sees what no client may ever see: a write that breaks what is stored, when it is made.

import { expect, test } from 'vitest';
import { memoryObjects } from '../../local/memory-objects.ts';
import { type EpochMillis, segmentIdOf, topicIdBytes, topicIdOf } from '../../shared/ids.ts';
import { chunkOf } from '../../shared/log/chunk.ts';
import { newHead } from '../../shared/log/head.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import type { Action } from '../../shared/store/algebra.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import { ReplicatedTable } from '../world/replicated-table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { storedState } from './check/stored-state.ts';
import { LogWatch } from './log-watch.ts';

const id = { topicId: topicIdOf(new Uint8Array(topicIdBytes)), partition: 0 };
const segment = segmentIdOf(1 as EpochMillis, new Uint8Array(10));
const ref = encodeRef({ segment, position: 0, length: 4, count: 2, timestampMax: -1 });
const object = { key: segmentKey(segment), parts: [Uint8Array.of(1, 2, 3, 4)], crc32c: 1 };
const { nextOffset, tail, tailBase } = headItem;

type World = Stores & { readonly update: (...actions: readonly Action[]) => Promise<void> };

/** What is found wrong after a head was made, and what then happens to it. */
async function foundAfter(story: (world: World) => Promise<unknown>): Promise<string> {
  let event = 0;
  const clock = new VirtualTime();
  const table = new ReplicatedTable({ clock, chance: seededChance(1) });
  const watch = new LogWatch({ stored: table, next: () => event++, now: () => clock.now() });
  const stores = watch.around({ objects: memoryObjects() });
  await stores.table.write({ put: newHead(id) });
  const update = async (...actions: readonly Action[]) => {
    await stores.table.write({ update: headKey(id), actions });
  };
  await story({ ...stores, update });
  return [...watch.violations, ...storedState(table, watch.partitions.values())].join('\n');
}

async function appendTwo({ objects, update }: World): Promise<void> {
  await objects.put(object);
  await update(
    { append: tail, values: [ref] },
    { set: nextOffset, to: { attribute: nextOffset, plus: 2 } },
  );
}

const cut: readonly Action[] = [
  { removeFirst: tail, count: 1 },
  { set: tailBase, to: { value: 2 } },
];

const chunk = chunkOf(id, { baseOffset: 0, refs: [ref], timeThrough: -1 });

test('appends and rolls are nothing wrong', async () => {
  const found = await foundAfter(async (world) => {
    await appendTwo(world);
    await world.table.write({ put: chunk });
    await world.update(...cut);
    await world.table.write({ put: chunk });
    await world.objects.put(object);
  });
  expect(found).toBe('');
});

const stories: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'I11: a ref to': ({ update }) =>
    update({ append: tail, values: [ref] }, { set: nextOffset, to: { value: 2 } }),
  'I4: nextOffset is 1': ({ update }) => update({ set: nextOffset, to: { value: 1 } }),
  'I4: nextOffset fell': async (world) => {
    await appendTwo(world);
    await world.table.write({ put: newHead(id) });
  },
  'are not in chunks': async (world) => {
    await appendTwo(world);
    await world.update(...cut);
  },
  'cut at 1, where no ref of it begins': async (world) => {
    await appendTwo(world);
    await world.update({ removeFirst: tail, count: 1 }, { set: tailBase, to: { value: 1 } });
  },
  'refs that stayed in the tail are others': async (world) => {
    await appendTwo(world);
    const other = encodeRef({ segment, position: 1, length: 3, count: 2, timestampMax: -1 });
    await world.update({ set: tail, to: { value: [other] } });
  },
  'a chunk holds other refs': ({ table }) => table.write({ put: chunk }),
  'a chunk was put again with other refs': async (world) => {
    await appendTwo(world);
    await world.table.write({ put: chunk });
    await world.table.write({ put: chunkOf(id, { baseOffset: 0, refs: [], timeThrough: -1 }) });
  },
  'I12: segments/': async ({ objects }) => {
    await objects.put(object);
    await objects.put({ ...object, crc32c: 2 });
  },
  'I16: a head came back that was deleted': async (world) => {
    await world.table.write({ delete: headKey(id) });
    await world.table.write({ put: newHead(id) });
    await appendTwo(world);
  },
};

test.each(Object.entries(stories))('%s is found', async (complaint, story) => {
  expect(await foundAfter(story)).toContain(complaint);
});
