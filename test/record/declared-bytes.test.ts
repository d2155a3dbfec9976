// What compressed bytes say that they become is read as the formats have it; a lie costs nothing.

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compress, decompress } from '../../shared/record/codec.ts';
import { bytesDeclaredByGzip, bytesDeclaredByZstd } from '../../shared/record/declared-bytes.ts';

/** One of each width that a size is written in, and those around where a wider one begins. */
const lengths = [0, 1, 255, 256, 257, 65_791, 65_792, 1_000_000] as const;

test.each(lengths)('%i bytes are declared, by both', (length) => {
  const bytes = new Uint8Array(length).fill(7);
  expect(bytesDeclaredByZstd(compress('zstd', bytes))).toBe(length);
  expect(bytesDeclaredByGzip(gzipSync(bytes))).toBe(length);
});

test('every form of a frame header has its size where RFC 8878 puts it', () => {
  const size = [0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0];
  const frame = (descriptor: number, ...rest: readonly number[]) =>
    bytesDeclaredByZstd(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, ...rest));
  // Segments of their own, without a window and with dictionaries of no, one, two and four bytes.
  expect(frame(0b0010_0000, 9)).toBe(9);
  expect(frame(0b0110_0001, 1, 9, 1)).toBe(9 + 256 + 256);
  expect(frame(0b1010_0010, 1, 1, ...size.slice(0, 4))).toBe(0x12345678);
  expect(frame(0b1110_0011, 1, 1, 1, 1, ...size)).toBe(0x12345678);
  // With a window's byte before.
  expect(frame(0b0100_0000, 1, 0, 0)).toBe(256);
  expect(frame(0b1100_0000, 1, ...size)).toBe(0x12345678);
  // A frame that says nothing, and frames cut short.
  expect(frame(0b0000_0000, 1, 9)).toBeUndefined();
  expect(frame(0b0010_0000)).toBeUndefined();
  expect(frame(0b1100_0000, 1, ...size.slice(0, 7))).toBeUndefined();
  expect(bytesDeclaredByZstd(new Uint8Array())).toBeUndefined();
  expect(bytesDeclaredByGzip(Uint8Array.of(1, 2, 3))).toBeUndefined();
});

test('what claims to become far more than such bytes do is not made room for', () => {
  const claimed = 30_000_000;
  const gzip = gzipSync(Buffer.from('peak'));
  gzip.writeUInt32LE(claimed, gzip.length - 4);
  const zstd = Buffer.from('28b52ffda000000000010000', 'hex');
  zstd.writeUInt32LE(claimed, 5);
  const before = process.memoryUsage().arrayBuffers;
  for (let time = 0; time < 20; time++) {
    decompress('gzip', gzip, 2 * claimed);
    decompress('zstd', zstd, 2 * claimed);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});
