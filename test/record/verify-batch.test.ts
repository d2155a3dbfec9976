// What Kafka's broker would refuse is refused, each for its own reason; junk never throws.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crcHolds, readBatchHeader } from '../../shared/record/batch-header.ts';
import { splitBatches, verifyBatch } from '../../shared/record/batches.ts';
import { decodeBatch } from '../../shared/record/decode-batch.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { compressedBatches, idempotentBatch, plainBatch } from '../golden/record-batches.ts';
import { altered, bytesMax, fromHex, headerOf, plain, recordsOf } from './reading.ts';

function reasonOf(bytes: Uint8Array): string {
  const read = readBatchHeader(bytes, 0);
  if (read.kind === 'malformed') return read.reason;
  const verified = verifyBatch(bytes, read.header, bytesMax);
  return verified.kind === 'malformed' ? verified.reason : 'none';
}

const batch = fromHex(idempotentBatch);

test('the batch that the others are made of is well', () => {
  expect(reasonOf(altered(batch, 0, ''))).toBe('none');
});

test.each([
  ['a batch length of 0', 8, '00000000', 'the batch is shorter than its header'],
  ['a negative batch length', 8, 'ffffffff', 'the batch is shorter than its header'],
  ['a batch length past the end', 8, '0000005e', 'the bytes end within a batch'],
  ['the message format of 2015', 16, '01', 'magic 1: only 2 is known'],
  ['codec 5', 21, '0005', 'an unknown compression codec'],
  ['codec gzip of plain records', 21, '0001', 'not gzip, or of more than 33554432 bytes'],
  ['LogAppendTime', 21, '0008', 'producers write no LogAppendTime'],
  ['a delete horizon', 21, '0040', 'producers write no delete horizon'],
  ['a control batch', 21, '0020', 'producers write no control batches'],
  ['a last offset delta too great', 23, '00000003', 'the last offset delta is not count - 1'],
  ['a last offset delta too small', 23, '00000001', 'fewer offsets than records'],
  ['a base timestamp of -2', 27, 'fffffffffffffffe', 'the base timestamp is out of range'],
  ['a base timestamp a second later', 27, '0000018bcfe56be8', 'the greatest timestamp is another'],
  ['a base timestamp at the bound', 27, '00007fffffffffff', 'a timestamp is out of range'],
  ['another greatest timestamp', 35, '0000018bcfe56806', 'the greatest timestamp is another'],
  [
    'a greatest timestamp of year 6429',
    35,
    '0000800000000000',
    'the greatest timestamp is out of range',
  ],
  ['a producer id of 2^53', 43, '0020000000000000', 'the producer id is out of range'],
  ['a producer without epoch', 51, 'ffff', 'a producer id without epoch or sequence'],
  ['a producer without sequence', 53, 'ffffffff', 'a producer id without epoch or sequence'],
  ['no records', 57, '00000000', 'the batch has no records'],
  ['fewer than no records', 57, 'ffffffff', 'fewer than no records'],
  ['no offsets', 23, 'ffffffff', 'the batch has no offsets'],
  ['2^31 - 1 records', 23, '7ffffffe', 'the last offset delta is not count - 1'],
  ['a record that is too long', 94, '16', 'a record passes the end of its batch'],
  ['a record that is too short', 94, '12', 'a record does not end where its length says'],
  ['a record of negative length', 61, '2d', 'a record passes the end of its batch'],
  ['an offset delta left out', 88, '04', 'the offset deltas are not 0, 1, 2 and so on'],
  ['a key that passes its record', 65, '7e', 'a record does not end where its length says'],
  ['a key of length -2', 65, '03', 'a record does not end where its length says'],
  ['fewer than no headers', 74, '01', 'a record has fewer than no headers'],
  ['a header too many', 74, '06', 'a header passes the end of its record'],
  ['a header without key', 75, '01', 'a header has no key'],
])('%s', (_name, position, hex, reason) => {
  expect(reasonOf(altered(batch, position, hex))).toBe(reason);
});

