// What the tests of this room share: records of any kind, and reading that must succeed.

import fc from 'fast-check';
import { expect } from 'vitest';
import { decompressedBytesMax } from '../../shared/limits.ts';
import { type BatchHeader, readBatchHeader } from '../../shared/record/batch-header.ts';
import { crc32c } from '../../shared/record/crc32c.ts';
import { decodeBatch } from '../../shared/record/decode-batch.ts';
import type { LogRecord, RecordToWrite } from '../../shared/record/record.ts';

export const bytesMax = decompressedBytesMax;

export function headerOf(bytes: Uint8Array, position = 0): BatchHeader {
  const read = readBatchHeader(bytes, position);
  if (read.kind === 'malformed') throw new Error(read.reason);
  return read.header;
}

export function recordsOf(bytes: Uint8Array): readonly LogRecord[] {
  const decoded = decodeBatch(bytes, headerOf(bytes), bytesMax);
  if (decoded.kind === 'malformed') throw new Error(decoded.reason);
  return decoded.records;
}

/** Records are compared by what they hold, whatever kind of array their bytes are views of. */
export function plain(records: readonly RecordToWrite[]): unknown[] {
  const hex = (bytes: Uint8Array | null) =>
    bytes === null ? null : Buffer.from(bytes).toString('hex');
  return records.map(({ timestamp, key, value, headers }) => ({
    timestamp,
    key: hex(key),
    value: hex(value),
    headers: headers.map((header) => [header.key, hex(header.value)]),
  }));
}

export function expectRecords(bytes: Uint8Array, records: readonly RecordToWrite[]): void {
  expect(plain(recordsOf(bytes))).toEqual(plain(records));
}

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** A batch whose bytes at `position` are others, its CRC made to hold again. */
export function altered(batch: Uint8Array, position: number, hex: string): Uint8Array {
  const bytes = Buffer.from(batch);
  bytes.set(fromHex(hex), position);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

const field = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });

/** Any bytes: empty, null, zeros, not UTF-8; times before and after one another; -1 for none. */
export const anyRecord: fc.Arbitrary<RecordToWrite> = fc.record({
  timestamp: fc.oneof(fc.integer({ min: -1, max: 2 ** 47 - 1 }), fc.constant(2 ** 47 - 1)),
  key: field,
  value: field,
  headers: fc.array(
    fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 20 }), value: field }),
    { maxLength: 3 },
  ),
});

export const anyRecords = fc.array(anyRecord, { minLength: 1, maxLength: 40 });
