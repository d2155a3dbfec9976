// An index that has lost something names less than it did, and what it does not name any more may
// be all that is left to build it from: nothing of such a partition is swept, and all else is. What
// retention drops between two looks is not lost.

import { expect, test } from 'vitest';
import { createEngine } from '../../../shared/engine/engine.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import type { PartitionId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import type { Item, Key } from '../../../shared/store/algebra.ts';
import { chunkKey, headKey, partitionPk } from '../../../shared/store/items.ts';
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
    const perhapsLost = keyIn === headKey ? 3 * refsPerChunk + 1 : refsPerChunk;
    expect(await sweep(world)).toMatchObject({ deleted: 1, left: perhapsLost + 1 });
    expect(await storedObjects(world)).toHaveLength(before.length - 1);
    await stored.write({ put: item });
    await acknowledged.check(world);
    await world.time.sleep(day);
    expect(await sweep(world)).toMatchObject({ deleted: 1, left: 0 });
    expect(await orphans(world, [first, second])).toEqual([]);
  }),
);

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
