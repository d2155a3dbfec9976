// What is known is old once its time is over, and also when the clock says that it is of the
// future: one that was set back an hour makes nothing good for an hour more.

import { expect, test } from 'vitest';
import { isFresh } from '../../shared/engine/is-fresh.ts';
import type { EpochMillis } from '../../shared/ids.ts';

test.each([
  [1_000, true],
  [1_009, true],
  [1_010, false],
  [999, false],
  [-3_600_000, false],
])('read at 1000, good for 10: at %i %j', (now, expected) => {
  expect(isFresh(1_000 as EpochMillis, now as EpochMillis, 10)).toBe(expected);
});
