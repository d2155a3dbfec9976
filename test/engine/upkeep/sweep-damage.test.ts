// An index that is damaged names less than it did, and what it does not name any more may
// be all that is left to build it from: nothing of such a partition is swept, and all else is. What
// retention drops between two looks is not lost.

import { expect, test } from 'vitest';
import { createEngine } from '../../../shared/engine/engine.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import { type EpochMillis, type PartitionId, segmentIdOf } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { chunkOf } from '../../../shared/log/chunk.ts';
import { encodeRef } from '../../../shared/log/ref.ts';
import type { Item, Key } from '../../../shared/store/algebra.ts';
import {
  chunkItem,
  chunkKey,
  headItem,
  headKey,
  partitionPk,
  topicKey,
} from '../../../shared/store/items.ts';
import { interruptedEngine } from '../../world/interrupted-engine.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { inWorld, type World } from '../../world/world.ts';
import {
  Acknowledged,
  day,
  orphans,
  patientCall,
  storedObjects,
  sweep,
  valuesNamed,
} from './household.ts';

type Home = {
  readonly world: World;
  readonly partitions: readonly [PartitionId, PartitionId];
  readonly acknowledged: Acknowledged;
};

/** Of each partition three chunks and a ref, in objects of its own; then an orphan of both, and one
 * of the second. */
async function damagedBy(seed: number, story: (home: Home) => Promise<void>): Promise<void> {
  await inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const [first, second] = [0, 1].map((partition) => ({ topicId, partition })) as PartitionId[];
    const acknowledged = new Acknowledged();
    const values = valuesNamed('old', 3 * refsPerChunk + 1);
    for (const partition of [0, 1]) await acknowledged.produce(world, { partition, values });
    await never(world, [0, 1]);
    await never(world, [1]);
    await world.time.sleep(day);
    await story({ world, partitions: [first as PartitionId, second as PartitionId], acknowledged });
  });
}

/** An object of those partitions that nothing ever names. */
async function never(world: World, partitions: readonly number[]): Promise<void> {
  const { table, objects } = world.account;
  const silent = { ...table, write: () => new Promise<never>(() => undefined) };
  const parts = {
    objects,
    table: silent,
    clock: world.time,
    chance: seededChance(partitions.length),
  };
  const dead = createEngine(parts);
  const records = partitions.map((partition) => {
    return { key: null, value: Buffer.from('never'), headers: [], partition };
  });
  produceRecords(dead, world.call(dead), { topic: 'orders', records });
  await world.time.sleep(1_000);
}

const lost: Readonly<Record<string, (id: PartitionId) => Key>> = {
  'its first chunk': (id) => chunkKey(id, 0),
  'one of its chunks': (id) => chunkKey(id, refsPerChunk),
  'its last chunk': (id) => chunkKey(id, 2 * refsPerChunk),
  'its head': headKey,
};

test.each(Object.entries(lost))('of a partition that has lost %s nothing is swept', (_, keyIn) =>
  damagedBy(1, async ({ world, partitions: [first, second], acknowledged }) => {
    const { stored } = world.account;
    const key = keyIn(first);
    const item = stored.peek(key) as Item;
    await stored.write({ delete: key });
    await world.time.sleep(day);
    const before = await storedObjects(world);
    const perhapsLost = keyIn === headKey ? 1 : refsPerChunk;
    const damaged = new Set([partitionPk(first)]);
    expect(await sweep(world)).toMatchObject({ deleted: 1, left: perhapsLost + 1, damaged });
    expect(await storedObjects(world)).toHaveLength(before.length - 1);
    await stored.write({ put: item });
    await acknowledged.check(world);
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ deleted: 1, left: 0 });
    expect(await orphans(world, [first, second])).toEqual([]);
  }),
);

/** What an item becomes, and how many objects of those that it named nothing names then. */
type Spoiled = {
  readonly key: (id: PartitionId) => Key;
  readonly by: (id: PartitionId, item: Item | undefined, head: Item) => Item;
  readonly lost: number;
};

const base = 3 * refsPerChunk;
const tailOf = (head: Item) => head[headItem.tail] as readonly Uint8Array[];
const otherRef = encodeRef({
  segment: segmentIdOf(1 as EpochMillis, new Uint8Array(10)),
  position: 0,
  length: 100,
  count: 1,
  timestampMax: 1,
});
const chunkWith = (id: PartitionId, baseOffset: number, refs: readonly Uint8Array[]) => {
  return chunkOf(id, { baseOffset, refs, timeThrough: 1 });
};

