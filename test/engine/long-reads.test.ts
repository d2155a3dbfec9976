// Reads of many small appends: chunks are asked for many at once, the work of one fetch is bounded,
// and what lies before the asked offset does not count.

import { expect, test } from 'vitest';
import { memoryObjects } from '../../local/memory-objects.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { fetchBatches } from '../../shared/engine/fetch.ts';
import { fetchRefsMax, refsPerChunk } from '../../shared/limits.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { fetchFrom, produce } from '../world/story.ts';
import { inWorld } from '../world/world.ts';

test('one fetch goes through a thousand appends, by three queries, and no further', async () => {
  await inWorld(1, async (base) => {
    const parts = { table: base.account.stored, clock: base.time, chance: seededChance(1) };
    const objects = memoryObjects();
    const world = { ...base, newEngine: () => createEngine({ ...parts, objects }) };
    await world.createTopic({ name: 'orders' });
    const writer = world.newEngine();
    const appends = fetchRefsMax + 4 * refsPerChunk;
    for (let append = 0; append < appends; append++) await produce(world, writer, ['v']);
    await writer.background.idle();
    await world.time.sleep(2_000);
    const reader = world.newEngine();
    const call = world.call(reader);
    const fetched = await fetchFrom(world, reader, 0, { call });
    expect(fetched).toMatchObject({ nextOffset: fetchRefsMax, highWatermark: appends });
    expect(fetched.records).toHaveLength(fetchRefsMax);
    expect(call.operations.tableQueries).toBe(3);
  });
});

test('batches of an append below the asked offset leave room for what follows', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['first']);
    // Ten requests that share one append, and one that follows.
    await Promise.all(Array.from({ length: 10 }, () => produce(world, engine, ['shared'])));
    await produce(world, engine, ['follow']);
    const place = { topic: 'orders', partition: 0, waitMillis: 0 };
    const all = { ...place, offset: 0, maxBytes: 1_000_000 };
    const split = splitBatches((await fetchBatches(engine, world.call(engine), all)).bytes);
    const lengths = split.kind === 'batches' ? split.headers.map(({ length }) => length) : [];
    const maxBytes = lengths.slice(-3).reduce((sum, length) => sum + length, 0);
    const last = { ...place, offset: lengths.length - 3, maxBytes };
    const { bytes, nextOffset } = await fetchBatches(engine, world.call(engine), last);
    expect([bytes.length, nextOffset]).toEqual([maxBytes, lengths.length]);
  });
});
