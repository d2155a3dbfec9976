// How fast a topic grows, from what looks have seen, and how large it is.

import { expect, test } from 'vitest';
import type { PartitionSize } from '../../../console/engine/replies.ts';
import { ratesIn, ratesOf, totalOf } from '../../../console/topics/rates.ts';

function sizeOf(partition: number, said: Partial<PartitionSize> = {}): PartitionSize {
  const nothing = {
    log_start_offset: 0,
    log_end_offset: 0,
    counted_from: 0,
    segments: 0,
    bytes: 0,
  };
  return { partition, ...nothing, ...said };
}

test('a rate is what the ends have moved on, and that many records of the mean size', () => {
  const before = { data: [sizeOf(0, { log_end_offset: 100, bytes: 1_000 }), sizeOf(1)], at: 1_000 };
  const data = [
    sizeOf(0, { log_end_offset: 150, bytes: 1_500 }),
    sizeOf(1, { log_end_offset: 50, counted_from: 40, bytes: 200 }),
  ];
  expect(ratesOf(before, { data, at: 6_000 })).toEqual({
    recordsPerSecond: 20,
    bytesPerSecond: (50 * 10 + 50 * 20) / 5,
  });
});

test('merges and retention slow nothing down, and a topic made anew is no growth', () => {
  const before = { data: [sizeOf(0, { log_end_offset: 100, bytes: 10_000 })], at: 0 };
  const merged = [
    sizeOf(0, { log_start_offset: 100, counted_from: 100, log_end_offset: 110, bytes: 100 }),
  ];
  expect(ratesOf(before, { data: merged, at: 1_000 })?.bytesPerSecond).toBe(100);
  const anew = [sizeOf(0, { log_end_offset: 3, bytes: 30 }), sizeOf(1, { log_end_offset: 9 })];
  const nothing = { recordsPerSecond: 0, bytesPerSecond: 0 };
  expect(ratesOf(before, { data: anew, at: 1_000 })).toEqual(nothing);
});

test('of one look alone there is no rate', () => {
  const now = { data: [sizeOf(0)], at: 5 };
  expect(ratesOf(undefined, now)).toBeUndefined();
  expect(ratesOf(now, now)).toBeUndefined();
  const look = { data: { partitions: now.data, next_partition: null }, at: now.at };
  expect([ratesIn({}), ratesIn({ now: look })]).toEqual([undefined, undefined]);
  const nothing = { recordsPerSecond: 0, bytesPerSecond: 0 };
  expect(ratesIn({ now: look, before: { ...look, at: 1 } })).toEqual(nothing);
});

test('totals say whether all of it was counted', () => {
  const whole = sizeOf(0, { log_start_offset: 5, counted_from: 5, log_end_offset: 9, bytes: 7 });
  expect(totalOf([whole, whole])).toEqual({ records: 8, segments: 0, bytes: 14, isPart: false });
  expect(totalOf([whole, sizeOf(1, { log_end_offset: 9, counted_from: 3 })]).isPart).toBe(true);
});
