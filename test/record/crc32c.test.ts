// CRC-32C: the vectors of RFC 3720, and the two ways to get along without laying bytes end to end.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c, joinCrc32c } from '../../shared/record/crc32c.ts';

const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);

test('the examples of RFC 3720 and the check value of the catalogue of CRCs', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(ascending)).toBe(0x46dd794e);
  expect(crc32c(ascending.toReversed())).toBe(0x113fdb5c);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array())).toBe(0);
});

test('over bytes in parts it is that of the whole, gone on with or joined', () => {
  const part = fc.uint8Array({ maxLength: 100 });
  fc.assert(
    fc.property(part, part, part, (one, two, three) => {
      const whole = crc32c(Buffer.concat([one, two, three]));
      expect(crc32c(three, crc32c(two, crc32c(one)))).toBe(whole);
      const tail = joinCrc32c(crc32c(two), crc32c(three), three.length);
      expect(joinCrc32c(crc32c(one), tail, two.length + three.length)).toBe(whole);
    }),
  );
});

test('long stretches are joined too', () => {
  const zeros = new Uint8Array(3_000_001);
  const whole = crc32c(zeros, crc32c(ascending));
  expect(joinCrc32c(crc32c(ascending), crc32c(zeros), zeros.length)).toBe(whole);
});
