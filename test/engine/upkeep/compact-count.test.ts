// How much of a partition is dirty is counted once, however long it is not enough for a pass.

import { expect, test } from 'vitest';
import { segmentIdOf } from '../../../shared/ids.ts';
import { chunkOf } from '../../../shared/log/chunk.ts';
import { readCompaction } from '../../../shared/log/compaction.ts';
import { encodeRef } from '../../../shared/log/ref.ts';
import { newRewrites } from '../../../shared/log/rewrite.ts';
import { headItem, headKey, rewriteItem } from '../../../shared/store/items.ts';
import { inWorld, type World } from '../../world/world.ts';
import { hour, KeyedLog } from './keyed-log.ts';

const bytes = 1_000;

/** Chunks of which the index tells, and no more. */
async function withChunks(world: World, log: KeyedLog, from: number, to: number): Promise<void> {
  const { stored } = world.account;
  const segment = segmentIdOf(world.time.now(), new Uint8Array(10));
  const timestampMax = world.time.now();
  const ref = encodeRef({ segment, position: 0, length: bytes, count: 10, timestampMax });
  for (let chunk = from; chunk < to; chunk++) {
    const baseOffset = chunk * 10;
    const timeThrough = timestampMax;
    await stored.write({ put: chunkOf(log.id, { baseOffset, refs: [ref], timeThrough }) });
  }
  const end = { value: to * 10 };
  await stored.write({
    update: headKey(log.id),
    actions: [
      { set: headItem.tailBase, to: end },
      { set: headItem.nextOffset, to: end },
    ],
  });
}

test('a long dirty part is counted once', () =>
  inWorld(1, async (world) => {
    const log = await KeyedLog.create(world);
    const cleaned = { ...readCompaction(undefined), cleanedTo: 10, dirtyFrom: 10 };
    const compaction = JSON.stringify({ ...cleaned, cleanBytes: 2_000 * bytes });
    const item = { ...newRewrites(log.id), [rewriteItem.compaction]: compaction };
    await world.account.stored.write({ put: item });
    await withChunks(world, log, 0, 600);
    const unitsOf = async (options: Parameters<KeyedLog['compact']>[0] = {}) => {
      const before = { ...world.account.bill };
      expect(await log.compact(options)).toMatchObject({ passes: 0 });
      const { readUnits, writeUnits } = world.account.bill;
      return [readUnits - before.readUnits, writeUnits - before.writeUnits];
    };
    const [first, kept] = await unitsOf();
    expect(kept).toBe(1);
    const counted = { chunks: 599, bytes: 599 * bytes, end: 6_000 };
    expect((await log.compaction())?.counted).toMatchObject(counted);
    await withChunks(world, log, 600, 603);
    expect(await unitsOf()).toEqual([3, 0]);
    // By a longer lag all of them are looked at anew.
    await world.time.sleep(2 * hour);
    const [again, keptAnew] = await unitsOf({ lagMillisMin: hour });
    expect([again, keptAnew]).toEqual([first, 1]);
    expect((await log.compaction())?.counted).toMatchObject({ chunks: 602, lagMillisMin: hour });
  }));
