// The five codecs: what others compressed is read, what is too much or junk is refused and never
// thrown.

import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codecs, compress, decompress } from '../../shared/record/codec.ts';
import { framedText, frames } from '../golden/compressed-frames.ts';
import { compressedBatches } from '../golden/record-batches.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { fromHex } from './reading.ts';

const bodies = new Map(
  Object.entries(compressedBatches).map(([codec, hex]) => [codec, fromHex(hex).subarray(61)]),
);

function read(codec: (typeof codecs)[number], bytes: Uint8Array, bytesMax = 1_000_000): string {
  const result = decompress(codec, bytes, bytesMax);
  return result.kind === 'bytes' ? Buffer.from(result.bytes).toString('latin1') : result.kind;
}

test('what is written is read again, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.constantFrom('none', 'gzip', 'zstd'), fc.uint8Array(), (codec, bytes) => {
      const result = decompress(codec, compress(codec, bytes), 1_000);
      expect(result.kind === 'bytes' && Buffer.from(bytes).equals(result.bytes)).toBe(true);
    }),
  );
});

test.each(frames)('a frame of $form is read, up to its own length', ({ codec, base64 }) => {
  const bytes = Buffer.from(base64, 'base64');
  expect(read(codec, bytes)).toBe(framedText);
  expect(read(codec, bytes, framedText.length)).toBe(framedText);
  expect(read(codec, bytes, framedText.length - 1)).toBe('malformed');
});

test('what follows the frame is refused', () => {
  const junk = Buffer.from('junk');
  for (const [codec, body] of bodies) {
    expect(read(codec as 'lz4', Buffer.concat([body, body.subarray(0, 20)])), codec).toBe(
      'malformed',
    );
    expect(read(codec as 'lz4', Buffer.concat([body, junk])), codec).toBe('malformed');
  }
  const frame = zstdCompressSync('peak');
  expect(read('zstd', Buffer.concat([frame, frame]))).toBe('malformed');
});

/** By hand: length 30, five literals, repeats of five from five back in each of the three kinds,
 * four literals whose number takes a byte of its own, six times the last. */
const snappyHex = '1e 107065616b20 0505 120500 1305000000 f00361626364 160100';
const snappyText = 'peak peak peak peak abcddddddd';
const rawSnappy = Buffer.from(snappyHex.replaceAll(' ', ''), 'hex');

function snappyFrames(...blocks: readonly Uint8Array[]): Uint8Array {
  const framed = blocks.flatMap((block) => [Buffer.from([0, 0, 0, block.length]), block]);
  return Buffer.concat([Buffer.from('82534e41505059000000000100000001', 'hex'), ...framed]);
}

test('snappy is read raw, and in one frame or many', () => {
  expect(read('snappy', rawSnappy)).toBe(snappyText);
  expect(read('snappy', snappyFrames())).toBe('');
  expect(read('snappy', snappyFrames(rawSnappy, rawSnappy))).toBe(snappyText + snappyText);
  expect(read('snappy', snappyFrames(rawSnappy, rawSnappy), 59)).toBe('malformed');
});

test('no block of snappy repeats what stands before it', () => {
  const fourFromFiveBack = Buffer.from('040105', 'hex');
  expect(read('snappy', snappyFrames(rawSnappy, fourFromFiveBack))).toBe('malformed');
});

test('LZ4 blocks repeat what stands before them only where the frame says so', () => {
  const linked = Buffer.from(frames[0]?.base64 ?? '', 'base64');
  const independent = Buffer.from(linked);
  independent[4] = (independent[4] ?? 0) | 32;
  expect(read('lz4', linked)).toBe(framedText);
  expect(read('lz4', independent)).toBe('malformed');
});

test('a bomb is refused, whether it tells its size or not', () => {
  const zeros = new Uint8Array(50_000_000);
  const zstd = compress('zstd', zeros);
  const gzip = compress('gzip', zeros);
  const before = process.memoryUsage().arrayBuffers;
  expect(read('zstd', zstd)).toBe('malformed');
  expect(read('gzip', gzip)).toBe('malformed');
  expect(read('snappy', Buffer.from('ffffff7f00', 'hex'))).toBe('malformed');
  const lz4 = Buffer.alloc(400_000, 0xff);
  Buffer.from('04224d18604000', 'hex').copy(lz4);
  lz4.writeUInt32LE(lz4.length - 11, 7);
  Buffer.from('1f610100', 'hex').copy(lz4, 11);
  expect(read('lz4', lz4)).toBe('malformed');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});

test('cut short anywhere, nothing is read', () => {
  for (const [codec, body] of bodies) {
    for (let length = 0; length < body.length; length++) {
      const cut = body.subarray(0, length);
      if (codec === 'snappy' && length === 16) continue; // frames that end after none
      expect(read(codec as 'lz4', cut), `${codec} of ${length}`).toBe('malformed');
    }
  }
});

test('junk, and any byte changed, is read as something or refused, within its bound', () => {
  const bytesMax = 1_000;
  const within = (codec: (typeof codecs)[number], bytes: Uint8Array) => {
    const result = decompress(codec, bytes, bytesMax);
    if (result.kind === 'bytes') expect(result.bytes.length).toBeLessThanOrEqual(bytesMax);
    else expect(result.kind).toBe('malformed');
  };
  for (const [codec, body] of bodies) {
    fc.assert(
      fc.property(fc.nat({ max: body.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        within(codec as 'lz4', body.with(at, byte));
      }),
      { numRuns: 1_000 },
    );
  }
  fc.assert(
    fc.property(fc.constantFrom(...codecs.slice(1)), fc.uint8Array({ maxLength: 99 }), within),
  );
});

/** Bytes of sixteen kinds, as random as they come: zstd makes half of them. */
function noiseOf(seed: number, length: number): Uint8Array {
  const chance = seededChance(seed);
  return chance.bytes(length).map((byte) => byte & 15);
}

/** Behind a frame that fills Node's output to the byte. */
const emptyFrame = Buffer.from('28b52ffd2000010000', 'hex');

test('zstd is one frame, also where it fills what Node writes at once', () => {
  const bounds = { low: 32_600, high: 32_900 };
  let filled = 0;
  for (let seed = 0; seed < 12; seed++) {
    const noise = noiseOf(seed, bounds.high);
    for (let length = bounds.low; length < bounds.high; length++) {
      const bytes = compress('zstd', noise.subarray(0, length));
      expect(Buffer.from(bytes).subarray(-emptyFrame.length).equals(emptyFrame)).toBe(false);
      if (bytes.length % 16_384 === 0) filled++;
    }
  }
  expect(filled).toBeGreaterThan(0);
});

test('an empty frame behind the first is read over: other clients write it', () => {
  const frame = zstdCompressSync('peak');
  expect(read('zstd', Buffer.concat([frame, emptyFrame]))).toBe('peak');
  expect(read('zstd', Buffer.concat([frame, emptyFrame, emptyFrame]))).toBe('malformed');
  expect(read('zstd', Buffer.concat([frame, emptyFrame.subarray(0, -1)]))).toBe('malformed');
  let filled = 0;
  for (let length = 200; length < 900; length++) {
    const noise = noiseOf(1, length);
    const bytes = zstdCompressSync(noise, { chunkSize: 64 });
    if (bytes.subarray(-emptyFrame.length).equals(emptyFrame)) filled++;
    expect(read('zstd', bytes)).toBe(Buffer.from(noise).toString('latin1'));
  }
  expect(filled).toBeGreaterThan(0);
});
