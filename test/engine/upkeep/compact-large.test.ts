// Logs that are larger than a run, a pass or a transaction: what one leaves, the next goes on with.

import { expect, test } from 'vitest';
import { deleteRecords } from '../../../shared/engine/delete-records.ts';
import { openCall } from '../../../shared/engine/engine.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { compactPartition } from '../../../shared/engine/upkeep/compact-partition.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { readChunk } from '../../../shared/log/chunk.ts';
import { chunksPerSwapMax } from '../../../shared/log/rewrite.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import { chunkKey, chunkSk, partitionPk } from '../../../shared/store/items.ts';
import { interruptedEngine } from '../../world/interrupted-engine.ts';
import { inWorld, type World } from '../../world/world.ts';
import { sweep } from './household.ts';
import {
  asKafka,
  hour,
  KeyedLog,
  longCall,
  rounds,
  stateOf,
  tombstoneMillis,
} from './keyed-log.ts';

/** Appends of several processes at once. */
async function putFast(world: World, log: KeyedLog, chunks: number): Promise<void> {
  const timestamp = world.time.now();
  const processes = Array.from({ length: 16 }, () => world.newEngine());
  await Promise.all(
    processes.map(async (engine, process) => {
      for (let round = 0; round < chunks; round++) {
        const [key, value] = [`k${(round * 16 + process) % 50}`, `v${round}`];
        const bytes = { key: Buffer.from(key), value: Buffer.from(value), headers: [] };
        const records = [{ ...bytes, timestamp, partition: 0 }];
        const call = longCall(engine);
        const [entry] = await produceRecords(engine, call, { topic: 'orders', records });
        if (entry === undefined || 'error' in entry) throw new Error('nothing fails here');
        log.written[entry.offset] = { offset: entry.offset, key, value, timestamp };
        await engine.background.idle();
      }
    }),
  );
}

test('a swap of many chunks is several transactions, and may end between them', () =>
  inWorld(1, async (world) => {
    const log = await KeyedLog.create(world);
    await putFast(world, log, 2 * chunksPerSwapMax + 4);
    let swaps = 0;
    const engine = interruptedEngine(world, {
      at: ({ operation, keys }) => {
        if (operation === 'transact' && keys.length > 2) swaps++;
        return swaps === 2;
      },
      by: async () => {
        throw new Error('it ends here');
      },
    });
    await expect(log.compact({}, engine)).rejects.toThrow('it ends here');
    await log.check();
    const at = chunksPerSwapMax * refsPerChunk;
    expect((await log.compaction())?.pass).toMatchObject({ at });
    expect(await log.compact()).toMatchObject({ passes: 1, objects: 1 });
    await log.check();
    const left = (await log.read()).filter(({ offset }) => offset < at);
    expect(left).toEqual([]);
  }));

test('runs that have no time for all go on where the one before was', () =>
  inWorld(2, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach([...rounds(6, ['a', 'b', 'c']), 'a', ...rounds(2, ['b'])]);
    const positions: number[] = [];
    for (let passes = 0; passes === 0; ) {
      const engine = world.newEngine();
      const call = openCall(engine, { deadline: (engine.clock.now() + 500) as EpochMillis });
      const options = { ...asKafka, chunksMax: 1 };
      const run = compactPartition(engine, call, log.id, options).catch(() => ({ passes: 0 }));
      passes = (await run).passes;
      await log.check();
      const { cleanedTo = 0, pass } = (await log.compaction()) ?? {};
      positions.push(pass?.at ?? cleanedTo);
      expect(positions.length).toBeLessThan(30);
    }
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
    expect(positions.at(-1)).toBe(128);
    expect(new Set(positions).size).toBeGreaterThan(4);
    expect(stateOf(await log.read()).size).toBe(2);
  }));

test('a chunk of more keys than memory takes several passes', () =>
  inWorld(3, async (world) => {
    const log = await KeyedLog.create(world);
    const many = (from: number, count: number, value: string) =>
      Array.from({ length: count }, (_, index) => `k${from + index}${value}`);
    await log.put(...many(0, 30, '=old'));
    await log.put(...many(0, 10, ''));
    for (let append = 0; append < 14; append++) await log.put(...many(5, 20, `=${append}`));
    const cleanedTo: number[] = [];
    while (cleanedTo.at(-1) !== log.written.length) {
      expect(cleanedTo.length).toBeLessThan(30);
      await world.time.sleep(hour);
      await log.compact({ keysMax: 12, dirtyRatioMin: 0 });
      await log.check();
      cleanedTo.push((await log.compaction())?.cleanedTo ?? 0);
    }
    // Twelve keys at a time.
    expect(cleanedTo.slice(0, 3)).toEqual([12, 24, 36]);
    await world.time.sleep(tombstoneMillis);
    await log.compact({ keysMax: 12 });
    expect((await log.read()).length).toBe(5 + 20);
  }));

test('a chunk of which nothing is left is there for those who pass over it', () =>
  inWorld(4, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach([...rounds(3, ['a']), ...rounds(1, ['b'])]);
    await log.compact();
    const range = { pk: partitionPk(log.id), from: chunkSk(0), to: chunkSk(1_000), limit: 10 };
    const chunks = world.account.stored.peekRange(range).map(readChunk);
    const places = chunks.map((chunk) => [chunk.baseOffset, chunk.endOffset, chunk.length]);
    expect(places).toEqual(
      [0, 1, 2, 3].map((at) => [at * refsPerChunk, (at + 1) * refsPerChunk, 1]),
    );
    expect(await log.texts()).toEqual(['a=v47@47', 'b=v15@63']);
  }));

test('chunks below the log start that a roller has put back are not looked at', () =>
  inWorld(5, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach(rounds(4, ['a', 'b', 'c']));
    const { stored } = world.account;
    const first = stored.peek(chunkKey(log.id, 0)) as Item;
    const engine = world.newEngine();
    const place = { topic: 'orders', partition: 0, before: refsPerChunk };
    await deleteRecords(engine, longCall(engine), place);
    const bounds = { millis: undefined, bytes: undefined };
    await retainPartition(engine, longCall(engine), log.id, bounds);
    await world.time.sleep(hour);
    await sweep(world);
    await stored.write({ put: first });
    expect(await log.compact()).toMatchObject({ passes: 1, records: 45 });
    await log.check(refsPerChunk);
  }));
