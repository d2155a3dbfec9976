// Rows come back as the items they were, and those of every version are read for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeItem, encodeItem } from '../../local/item-bytes.ts';
import type { Item, Value } from '../../shared/store/algebra.ts';

const key = { pk: 'p', sk: 's' };

/** Version 1, all kinds of value. A golden row is never changed, only joined by those of others. */
const golden = [
  '01 00000007',
  '0001 6e 02 4059000000000000', // n: 100
  '0003 6bc3a9 02 c33fffffffffffff', // ké: the least safe integer
  '0001 74 03 00000005 61f09f9880', // t: 'a😀'
  '0001 62 04 00000003 00ff07', // b: bytes 0, 255, 7
  '0001 79 05 00000002 01 00', // y: [true, false]
  '0001 6d 06 00000001 0001 65 04 00000000', // m: { e: no bytes }
  '0001 6c 05 00000000', // l: []
].join(' ');

const goldenItem: Item = {
  ...key,
  n: 100,
  ké: Number.MIN_SAFE_INTEGER,
  t: 'a😀',
  b: Uint8Array.of(0, 255, 7),
  y: [true, false],
  m: { e: new Uint8Array(0) },
  l: [],
};

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

test('the golden row is read, and written', () => {
  expect(decodeItem(key, bytesOf(golden))).toStrictEqual(goldenItem);
  expect(encodeItem(goldenItem).toString('hex')).toBe(bytesOf(golden).toString('hex'));
});

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { noNullPrototype: true }),
  ),
}));

test('any item comes back as it was', () => {
  const attributes = fc.dictionary(fc.string({ unit: 'binary' }), value, { noNullPrototype: true });
  fc.assert(
    fc.property(attributes, (some) => {
      const item: Item = { ...some, ...key };
      expect(decodeItem(key, encodeItem(item))).toStrictEqual(item);
    }),
  );
});

test('names that mean something to an object mean nothing to an item', () => {
  const map = JSON.parse('{"__proto__":{"n":1},"constructor":2}') as Record<string, Value>;
  const read = decodeItem(key, encodeItem({ ...key, map }))['map'] as Record<string, Value>;
  expect(Object.entries(read)).toEqual(Object.entries(map));
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test('a row that is cut anywhere, too long, or of another version or kind is no item', () => {
  const row = bytesOf(golden);
  for (let length = 0; length < row.length; length++) {
    expect(() => decodeItem(key, row.subarray(0, length))).toThrow();
  }
  expect(() => decodeItem(key, Buffer.concat([row, Buffer.of(0)]))).toThrow();
  expect(() => decodeItem(key, Buffer.of(2, 0, 0, 0, 0))).toThrow();
  expect(() => decodeItem(key, Buffer.of(1, 0, 0, 0, 1, 0, 1, 0x61, 7))).toThrow();
});
