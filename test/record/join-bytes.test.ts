// Joined bytes are the bytes, copied or not.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBytes } from '../../shared/record/join-bytes.ts';

test('what lies end to end is not copied, and anything else is', () => {
  const whole = Uint8Array.from({ length: 10 }, (_, index) => index);
  const touching = [whole.subarray(2, 4), whole.subarray(4, 4), whole.subarray(4, 9)];
  const joined = joinBytes(touching);
  expect([...joined]).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect(joined.buffer).toBe(whole.buffer);
  expect([...joinBytes([whole.subarray(2, 4), whole.subarray(5, 6)])]).toEqual([2, 3, 5]);
  expect([...joinBytes([whole.subarray(4, 6), whole.subarray(2, 4)])]).toEqual([4, 5, 2, 3]);
});

test('joined bytes are those of the parts', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      expect([...joinBytes(parts)]).toEqual(parts.flatMap((part) => [...part]));
    }),
  );
});
