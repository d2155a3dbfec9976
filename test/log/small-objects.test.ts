// What merges and compactions know of the objects that may yet be merged: those at the end, back to
// back, so that a merge takes along nothing that is large already.

import { expect, test } from 'vitest';
import { mergeBytesAim } from '../../shared/housekeeping-limits.ts';
import { afterCompaction, afterMerge } from '../../shared/log/merge-plan.ts';

const small = [
  { base: 100, bytes: 40 },
  { base: 200, bytes: 30 },
  { base: 300, bytes: 20 },
];
const large = mergeBytesAim / 4 + 1;

test('behind an object that is large, nothing before it is small any more', () => {
  const plan = { from: 300, to: 400, kept: small.slice(0, 2) };
  expect(afterMerge(plan, 50)).toEqual([...small.slice(0, 2), { base: 300, bytes: 50 }]);
  expect(afterMerge(plan, large)).toEqual([]);
});

test('a compaction closes what it has rewritten, unless it is at the end', () => {
  const before = { mergedTo: 400, small };
  const after = (base: number, end: number, bytes: number) =>
    afterCompaction(before, { base, end, bytes });
  expect(after(0, 100, 10)).toEqual(before);
  expect(after(50, 200, 10)).toEqual({ mergedTo: 400, small: small.slice(1) });
  expect(after(200, 400, 10)).toEqual({ mergedTo: 400, small: [{ base: 200, bytes: 10 }] });
  expect(after(200, 500, 10)).toEqual({ mergedTo: 500, small: [{ base: 200, bytes: 10 }] });
  expect(after(200, 500, large)).toEqual({ mergedTo: 500, small: [] });
  // All of it may stay as it is.
  expect(after(50, 300, 0)).toEqual(before);
  expect(after(300, 500, 0)).toEqual({ mergedTo: 500, small: [] });
});
