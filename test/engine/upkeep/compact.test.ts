// Compaction, told simply: what stays, what goes, and when.

import { expect, test } from 'vitest';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { chunkCacheMillis, refsPerChunk } from '../../../shared/limits.ts';
import { inWorld, type World } from '../../world/world.ts';
import { day } from './household.ts';
import { hour, KeyedLog, longCall, Reader, rounds, tombstoneMillis } from './keyed-log.ts';

const nothing = { passes: 0, objects: 0, records: 0 };
test('of every key the last record stays, where it was', () =>
  inWorld(1, async (world) => {
    const log = await KeyedLog.create(world);
    await log.put('once=0');
    await log.putEach(rounds(4, ['a', 'b', 'c']));
    expect(await log.compact()).toEqual({ passes: 1, objects: 1, records: 60 });
    // One record of four chunks is in the tail yet.
    const kept = ['once=0@0', 'a=v60@61', 'b=v61@62', 'c=v62@63', 'a=v63@64'];
    expect(await log.texts()).toEqual(kept);
    await world.time.sleep(hour);
    expect(await log.compact()).toEqual(nothing);
    await log.putEach(rounds(8, ['b']));
    expect(await log.compact()).toEqual({ passes: 1, objects: 1, records: 128 });
    const now = ['once=0@0', 'c=v62@63', 'a=v63@64', 'b=v126@191', 'b=v127@192'];
    expect(await log.texts()).toEqual(now);
  }));

test('a tombstone outlives what it deletes by delete.retention.ms, and then goes by itself', () =>
  inWorld(2, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach(rounds(1, ['a', 'b']));
    await log.put('a');
    await log.putEach(rounds(1, ['c']));
    expect(await log.compact()).toMatchObject({ records: 14 + 1 + 14 });
    const kept = ['b=v15@15', 'a@16', 'c=v14@31', 'c=v15@32'];
    expect(await log.texts()).toEqual(kept);
    await world.time.sleep(tombstoneMillis - hour);
    await log.putEach(rounds(1, ['c']));
    expect(await log.compact({ dirtyRatioMin: 0 })).toMatchObject({ passes: 1, records: 16 });
    const later = ['b=v15@15', 'a@16', 'c=v14@47', 'c=v15@48'];
    expect(await log.texts()).toEqual(later);
    await world.time.sleep(2 * hour);
    expect(await log.compact()).toEqual({ passes: 1, objects: 1, records: 1 });
    expect(await log.texts()).toEqual(later.filter((text) => text !== 'a@16'));
    await world.time.sleep(10 * day);
    expect(await log.compact()).toEqual(nothing);
  }));

test('a tombstone that a merge brought along is timed by the compaction', () =>
  inWorld(3, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach([...rounds(1, ['a']), 'a', ...rounds(1, ['b'])]);
    await world.time.sleep(2 * tombstoneMillis);
    const merger = world.newEngine();
    const merged = await mergePartition(merger, longCall(merger), log.id, 'zstd');
    expect(merged).toMatchObject({ objects: 1 });
    await log.compact();
    expect(await log.texts()).toContain('a@16');
    await world.time.sleep(tombstoneMillis + 1_000);
    await log.compact();
    expect(await log.texts()).toEqual(['b=v14@31', 'b=v15@32']);
  }));

test('what is younger than min.compaction.lag.ms is not touched, nor what it supersedes', () =>
  inWorld(4, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach(rounds(2, ['a', 'b'], 'old'));
    await world.time.sleep(2 * hour);
    await log.putEach(rounds(2, ['a', 'b'], 'young'));
    expect(await log.compact({ lagMillisMin: hour })).toMatchObject({ records: 30 });
    const texts = await log.texts();
    expect(texts.slice(0, 2)).toEqual(['a=old30@30', 'b=old31@31']);
    expect(texts).toHaveLength(2 + 32);
    expect(await log.compact({ lagMillisMin: hour })).toEqual(nothing);
    await world.time.sleep(hour + 1);
    expect(await log.compact({ lagMillisMin: hour })).toMatchObject({ passes: 1, records: 32 });
    expect(await log.texts()).toEqual(['a=young30@62', 'b=young31@63']);
  }));

