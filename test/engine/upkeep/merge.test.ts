// Merging: many small appends become one object, and nobody who reads sees a difference.

import { expect, test } from 'vitest';
import { fetchRecords } from '../../../shared/engine/fetch.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import type { PartitionId } from '../../../shared/ids.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const day = 24 * 60 * 60 * 1000;

async function readAll(world: World, partition = 0) {
  const engine = world.newEngine();
  const records: string[] = [];
  for (let offset = 0; ; ) {
    const request = { topic: 'orders', partition, offset, maxBytes: 1_000_000, waitMillis: 0 };
    const got = await fetchRecords(engine, world.call(engine), request);
    for (const one of got.records) {
      records.push(`${one.offset} ${one.timestamp} ${Buffer.from(one.value ?? []).toString()}`);
    }
    if (got.nextOffset === offset) return records;
    offset = got.nextOffset;
  }
}

test('what was merged reads as it did before', () =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const id: PartitionId = { topicId, partition: 0 };
    const engine = world.newEngine();
    for (let round = 0; round < 100; round++) await produce(world, engine, [`v${round}`, 'w']);
    const before = await readAll(world);
    await world.time.sleep(day);
    const merger = world.newEngine();
    const merged = await mergePartition(merger, world.call(merger), id, 'zstd');
    expect(merged).toMatchObject({ objects: 1, chunks: 6 });
    // Weak reads may show it later.
    await world.time.sleep(day);
    const bill = { ...world.account.bill };
    expect(await readAll(world)).toEqual(before);
    // Six chunks in one object, and four refs of the tail.
    expect(world.account.bill.objectReads - bill.objectReads).toBeLessThanOrEqual(1 + 4);
    // Nothing more is due.
    const again = await mergePartition(merger, world.call(merger), id, 'zstd');
    expect(again).toMatchObject({ objects: 0 });
  }));
