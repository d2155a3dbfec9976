// A compaction that freezes before any of its steps, for days, while others append, merge, compact,
// retain and sweep: nothing of what it does late is seen.

import { expect, test } from 'vitest';
import { deleteRecords } from '../../../shared/engine/delete-records.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { inWorld, type World } from '../../world/world.ts';
import { day, orphans, sweep } from './household.ts';
import { hour, KeyedLog, longCall, rounds, tombstoneMillis } from './keyed-log.ts';

/** A pass of few keys, and a swap for every chunk. */
const inSteps = { dirtyRatioMin: 0, keysMax: 4, chunksMax: 1 };

/** Compacted once, with tombstones that may go now, and keys that come back and go. */
async function history(world: World): Promise<KeyedLog> {
  const log = await KeyedLog.create(world);
  await log.putEach([...rounds(2, ['a', 'b', 'c', 'd']), 'a', 'gone=1', 'gone', 'c', 'b', 'e=1']);
  await log.putEach(rounds(1, ['d']));
  await log.compact(inSteps);
  await world.time.sleep(tombstoneMillis + hour);
  await log.putEach(['a=again', 'd', ...rounds(1, ['f', 'e']), 'f', ...rounds(1, ['g', 'c'])]);
  return log;
}

type Meanwhile = (world: World, log: KeyedLog) => Promise<{ readonly logStart: number }>;

const meanwhile: Readonly<Record<string, Meanwhile>> = {
  'others append and merge': async (world, log) => {
    await log.putEach(['e', 'gone=2', ...rounds(2, ['a', 'g'])]);
    await world.time.sleep(hour);
    const engine = world.newEngine();
    await mergePartition(engine, longCall(engine), log.id, 'zstd');
    return { logStart: 0 };
  },
  'another compacts, and all tombstones go': async (world, log) => {
    await log.putEach(['e', 'f', 'g', 'd=back', ...rounds(2, ['a'])]);
    // First the pass that was begun, then what came since, then its tombstones.
    for (const sleepMillis of [hour, hour, tombstoneMillis]) {
      await world.time.sleep(sleepMillis);
      await log.compact({ dirtyRatioMin: 0 });
    }
    const tombstones = (await log.read()).filter(({ value }) => value === null);
    expect(tombstones).toEqual([]);
    return { logStart: 0 };
  },
  'another gets no further than a swap': async (world, log) => {
    await world.time.sleep(hour);
    const other = await freezing(world, 8, (engine) => log.compact(inSteps, engine));
    expect(other.isFrozen).toBe(true);
    return { logStart: 0 };
  },
  'the log start is raised into a chunk, and what is below goes': async (world, log) => {
    const engine = world.newEngine();
    const logStart = 40;
    const place = { topic: 'orders', partition: 0 };
    await deleteRecords(engine, longCall(engine), { ...place, before: logStart });
    const bounds = { millis: undefined, bytes: undefined };
    await retainPartition(engine, longCall(engine), log.id, bounds);
    return { logStart };
  },
  'what it has written is swept': async (world) => {
    await world.time.sleep(2 * day);
    await sweep(world);
    return { logStart: 0 };
  },
};

for (const [name, act] of Object.entries(meanwhile)) {
  test(name, async () => {
    let steps = 0;
    for (let isFrozen = true; isFrozen; steps++) {
      isFrozen = await inWorld(100 + steps, async (world) => {
        const log = await history(world);
        const frozen = await freezing(world, steps, (engine) => log.compact(inSteps, engine));
        const { logStart } = await act(world, log);
        await log.check(logStart);
        const thawed = await frozen.thaw();
        if (thawed instanceof Error) expect(thawed).toMatchObject({ outcome: 'retriable' });
        await log.check(logStart);
        await world.time.sleep(hour);
        await log.compact(inSteps);
        await log.check(logStart);
        await sweep(world);
        expect(await orphans(world, [log.id])).toEqual([]);
        await log.check(logStart);
        return frozen.isFrozen;
      });
    }
    expect(steps).toBeGreaterThan(12);
  });
}
