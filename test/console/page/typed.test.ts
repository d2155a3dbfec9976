// Numbers and times as the console reads them, where somebody types them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countIn,
  integerIn,
  isMistyped,
  rateIn,
  strangeIn,
  timeIn,
} from '../../../console/page/typed.ts';

test('what is typed for a time', () => {
  expect(timeIn(' 1769860800000 ')).toBe(1_769_860_800_000);
  expect(timeIn('2026-01-31T12:00:00Z')).toBe(1_769_860_800_000);
  expect(timeIn('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
  for (const text of ['', 'yesterday', '-5', '1.5', '2026-13-01T00:00:00Z', '1900-01-01']) {
    expect(timeIn(text), text).toBeUndefined();
  }
  const time = fc.integer({ min: 0, max: 2 ** 47 - 1 });
  fc.assert(fc.property(time, (millis) => timeIn(String(millis)) === millis));
});

test('what is typed for a number', () => {
  expect([integerIn('0'), integerIn(' 17 ')]).toEqual([0, 17]);
  for (const text of ['', '-1', '1.5', '1e3', 'x', '9007199254740993']) {
    expect(integerIn(text), text).toBeUndefined();
  }
});

test('what is typed for a bound is above nothing', () => {
  expect([countIn('1'), countIn(' 20 ')]).toEqual([1, 20]);
  expect([rateIn('1'), rateIn('0.001'), rateIn(' 1.5 ')]).toEqual([1, 0.001, 1.5]);
  for (const text of ['', '0', '00', '0.0', '-1', '1e3', '.5', 'x']) {
    expect([countIn(text), rateIn(text)], text).toEqual([undefined, undefined]);
  }
  expect(countIn('1.5')).toBeUndefined();
});

test('nothing is typed wrong where nothing is typed', () => {
  expect(['', '  ', 'x', '0'].map((text) => isMistyped(text, countIn(text)))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test('a letter of a credential that is none of one', () => {
  for (const good of ['', ' abc.DEF-_~+/= ', '!']) expect(strangeIn(good), good).toBeUndefined();
  const strange = { 'a–b': '–', 'a b': ' ', 'a\u200bb': '\u200b', ключ: 'к', é: 'é', '𝄞': '𝄞' };
  for (const [credential, letter] of Object.entries(strange)) {
    expect(strangeIn(credential)).toBe(letter);
  }
});
