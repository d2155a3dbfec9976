// Numbers and times as the console writes them.

import { expect, test } from 'vitest';
import {
  atLeast,
  bytesText,
  countOf,
  countText,
  durationText,
  rateText,
  timeText,
} from '../../../console/page/formats.ts';

test('sizes', () => {
  const sizes = [0, 1, 1_023, 1_024, 1_536, 10_000, 1_048_576, 123_456_789, 2 ** 40, 2 ** 60];
  expect(sizes.map(bytesText)).toEqual([
    '0 B',
    '1 B',
    '1,023 B',
    '1 KiB',
    '1.5 KiB',
    '9.77 KiB',
    '1 MiB',
    '118 MiB',
    '1 TiB',
    '1,020 PiB',
  ]);
});

test('counts and rates', () => {
  expect(countText(1_234_567)).toBe('1,234,567');
  expect([countOf(0, 'record'), countOf(1, 'record'), countOf(2_000, 'record')]).toEqual([
    '0 records',
    '1 record',
    '2,000 records',
  ]);
  expect([atLeast('5', false), atLeast('5', true)]).toEqual(['5', 'at least 5']);
  expect([undefined, 0, 0.2512, 12.345, 99.96, 1_240.4].map(rateText)).toEqual([
    '…',
    '0',
    '0.251',
    '12.3',
    '100',
    '1,240',
  ]);
});

test('times', () => {
  expect(timeText(1_769_860_800_000)).toBe('2026-01-31T12:00:00.000Z');
  expect([timeText(-1), timeText(2 ** 47)]).toEqual(['no time', '6429-10-17T02:45:55.328Z']);
  expect(timeText(9e15)).toBe('9000000000000000');
});

test('durations', () => {
  const millis = [0, 999, 1_000, 59_400, 60_000, 200_000, 3_600_000, 7_500_000, 273_600_000];
  expect(millis.map(durationText)).toEqual([
    '0 ms',
    '999 ms',
    '1 s',
    '59 s',
    '1 min',
    '3 min 20 s',
    '1 h',
    '2 h 5 min',
    '3 d 4 h',
  ]);
});
