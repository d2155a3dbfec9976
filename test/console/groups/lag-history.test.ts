// How a group's lag went, from what looks have seen.

import { expect, test } from 'vitest';
import type { Lag } from '../../../console/engine/replies.ts';
import {
  linesOf,
  noted,
  type Sample,
  sampleOf,
  samplesMax,
} from '../../../console/groups/lag-history.ts';

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
