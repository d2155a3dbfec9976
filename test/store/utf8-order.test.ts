// Keys are ordered as their UTF-8 bytes are, wherever they are compared.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareUtf8 } from '../../shared/store/utf8-order.ts';

const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '\uffee', '\ud7ff', '😀', '\u{10ffff}'),
});

test('text is in the order of its bytes', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const bytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(Math.sign(compareUtf8(one, other))).toBe(bytes);
    }),
  );
});