const spoiled: Readonly<Record<string, Spoiled>> = {
  'a tail that has lost a ref': {
    key: headKey,
    by: (_, head) => ({ ...(head as Item), [headItem.tail]: [] }),
    lost: 1,
  },
  'a head that cannot be read': {
    key: headKey,
    by: (_, head) => ({ ...(head as Item), [headItem.tail]: [new Uint8Array(3)] }),
    lost: 1,
  },
  'a head without a fence': {
    key: headKey,
    by: (_, head) => ({ ...(head as Item), [headItem.sweptBefore]: 'x' }),
    lost: 1,
  },
  'a chunk that cannot be read': {
    key: (id) => chunkKey(id, refsPerChunk),
    by: (_, chunk) => ({ ...(chunk as Item), [chunkItem.refs]: new Uint8Array(3) }),
    lost: refsPerChunk,
  },
  'a chunk that overlaps the one before it': {
    key: (id) => chunkKey(id, refsPerChunk + 1),
    by: (id) => chunkWith(id, refsPerChunk + 1, Array(refsPerChunk - 1).fill(otherRef)),
    lost: 0,
  },
  'a last chunk that reaches into the tail': {
    key: (id) => chunkKey(id, 2 * refsPerChunk),
    by: (id) => chunkWith(id, 2 * refsPerChunk, Array(refsPerChunk + 1).fill(otherRef)),
    lost: refsPerChunk,
  },
  'a chunk beside the tail that is no copy of it': {
    key: (id) => chunkKey(id, base),
    by: (id) => chunkWith(id, base, [otherRef]),
    lost: 0,
  },
  'a chunk beside the tail that cannot be read': {
    key: (id) => chunkKey(id, base),
    by: (id) => ({ ...chunkWith(id, base, [otherRef]), [chunkItem.refs]: new Uint8Array(3) }),
    lost: 0,
  },
  'a chunk beyond the tail': {
    key: (id) => chunkKey(id, base + 1),
    by: (id, _, head) => chunkWith(id, base + 1, tailOf(head)),
    lost: 0,
  },
};

test.each(Object.entries(spoiled))('of a partition with %s nothing is swept', (_, one) =>
  damagedBy(3, async ({ world, partitions, acknowledged }) => {
    const { stored } = world.account;
    const [first] = partitions;
    const key = one.key(first);
    const item = stored.peek(key);
    await stored.write({ put: one.by(first, item, stored.peek(headKey(first)) as Item) });
    await world.time.sleep(day);
    const damaged = new Set([partitionPk(first)]);
    const swept = { deleted: 1, left: one.lost + 1, damaged, isDone: true };
    expect(await sweep(world)).toMatchObject(swept);
    await stored.write(item === undefined ? { delete: key } : { put: item });
    await world.time.sleep(day);
    await acknowledged.check(world);
    expect(await sweep(world)).toMatchObject({ deleted: 1, left: 0, damaged: new Set() });
    expect(await orphans(world, partitions)).toEqual([]);
  }),
);

test('a topic that cannot be read keeps no other from being swept', () =>
  damagedBy(4, async ({ world }) => {
    await world.account.stored.write({ put: { ...topicKey('strange'), id: 7 } });
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ deleted: 2, left: 0 });
  }));

test('a roll that has put its chunk, and has not cut yet, is no damage', () =>
  damagedBy(5, async ({ world, partitions: [first] }) => {
    const { stored } = world.account;
    const tail = tailOf(stored.peek(headKey(first)) as Item);
    await stored.write({ put: chunkWith(first, base, tail) });
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ deleted: 2, left: 0, damaged: new Set() });
  }));

test('nor is one that rolls what comes while it is looked at', () =>
  damagedBy(6, async ({ world, partitions, acknowledged }) => {
    const [first] = partitions;
    const sweeping = interruptedEngine(world, {
      at: ({ operation, keys: [key] }) => operation === 'query' && isLook(world, first, key),
      by: () => acknowledged.produce(world, { values: valuesNamed('new', 3 * refsPerChunk) }),
    });
    expect(await sweep(world, sweeping)).toMatchObject({ deleted: 2, left: 0, fenced: 2 });
    await acknowledged.check(world);
  }));

test('what retention drops while it is looked at is not lost', () =>
  damagedBy(2, async ({ world, partitions }) => {
    const [first] = partitions;
    const retaining = world.newEngine();
    const sweeping = interruptedEngine(world, {
      at: ({ operation, keys: [key] }) => operation === 'query' && isLook(world, first, key),
      by: () => {
        const nothing = { millis: undefined, bytes: 0 };
        return retainPartition(retaining, patientCall(retaining), first, nothing);
      },
    });
    expect(await sweep(world, sweeping)).toMatchObject({ deleted: 2, left: 0 });
    await world.time.sleep(day);
    // All but what the tail names.
    expect(await sweep(world)).toMatchObject({ left: 0 });
    expect(await orphans(world, partitions)).toEqual([]);
  }));

/** The second one: it begins behind the fence. */
function isLook({ account }: World, id: PartitionId, key: Key | undefined): boolean {
  const head = account.stored.peek(headKey(id));
  return key?.pk === partitionPk(id) && (head?.['w'] as number) > 0;
}
