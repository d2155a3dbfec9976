// Values come back from DynamoDB's form as they went in.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAttributeValues, toItem } from '../../shared/aws/attribute-values.ts';
import type { Value } from '../../shared/store/algebra.ts';

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
  ),
}));

test('every value of the algebra is written and read back', () => {
  fc.assert(
    fc.property(value, (attribute) => {
      const item = { pk: 'p', sk: 's', attribute };
      expect(toItem(toAttributeValues(item))).toEqual(item);
    }),
  );
});

test('each type has one form', () => {
  const bytes = Uint8Array.of(1, 2);
  expect(toAttributeValues({ a: '', b: -5, c: false, d: bytes, e: [1], f: { g: 'h' } })).toEqual({
    a: { S: '' },
    b: { N: '-5' },
    c: { BOOL: false },
    d: { B: bytes },
    e: { L: [{ N: '1' }] },
    f: { M: { g: { S: 'h' } } },
  });
});

test('a name is a name, also one that an object has of its own', () => {
  const entries = JSON.parse('{"__proto__": 1, "constructor": 2}');
  const item = toItem(toAttributeValues({ pk: 'p', sk: 's', entries }));
  expect(Object.entries(item['entries'] ?? {})).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ]);
});

test.each([0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('%d is never written', (number) => {
  expect(() => toAttributeValues({ number })).toThrow('a safe integer');
});

test('text that DynamoDB would change is never written', () => {
  expect(() => toAttributeValues({ deep: [{ text: 'half a pair: \ud83d' }] })).toThrow(
    'well-formed',
  );
});

test('what the engine does not write is not read', () => {
  const key = { pk: { S: 'p' }, sk: { S: 's' } };
  expect(() => toItem({ ...key, n: { N: '9007199254740993' } })).toThrow('a safe integer');
  expect(() => toItem({ ...key, n: { N: '1.5' } })).toThrow('a safe integer');
  expect(() => toItem({ ...key, n: { NULL: true } })).toThrow('NULL');
  expect(() => toItem({ pk: { S: 'p' } })).toThrow('has its key');
});
