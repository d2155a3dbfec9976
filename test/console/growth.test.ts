// How fast a topic grows, and how a lag went: from what looks have seen.

import { expect, test } from 'vitest';
import { linesOf, noted, type Sample, sampleOf, samplesMax } from '../../console/lag-history.ts';
import { ratesOf, totalOf } from '../../console/rates.ts';
import type { Lag, PartitionSize } from '../../console/replies.ts';

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
});

test('totals say whether all of it was counted', () => {
  const whole = sizeOf(0, { log_start_offset: 5, counted_from: 5, log_end_offset: 9, bytes: 7 });
  expect(totalOf([whole, whole])).toEqual({ records: 8, segments: 0, bytes: 14, isPart: false });
  expect(totalOf([whole, sizeOf(1, { log_end_offset: 9, counted_from: 3 })]).isPart).toBe(true);
});

function lagOf(partition_id: number, lag: number): Lag {
  const place = { topic_name: 'orders', partition_id, consumer_id: '' };
  return { ...place, current_offset: 0, log_end_offset: lag, lag, lag_ms: null };
}

test('a history is of looks that follow each other, and ends some time', () => {
  let history: readonly Sample[] = [];
  for (let look = 0; look < samplesMax + 5; look++) {
    history = noted(history, sampleOf([lagOf(0, look)], look));
    history = noted(history, sampleOf([lagOf(0, 999)], look));
  }
  expect(history).toHaveLength(samplesMax);
  expect([history[0]?.total, history.at(-1)?.total]).toEqual([5, samplesMax + 4]);
});

test('lines are the total and those that are furthest behind now', () => {
  const lags = [3, 9, 1, 7, 5, 8, 2].map((lag, partition) => lagOf(partition, lag));
  const history = [sampleOf([lagOf(1, 4)], 1), sampleOf(lags, 2)];
  const lines = linesOf(history);
  expect(lines.map(({ name }) => name)).toEqual([
    'all partitions',
    ...[1, 5, 3, 4, 0].map((partition) => `orders-${partition}`),
  ]);
  expect(lines[0]?.values).toEqual([4, 35]);
  expect(lines[1]?.values).toEqual([4, 9]);
  expect(lines[2]?.values, 'nothing was committed then').toEqual([null, 8]);
  expect(linesOf([sampleOf([lagOf(0, 4)], 1)]), 'one is all of them').toHaveLength(1);
  expect(linesOf([])).toEqual([{ name: 'all partitions', values: [] }]);
});
