// Item sizes, as the DynamoDB Developer Guide gives them.

import { expect, test } from 'vitest';
import {
  refBytes,
  refsPerChunk,
  residentProducersMax,
  writeUnitBytes,
} from '../../shared/limits.ts';
import type { Value } from '../../shared/store/algebra.ts';
import { itemBytes } from '../../shared/store/item-size.ts';

test('names and text count their UTF-8 bytes: the guide’s shirt is 23', () => {
  expect(itemBytes({ 'shirt-color': 'R', 'shirt-size': 'M' })).toBe(23);
  expect(itemBytes({ é: '😀' })).toBe(2 + 4);
  expect(itemBytes({ pk: 'ab', sk: 'c' })).toBe(2 + 2 + 2 + 1);
});

const sizes: readonly (readonly [string, Value, number])[] = [
  ['true', true, 1],
  ['empty text', '', 0],
  ['bytes', new Uint8Array(35), 35],
  ['zero', 0, 1],
  ['one digit', 7, 2],
  ['two digits', 42, 2],
  ['three digits', 421, 3],
  ['zeros at the end are none', 4_200_000, 2],
  ['sixteen digits', 2 ** 53 - 1, 9],
  ['a negative number has a sign', -1, 3],
  ['an empty list', [], 3],
  ['a list', ['ab', 7], 3 + (1 + 2) + (1 + 2)],
  ['an empty map', {}, 3],
  ['a map', { ab: 'c', d: true }, 3 + (1 + 2 + 1) + (1 + 1 + 1)],
  ['a list in a map in a list', [{ a: [[]] }], 3 + 1 + 3 + 1 + 1 + 3 + 1 + 3],
];

test.each(sizes)('%s', (_, value, size) => {
  expect(itemBytes({ a: value })).toBe(1 + size);
});

test('a head at its roll, with every resident, is one write unit', () => {
  const billions = 40_000_000_000_001;
  const head: Record<string, Value> = { n: billions, s: billions, t: billions, e: billions };
  head['m'] = head['w'] = 4_000_000_000_001;
  head['r'] = Array.from({ length: refsPerChunk }, () => new Uint8Array(refBytes));
  for (let producer = 100_000_001; producer <= 100_000_000 + residentProducersMax; producer++) {
    for (const letter of 'kfb') head[`${letter}:${producer}`] = billions;
  }
  const key = { pk: 'part#AAAAAAAAAAAAAAAAAAAAAA#1000', sk: 'head' };
  expect(itemBytes({ ...key, ...head })).toBeLessThanOrEqual(writeUnitBytes);
});