test('fewer records than bytes, and more than a thousand headers', () => {
  const two = altered(altered(batch, 23, '00000001'), 57, '00000002');
  expect(reasonOf(two)).toBe('bytes are left after the last record');
  const headers = Array.from({ length: 1001 }, () => ({ key: 'h', value: null }));
  const record = { timestamp: 0, key: null, value: null, headers };
  const many = encodeBatch({ records: [record], compression: 'none' });
  expect(reasonOf(many)).toBe('over 1000 record headers');
});

test('a declared count of 2^31 - 1 costs nothing', () => {
  const many = altered(altered(batch, 23, '7ffffffe'), 57, '7fffffff');
  expect(reasonOf(many)).toBe('a record passes the end of its batch');
  expect(decodeBatch(many, headerOf(many), bytesMax).kind).toBe('malformed');
});

test('a small batch that would become large is refused', () => {
  const value = new Uint8Array(100_000);
  const records = [{ timestamp: 0, key: null, value, headers: [] }];
  const bomb = encodeBatch({ records, compression: 'zstd' });
  expect(bomb.length).toBeLessThan(200);
  expect(verifyBatch(bomb, headerOf(bomb), 100_000)).toMatchObject({
    reason: expect.stringContaining('more than 100000 bytes'),
  });
  expect(decodeBatch(bomb, headerOf(bomb), 100_000).kind).toBe('malformed');
  expect(decodeBatch(bomb, headerOf(bomb), 100_100).kind).toBe('records');
});

test('batches fill the bytes exactly, and what is wrong is said where it begins', () => {
  const bytes = fromHex(plainBatch + idempotentBatch);
  expect(splitBatches(bytes)).toMatchObject({ headers: [{ producerId: -1 }, { count: 3 }] });
  expect(splitBatches(new Uint8Array())).toEqual({ kind: 'batches', headers: [] });
  for (let length = 1; length < bytes.length; length++) {
    if (length === batch.length) continue;
    const position = length < batch.length ? 0 : batch.length;
    const split = splitBatches(bytes.subarray(0, length));
    expect(split).toMatchObject({ kind: 'malformed', position });
  }
});

const goldens = Object.entries({ plain: plainBatch, ...compressedBatches });

test.each(goldens)('a flip of any bit of the %s batch is seen, or does no harm', (_name, hex) => {
  const whole = fromHex(hex);
  const records = plain(recordsOf(whole));
  for (let position = 0; position < whole.length; position++) {
    for (let bit = 1; bit < 256; bit *= 2) {
      const flipped = whole.with(position, (whole[position] ?? 0) ^ bit);
      const read = readBatchHeader(flipped, 0);
      if (read.kind === 'malformed' || !crcHolds(flipped, read.header)) continue;
      expect(plain(recordsOf(flipped))).toEqual(records);
      expect(position < 8 || (position >= 12 && position < 16)).toBe(true);
    }
  }
});

test('any bytes in a batch whose CRC holds are records or malformed', () => {
  const outcomes = { none: 0, malformed: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...goldens.map(([, hex]) => fromHex(hex))),
      fc.nat(),
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      (golden, place, junk) => {
        const position = 21 + (place % (golden.length - 21 - junk.length));
        const bytes = altered(golden, position, Buffer.from(junk).toString('hex'));
        const read = readBatchHeader(bytes, 0);
        if (read.kind === 'malformed') return;
        const verified = verifyBatch(bytes, read.header, 10_000);
        const decoded = decodeBatch(bytes, read.header, 10_000);
        outcomes[verified.kind === 'sound' ? 'none' : 'malformed']++;
        if (verified.kind === 'sound') expect(decoded.kind).toBe('records');
      },
    ),
    { numRuns: 3_000 },
  );
  expect(outcomes.none).toBeGreaterThan(10);
  expect(outcomes.malformed).toBeGreaterThan(100);
});
