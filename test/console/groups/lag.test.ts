// How far behind partitions are, together.

import { expect, test } from 'vitest';
import { behindText, longestLag, totalLag } from '../../../console/groups/lag.ts';

const partitions = (...millis: readonly (number | null)[]) =>
  millis.map((lag_ms, partition) => ({ lag: 10 ** partition, lag_ms }));

test('records of all partitions', () => {
  expect([totalLag([]), totalLag(partitions(null, 5, 9))]).toEqual([0, 111]);
});

test('the longest time of those that are known', () => {
  expect(longestLag(partitions(null, 2_000, 65_000, 3_000))).toBe(65_000);
  expect(longestLag(partitions(0, null)), 'none is not the same as not known').toBe(0);
  expect([longestLag([]), longestLag(partitions(null, null))]).toEqual([null, null]);
  expect([behindText(65_000), behindText(null)]).toEqual(['1 min 5 s', 'not known']);
});
