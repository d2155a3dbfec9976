// A line of JSON with bytes behind it: put together and taken apart.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeParts, splitHead, splitParts } from '../../shared/record/parts.ts';

const bytes = fc.uint8Array({ maxLength: 50 });

test('what is put together is taken apart as it was, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(bytes), (name, parts) => {
      const head = { name, parts: parts.map(({ length }) => length) };
      const encoded = encodeParts(head, parts);
      const split = splitHead(encoded, encoded.length);
      const read = JSON.parse(Buffer.from(split?.head ?? []).toString());
      expect(read).toEqual(JSON.parse(JSON.stringify(head)));
      const taken = splitParts(split?.rest ?? encoded, read.parts);
      expect(taken?.map((part) => [...part])).toEqual(parts.map((part) => [...part]));
    }),
  );
});

test('a head is found up to its bound, and not behind it', () => {
  const encoded = encodeParts({ a: 1 }, [Buffer.from('\n')]);
  const length = '{"a":1}'.length;
  expect(splitHead(encoded, length)?.head.length).toBe(length);
  expect(splitHead(encoded, length - 1)).toBeUndefined();
  expect(splitHead(encoded.subarray(0, length), length)).toBeUndefined();
});

test('parts fill the bytes exactly, or there are none', () => {
  const three = Uint8Array.of(1, 2, 3);
  expect(splitParts(three, [1, 2])).toEqual([Uint8Array.of(1), Uint8Array.of(2, 3)]);
  expect(splitParts(three, [1, 1])).toBeUndefined();
  expect(splitParts(three, [2, 2])).toBeUndefined();
  expect(splitParts(three, [])).toBeUndefined();
});
