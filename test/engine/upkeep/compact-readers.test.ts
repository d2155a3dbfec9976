// Who goes from the start of a log to its end within delete.retention.ms learns of every deletion
// of which he has read what was deleted, however often the log is compacted behind him.

import { expect, test } from 'vitest';
import { sweepGraceMillis } from '../../../shared/housekeeping-limits.ts';
import { chunkCacheMillis } from '../../../shared/limits.ts';
import { interruptedEngine } from '../../world/interrupted-engine.ts';
import { inWorld, type World } from '../../world/world.ts';
import { asKafka, hour, KeyedLog, Reader, rounds, stateOf } from './keyed-log.ts';

const minute = 60_000;
const retention = asKafka.deleteRetentionMillis;

/** A key that was written and then deleted, with much between. */
async function deleted(world: World): Promise<KeyedLog> {
  const log = await KeyedLog.create(world);
  await log.putEach(['gone=1', ...rounds(2, ['a', 'b']), 'gone', ...rounds(1, ['a'])]);
  return log;
}

/** It reads the first record, and stops there. */
async function begun(reader: Reader): Promise<Reader> {
  await reader.goOn(1);
  expect(reader.seen).toMatchObject([{ key: 'gone', value: '1' }]);
  return reader;
}

/** Something comes every hour or so, and all is compacted, the last time some seconds before that:
 * weak reads show it then. */
async function busyUntil(world: World, log: KeyedLog, time: number): Promise<void> {
  const start = world.time.now();
  const rounded = Math.floor((time - start) / (hour + 5 * minute));
  for (let round = 1; round <= rounded; round++) {
    const next = start + ((time - start) * round) / rounded - 10_000;
    await world.time.sleep(next - world.time.now());
    await log.putEach(rounds(1, ['c']));
    expect(await log.compact({ dirtyRatioMin: 0 })).toMatchObject({ passes: 1 });
  }
  await world.time.sleep(time - world.time.now());
}

async function knowsAll(log: KeyedLog, reader: Reader): Promise<void> {
  while (!(await reader.goOn()));
  expect(stateOf(reader.seen)).toEqual(stateOf(log.written));
}

test('a slow reader', () =>
  inWorld(1, async (world) => {
    const log = await deleted(world);
    const reader = await begun(new Reader(world));
    await busyUntil(world, log, reader.startedAt + retention - minute);
    await knowsAll(log, reader);
  }));

test('a slow reader in a process that has the chunks of before', () =>
  inWorld(2, async (world) => {
    const log = await deleted(world);
    const engine = world.newEngine();
    await begun(new Reader(world, { engine }));
    await log.compact();
    await world.time.sleep(chunkCacheMillis - minute);
    const reader = await begun(new Reader(world, { engine }));
    await busyUntil(world, log, reader.startedAt + retention - minute);
    await knowsAll(log, reader);
  }));

test('a slow reader who was a moment before a swap that its run had planned for long', () =>
  inWorld(3, async (world) => {
    const log = await deleted(world);
    let reader = new Reader(world);
    const engine = interruptedEngine(world, {
      at: ({ operation, keys }) => operation === 'transact' && keys.length > 2,
      by: async () => {
        await world.time.sleep(sweepGraceMillis - minute);
        reader = await begun(new Reader(world));
      },
    });
    expect(await log.compact({}, engine)).toMatchObject({ objects: 1 });
    await busyUntil(world, log, reader.startedAt + retention - minute);
    await knowsAll(log, reader);
  }));

test('once its time is over, nobody sees the deletion any more, nor what was deleted', () =>
  inWorld(4, async (world) => {
    const log = await deleted(world);
    await busyUntil(world, log, world.time.now() + retention + 3 * hour);
    const keys = (await log.read()).map(({ key }) => key);
    expect(keys).not.toContain('gone');
  }));
