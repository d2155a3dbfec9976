// JSON under the routes: read within bounds, and kept exactly.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes, parseJson, surveyJson } from '../../shared/api/json-text.ts';
import { jsonDepthMax } from '../../shared/limits.ts';

test('JSON that is read and written again is the same value', () => {
  fc.assert(
    fc.property(fc.json(), (given) => {
      const again = Buffer.from(jsonBytes(parseJson(Buffer.from(given)))).toString();
      expect(JSON.parse(again)).toEqual(JSON.parse(given));
    }),
  );
});

test('a number keeps the digits that a double would lose', () => {
  const digits = fc.stringMatching(/^[1-9]\d{15,40}$/);
  const number = fc.oneof(
    digits,
    digits.map((more) => `-0.${more}`),
    fc.integer({ min: 309, max: 9_999 }).map((exponent) => `1e${exponent}`),
    fc.integer({ min: 309, max: 9_999 }).map((exponent) => `2.5E+${exponent}`),
    fc.integer({ min: 309, max: 9_999 }).map((exponent) => `-1.25e-${exponent}`),
  );
  fc.assert(
    fc.property(number, (given) => {
      const text = `{"a":[${given},"${given}"]}`;
      expect(Buffer.from(jsonBytes(parseJson(Buffer.from(text)))).toString()).toBe(text);
    }),
  );
});

test('a number that a double holds is a number, however it is written', () => {
  const numbers = '[1e3,1.50,-0.0,2.5E-3,0e999,123456789012345,9007199254740992,1.0]';
  expect(parseJson(Buffer.from(numbers))).toEqual(JSON.parse(numbers));
});

test('an object or list ends where its last bracket does, whatever its strings hold', () => {
  const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
  fc.assert(
    fc.property(value, fc.string(), (given, after) => {
      const text = JSON.stringify(given);
      expect(surveyJson(`  ${text}${after}`, 2).end).toBe(2 + text.length);
    }),
  );
});

test('nesting is bounded, brackets in strings aside', () => {
  const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
  expect(() => parseJson(nested(jsonDepthMax))).not.toThrow();
  expect(() => parseJson(nested(jsonDepthMax + 1))).toThrow(`${jsonDepthMax} levels`);
  const brackets = `["\\"${'['.repeat(1_000)}\\\\"]`;
  expect(parseJson(Buffer.from(brackets))).toEqual(JSON.parse(brackets));
});

test('junk is refused and never breaks', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\e1.-t '.split('')) }), (given) => {
      const isJson = (() => {
        try {
          JSON.parse(given);
          return true;
        } catch {
          return false;
        }
      })();
      if (isJson) expect(parseJson(Buffer.from(given))).toEqual(JSON.parse(given));
      else expect(() => parseJson(Buffer.from(given))).toThrow('must be JSON');
    }),
    { numRuns: 2_000 },
  );
});
