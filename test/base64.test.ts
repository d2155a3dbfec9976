// Base64 is taken in its one canonical form.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../shared/base64.ts';

test('base64 is what encoding its bytes gives again, and nothing else', () => {
  const letters = fc.constantFrom(...'AQgwEIMUYckos048+/=-_ \n*é\u0141'.split(''));
  const text = fc.oneof(
    fc.string({ unit: letters, maxLength: 12 }),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  );
  fc.assert(
    fc.property(text, (given) => {
      const bytes = decodeBase64(given);
      const again = Buffer.from(given, 'base64');
      if (again.toString('base64') === given) expect([...(bytes ?? [])]).toEqual([...again]);
      else expect(bytes).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test('base64 is taken in its one form alone', () => {
  expect(decodeBase64('')).toHaveLength(0);
  expect(decodeBase64('/+8=')).toEqual(Buffer.from([0xff, 0xef]));
  for (const other of ['_-8=', '/+8', '/+9=', '/+8= ', '/+8==', 'a', '=', '/+8=/+8=', 'ｱ+8=']) {
    expect(decodeBase64(other)).toBeUndefined();
  }
});

test('of a larger buffer only the part that is given is encoded', () => {
  expect(encodeBase64(Uint8Array.of(1, 0xff, 0xef, 1).subarray(1, 3))).toBe('/+8=');
});
