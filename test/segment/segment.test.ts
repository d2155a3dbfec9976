// A segment is its batches, untouched, and a footer that says all that the index says of them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topicIdOf } from '../../shared/ids.ts';
import { crc32c } from '../../shared/record/crc32c.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { footerReadBytes, readFooter } from '../../shared/segment/footer.ts';
import { buildSegment, type Segment, type SegmentEntry } from '../../shared/segment/segment.ts';

const orders = topicIdOf(Uint8Array.from({ length: 16 }, (_, index) => index));
const payments = topicIdOf(new Uint8Array(16).fill(0xee));
const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

const batchOf = (value: Uint8Array) =>
  encodeBatch({ records: [{ timestamp: 5, key: null, value, headers: [] }], compression: 'none' });

const two: readonly SegmentEntry[] = [
  {
    topicId: orders,
    partition: 7,
    batches: [batchOf(utf8('peak')), batchOf(utf8(' shaving'))],
    count: 300,
    timestampMax: 1700000000005,
  },
  {
    topicId: payments,
    partition: 0,
    batches: [batchOf(utf8('123456789'))],
    count: 1,
    timestampMax: -1,
  },
];

const bytesOf = ({ parts }: Segment) => Buffer.concat(parts);

const anyEntry: fc.Arbitrary<SegmentEntry> = fc.record({
  topicId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(topicIdOf),
  partition: fc.nat({ max: 2 ** 32 - 1 }),
  batches: fc.array(fc.uint8Array({ maxLength: 50 }).map(batchOf), { minLength: 1, maxLength: 3 }),
  count: fc.nat({ max: 2 ** 32 - 1 }),
  timestampMax: fc.integer({ min: -1, max: 2 ** 47 - 1 }),
});

test('the bytes of version 1', () => {
  const rows =
    '000102030405060708090a0b0c0d0e0f 00000007 00000000 00000094 0000012c 018bcfe56805 b04e60e7' +
    'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee 00000000 00000094 0000004d 00000001 ffffffffffff e7af4ff9';
  const trailer = 'e30a2cf7 00000054 0001 534c55494345';
  const batches = Buffer.concat(two.flatMap((entry) => entry.batches)).toString('hex');
  const bytes = bytesOf(buildSegment(two)).toString('hex');
  expect(bytes).toBe((batches + rows + trailer).replaceAll(' ', ''));
});

test('the footer finds what was put in, and the checksums are of the bytes as they lie', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 8 }), (entries) => {
      const segment = buildSegment(entries);
      const bytes = bytesOf(segment);
      expect(segment.crc32c).toBe(crc32c(bytes));
      const footer = readFooter(bytes, bytes.length);
      const found = footer.kind === 'footer' ? footer.entries : [];
      expect(found).toEqual(
        entries.map(({ topicId, partition, batches, count, timestampMax }, index) => {
          const own = Buffer.concat(batches);
          const { position = -1, length = -1 } = segment.placed[index] ?? {};
          expect(bytes.subarray(position, position + length)).toEqual(own);
          const range = { position, length };
          return { topicId, partition, ...range, count, timestampMax, crc32c: crc32c(own) };
        }),
      );
    }),
  );
});

test('a footer longer than the first read takes a second one, and no third', () => {
  for (const [entries, reads] of [
    [97, 1],
    [98, 2],
    [1000, 2],
  ] as const) {
    const bytes = bytesOf(
      buildSegment(
        Array.from({ length: entries }, () => two)
          .flat()
          .slice(0, entries),
      ),
    );
    let from = bytes.length - footerReadBytes;
    let read = readFooter(bytes.subarray(from), bytes.length);
    if (read.kind === 'more') {
      expect(reads).toBe(2);
      from = read.from;
      read = readFooter(bytes.subarray(from), bytes.length);
    }
    expect(read.kind === 'footer' && read.entries.length).toBe(entries);
  }
});

test('a footer with any bit changed is malformed, and so is one cut short', () => {
  const bytes = bytesOf(buildSegment(two));
  const begin = bytes.length - 2 * 42 - 16;
  for (let position = begin; position < bytes.length; position++) {
    for (let bit = 1; bit < 256; bit *= 2) {
      const flipped = bytes.with(position, (bytes[position] ?? 0) ^ bit);
      expect(readFooter(flipped, flipped.length).kind, `byte ${position}`).toBe('malformed');
    }
  }
  for (let length = 0; length < bytes.length; length++) {
    expect(readFooter(bytes.subarray(0, length), length).kind).toBe('malformed');
  }
});

test('a footer that does not tell of every byte is malformed', () => {
  const bytes = bytesOf(buildSegment(two));
  const longer = Buffer.concat([Buffer.from('x'), bytes]);
  expect(readFooter(longer, longer.length)).toMatchObject({
    reason: 'the entries do not reach the footer',
  });
});

test('junk is no footer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (junk, more) => {
      expect(readFooter(junk, junk.length + more).kind).toBe('malformed');
    }),
  );
});
