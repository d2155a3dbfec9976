// How long a target asks to be left alone, in both forms of the header.

import { expect, test } from 'vitest';
import { retryAfterMillis } from '../../shared/ports/retry-after.ts';

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

test.each([
  ['0', 0],
  ['120', 120_000],
  ['9'.repeat(400), Number.POSITIVE_INFINITY],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['soon', undefined],
  ['Sun, 06 Nov 1994 08:49:37', undefined],
  ['Sun Nov  6 08:49:37 1994', undefined],
  ['Sun, 06 Nox 1994 08:49:37 GMT', undefined],
  ['1994-11-06T08:49:37Z', undefined],
])('%j', (text, millis) => {
  expect(retryAfterMillis(text, now)).toBe(millis);
});

test('who has no clock reads no date', () => {
  expect(retryAfterMillis('7')).toBe(7_000);
  expect(retryAfterMillis('Sun, 06 Nov 1994 08:49:37 GMT')).toBeUndefined();
});
