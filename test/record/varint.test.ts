// Varints: the bytes of the specification, every safe integer, and no others.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readVarint, readVarlong, varintBytes, writeVarint } from '../../shared/record/varint.ts';

const known: readonly [value: number, hex: string][] = [
  [0, '00'],
  [-1, '01'],
  [1, '02'],
  [63, '7e'],
  [-64, '7f'],
  [64, '8001'],
  [-65, '8101'],
  [8191, 'fe7f'],
  [-8192, 'ff7f'],
  [8192, '808001'],
  [2 ** 31 - 1, 'feffffff0f'],
  [-(2 ** 31), 'ffffffff0f'],
  [2 ** 53 - 1, 'feffffffffffff1f'],
  [-(2 ** 53 - 1), 'fdffffffffffff1f'],
];

function written(value: number): Uint8Array {
  const bytes = new Uint8Array(12);
  return bytes.subarray(0, writeVarint(bytes, 0, value));
}

test.each(known)('%d is %s', (value, hex) => {
  expect(Buffer.from(written(value)).toString('hex')).toBe(hex);
  expect(readVarlong({ bytes: Buffer.from(hex, 'hex'), position: 0 })).toBe(value);
});

test('every safe integer is read as it was written, and takes the bytes foretold', () => {
  const short = fc.integer();
  fc.assert(
    fc.property(fc.oneof(short, fc.maxSafeInteger()), fc.nat({ max: 9 }), (value, position) => {
      const bytes = new Uint8Array(30).fill(0xff);
      const end = writeVarint(bytes, position, value);
      expect(end - position).toBe(varintBytes(value));
      const cursor = { bytes, position };
      expect(readVarlong(cursor)).toBe(value);
      expect(cursor.position).toBe(end);
    }),
  );
  fc.assert(
    fc.property(short, (value) => {
      expect(readVarint({ bytes: written(value), position: 0 })).toBe(value);
    }),
  );
});

test('what is cut short, too long or not safe reads as NaN, and nothing after it is read', () => {
  const unreadable = {
    nothing: '',
    'cut short': '8080',
    'a varlong of 11 bytes': 'ffffffffffffffffffff01',
    '2^53': '8080808080808020',
    '-2^53': 'ffffffffffffff1f',
    'the least 64-bit integer': 'ffffffffffffffffff01',
  };
  for (const [name, hex] of Object.entries(unreadable)) {
    const cursor = { bytes: Buffer.from(`${hex}`, 'hex'), position: 0 };
    expect(readVarlong(cursor), name).toBeNaN();
    expect(readVarlong(cursor), name).toBeNaN();
  }
  const six = { bytes: Buffer.from('80808080800000', 'hex'), position: 0 };
  expect(readVarint(six)).toBeNaN();
  expect(readVarlong({ ...six, position: 0 })).toBe(0);
});
