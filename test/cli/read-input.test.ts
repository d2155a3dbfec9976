// The lines of what comes in pieces.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../cli/read-input.ts';

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
