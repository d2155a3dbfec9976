// A stranger's bytes as they are shown: as what they are to the last byte, or in hex.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  base64Of,
  briefOf,
  bytesOf,
  formOf,
  hexIn,
  hexOf,
  jsonOf,
  shownAs,
  textOf,
} from '../../../console/records/bytes.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('base64 there and back', () => {
  expect(bytesOf(null)).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(bytesOf(base64Of(bytes))).toEqual(bytes);
    }),
  );
});

test('JSON is given an indent, and nothing else of it is changed', () => {
  const given = '{"b":1e400,"a":[1,{"c":"x: [,] \\" }"}],"e":{},"f":[ ],"n":9007199254740993}';
  expect(jsonOf(utf8(given))).toBe(`{
  "b": 1e400,
  "a": [
    1,
    {
      "c": "x: [,] \\" }"
    }
  ],
  "e": {},
  "f": [],
  "n": 9007199254740993
}`);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const shown = jsonOf(utf8(JSON.stringify(value)));
      const isPlain = typeof value !== 'object' || value === null;
      // JSON has what no text does, and then it is hex.
      if (isPlain || shown === undefined) expect(shown).toBeUndefined();
      else expect(shown).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('what would grow without bound with its indent is text', () => {
  const nested = (depth: number) => utf8('['.repeat(depth) + ']'.repeat(depth));
  expect(jsonOf(nested(100))?.split('\n').length).toBe(199);
  for (const depth of [102, 16_000, 20_000, 499_000]) {
    expect(formOf(nested(depth)), `${depth} deep`).toBe('text');
  }
  // A hundred characters of indent for each number.
  const wide = `${'['.repeat(50)}${Array(200_000).fill(1).join()}${']'.repeat(50)}`;
  expect(formOf(utf8(wide))).toBe('text');
  const long = `["${'x'.repeat(900_000)}"]`;
  expect(jsonOf(utf8(long))).toBe(JSON.stringify(JSON.parse(long), null, 2));
});

test('what is shown as what', () => {
  expect(formOf(utf8('{"a":1}'))).toBe('json');
  expect(formOf(utf8('[1'))).toBe('text');
  expect(formOf(utf8('17'))).toBe('text');
  expect(formOf(utf8('grüße\n'))).toBe('text');
  expect(formOf(utf8('a\0b'))).toBe('hex');
  expect(formOf(Uint8Array.of(0xff))).toBe('hex');
  expect(formOf(new Uint8Array())).toBe('text');
  expect(shownAs(Uint8Array.of(0xff), 'text')).toBeUndefined();
});

test('text is what was there, to the byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = textOf(bytes);
      if (text !== undefined) expect(utf8(text)).toEqual(bytes);
    }),
  );
  expect(textOf(utf8('\ufeffa')), 'a byte order mark is a byte of it').toBe('\ufeffa');
});

test('hex has a place, bytes and letters', () => {
  expect(hexOf(utf8('Sluice, and more\x00\xff'))).toBe(
    [
      '00000000  53 6c 75 69 63 65 2c 20 61 6e 64 20 6d 6f 72 65  Sluice, and more',
      '00000010  00 c3 bf                                         ...',
    ].join('\n'),
  );
});

test('hex that is typed', () => {
  expect(hexIn('0x00 ff\n10')).toEqual(Uint8Array.of(0, 255, 16));
  expect(hexIn('')).toEqual(new Uint8Array());
  for (const text of ['0', 'zz', '0x0', 'a b c']) expect(hexIn(text), text).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(hexIn(Buffer.from(bytes).toString('hex'))).toEqual(bytes);
    }),
  );
});

test('a row has one line of it, cut', () => {
  expect(briefOf(utf8('a\n  b'))).toBe('a b');
  expect(briefOf(utf8('abcdef'), 3)).toBe('abc…');
  expect(briefOf(Uint8Array.from({ length: 30 }, () => 0xff))).toBe(`0x${'ff'.repeat(24)}…`);
  // A character that the cut goes through is no reason to call it binary.
  for (let pad = 0; pad < 4; pad++) {
    const long = `${'x'.repeat(pad)}${'𝄞'.repeat(500)}`;
    expect(briefOf(utf8(long), 20)).toBe(`${[...long].slice(0, 20).join('')}…`);
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => !briefOf(bytes).includes('\n')));
});