test('a log in which nothing is superseded is looked at, and not written', () =>
  inWorld(5, async (world) => {
    const log = await KeyedLog.create(world);
    const unique = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `k${from + index}=v`);
    await log.putEach(unique(0, 64));
    expect(await log.compact()).toEqual({ passes: 1, objects: 1, records: 0 });
    await world.time.sleep(hour);
    await log.putEach(unique(64, 64));
    const bill = { ...world.account.bill };
    expect(await log.compact({ chunksMax: 4 })).toEqual({ passes: 1, objects: 1, records: 0 });
    expect(world.account.bill.objectPuts - bill.objectPuts).toBe(1);
    expect(await log.texts()).toHaveLength(128);
  }));

test('looking whether something is due costs a few reads, and no object is read', () =>
  inWorld(6, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach(rounds(8, ['a', 'b']));
    await log.compact({ dirtyRatioMin: 0 });
    await log.putEach(rounds(1, ['c']));
    const bill = { ...world.account.bill };
    expect(await log.compact()).toEqual(nothing);
    const { readUnits, writeUnits, objectReads } = world.account.bill;
    expect(readUnits - bill.readUnits).toBe(3);
    expect(writeUnits - bill.writeUnits).toBe(0);
    expect(objectReads - bill.objectReads).toBe(0);
  }));

test('records without a key stay', () =>
  inWorld(7, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putKeyless('x', null, 'y');
    await log.putEach(rounds(2, ['a']));
    await log.compact();
    expect(await log.texts()).toEqual(['null=x@0', 'null@1', 'null=y@2', 'a=v30@33', 'a=v31@34']);
  }));

async function merged(world: World, log: KeyedLog) {
  const engine = world.newEngine();
  return mergePartition(engine, longCall(engine), log.id, 'zstd');
}

test('compaction merges what it passes over, and merges go on behind it', () =>
  inWorld(8, async (world) => {
    const log = await KeyedLog.create(world);
    const unique = Array.from({ length: 10 * refsPerChunk }, (_, index) => `k${index}=v`);
    await log.putEach(unique);
    await log.compact();
    await world.time.sleep(hour);
    expect(await merged(world, log)).toMatchObject({ objects: 0 });
    const bill = { ...world.account.bill };
    await log.read();
    expect(world.account.bill.objectReads - bill.objectReads).toBe(1);
    await log.putEach(rounds(3, ['a', 'b']));
    await world.time.sleep(hour);
    expect(await merged(world, log)).toMatchObject({ objects: 1, chunks: 3 });
    await log.putEach(rounds(30, ['a', 'b']));
    await world.time.sleep(hour);
    // The small ones before are taken along.
    expect(await merged(world, log)).toMatchObject({ objects: 1, chunks: 43 });
    await log.compact();
    expect(await log.texts()).toEqual([
      ...unique.map((_, index) => `k${index}=v@${index}`),
      `a=v478@${160 + 48 + 478}`,
      `b=v479@${160 + 48 + 479}`,
    ]);
  }));

test('who keeps chunks that were compacted reads by them only for a while', () =>
  inWorld(9, async (world) => {
    const log = await KeyedLog.create(world);
    await log.putEach(rounds(2, ['a']));
    const engine = world.newEngine();
    const whole = async () => {
      const reader = new Reader(world, { engine });
      while (!(await reader.goOn()));
      return reader.seen.length;
    };
    expect(await whole()).toBe(32);
    await log.compact();
    await world.time.sleep(chunkCacheMillis / 2);
    expect(await whole()).toBe(32);
    await world.time.sleep(chunkCacheMillis / 2);
    expect(await whole()).toBe(1);
  }));
