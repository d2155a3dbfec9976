// Places in a log, as people say them; and the lines of what comes in pieces.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeIn } from '../../cli/place.ts';
import { linesOf } from '../../cli/read-input.ts';

test('each word is one place, and another word none', () => {
  expect(placeIn('beginning')).toEqual({ kind: 'beginning' });
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
  const none = ['2026-01-31T10:30', '2026-13-01', 'latest', '-0', '-', '', '1.5', '3w', '@', '1e3'];
  for (const text of none) expect([text, placeIn(text)]).toEqual([text, undefined]);
});

test('lines are the same however their bytes are cut', async () => {
  const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r\n', '\r', ''), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 8 }), async (letters, cuts) => {
      const all = Buffer.from(letters.join(''));
      const ends = [...new Set([...cuts.filter((cut) => cut < all.length), all.length])];
      ends.sort((one, other) => one - other);
      async function* pieces() {
        let from = 0;
        for (const end of ends) {
          yield all.subarray(from, end);
          from = end;
        }
      }
      const found: string[] = [];
      for await (const lines of linesOf(pieces())) found.push(...lines.map(String));
      const expected = all.toString().split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(found).toEqual(expected.map((line) => line.replace(/\r$/, '')));
    }),
  );
});
