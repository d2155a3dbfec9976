// Places in a log, as people say them.

import { expect, test } from 'vitest';
import { placeIn } from '../../cli/place.ts';

test('each word is one place, and another word none', () => {
  expect(placeIn('beginning')).toEqual({ kind: 'beginning' });
  expect([placeIn('earliest'), placeIn('latest')]).toEqual([
    { kind: 'beginning' },
    { kind: 'end' },
  ]);
  expect(placeIn('0')).toEqual({ kind: 'offset', offset: 0 });
  expect(placeIn('-3')).toEqual({ kind: 'last', count: 3 });
  expect(placeIn('90m')).toEqual({ kind: 'ago', millis: 5_400_000 });
  const time = (text: string) => placeIn(text);
  expect(time('@5')).toEqual({ kind: 'time', millis: 5 });
  expect(time('2026-01-31')).toEqual({ kind: 'time', millis: Date.UTC(2026, 0, 31) });
  expect(time('2026-01-31T10:30+02:00')).toEqual({
    ...{ kind: 'time', millis: Date.UTC(2026, 0, 31, 8, 30) },
  });
  // Without an offset from UTC it would be another time on each machine.
  const none = ['2026-01-31T10:30', '2026-13-01', '-0', '-', '', '1.5', '3w', '@', '1e3'];
  for (const text of none) expect([text, placeIn(text)]).toEqual([text, undefined]);
});

test('a day that the calendar does not have is none', () => {
  const noDays = ['2026-02-30', '2026-02-29T10:00Z', '2026-04-31', '2026-01-00', '2026-01-32'];
  for (const text of noDays) expect([text, placeIn(text)]).toEqual([text, undefined]);
  expect(placeIn('2028-02-29')).toEqual({ kind: 'time', millis: Date.UTC(2028, 1, 29) });
});
