// What one fetch answers, and what stays in memory after it, is bounded by what it really takes: by
// more than keys and values.

import { expect, test } from 'vitest';
import { fetchRecords } from '../../shared/engine/fetch.ts';
import { produceBatches, produceRecords } from '../../shared/engine/produce.ts';
import { recordReplyBytes } from '../../shared/limits.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { inWorld, type World } from '../world/world.ts';

async function fetched(world: World, records: Parameters<typeof produceRecords>[2]['records']) {
  await world.createTopic({ name: 'orders' });
  const engine = world.newEngine();
  await produceRecords(engine, world.call(engine), { topic: 'orders', records });
  return (offset: number, maxBytes: number) => {
    const request = { topic: 'orders', partition: 0, offset, maxBytes, waitMillis: 0 };
    return fetchRecords(engine, world.call(engine), request);
  };
}

test('records without a byte of their own are counted by their place in a reply', async () => {
  await inWorld(1, async (world) => {
    const empty = { key: null, value: null, headers: [] };
    const fetch = await fetched(world, Array(100).fill(empty));
    const first = await fetch(0, 10 * recordReplyBytes);
    expect(first).toMatchObject({ nextOffset: 10, highWatermark: 100 });
    expect(first.records).toHaveLength(10);
    const next = await fetch(first.nextOffset, 10 * recordReplyBytes);
    expect(next.records[0]?.offset).toBe(10);
  });
});

test('headers are counted, and a first record that is larger still comes', async () => {
  await inWorld(2, async (world) => {
    const headers = [{ key: 'h', value: Buffer.alloc(1_000) }];
    const fetch = await fetched(world, Array(5).fill({ key: null, value: null, headers }));
    expect((await fetch(0, 3_000)).records).toHaveLength(2);
    expect((await fetch(3, 1)).records.map(({ offset }) => offset)).toEqual([3]);
  });
});

test('a small batch that is kept does not keep the large buffer it came in', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const records = [{ timestamp: 5, key: null, value: Buffer.from('v'), headers: [] }];
    const batch = encodeBatch({ records, compression: 'none' });
    const large = new Uint8Array(1_000_000);
    large.set(batch, 500_000);
    const bytes = large.subarray(500_000, 500_000 + batch.length);
    await produceBatches(engine, world.call(engine), { topic: 'orders', partition: 0, bytes });
    const kept = [...engine.ranges.values()].flatMap((range) => range.batches);
    expect(kept.map((one) => one.bytes.buffer.byteLength)).toEqual([batch.length]);
  });
});
