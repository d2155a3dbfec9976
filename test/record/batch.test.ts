// Batches: Kafka's own bytes are written and read, and any record comes back as it went.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  batchHeaderBytes,
  crcHolds,
  setBaseOffset,
  setLogAppendTime,
} from '../../shared/record/batch-header.ts';
import { splitBatches, verifyBatch } from '../../shared/record/batches.ts';
import { decodeBatch } from '../../shared/record/decode-batch.ts';
import { encodeBatch, encodedRecordBytes } from '../../shared/record/encode-batch.ts';
import {
  compactedBatch,
  compactedHorizon,
  compressedBatches,
  emptiedBatch,
  fourRecords,
  idempotentBatch,
  plainBatch,
  threeRecords,
} from '../golden/record-batches.ts';
import { anyRecords, bytesMax, expectRecords, fromHex, headerOf, recordsOf } from './reading.ts';

const compression = fc.constantFrom('none', 'gzip', 'zstd');
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('our bytes are those of Kafka’s Java client', () => {
  expect(toHex(encodeBatch({ records: threeRecords, compression: 'none' }))).toBe(plainBatch);
  const producer = { id: 4711, epoch: 3, baseSequence: 42 };
  const batch = encodeBatch({ records: threeRecords, compression: 'zstd', producer });
  expect(toHex(batch)).toBe(idempotentBatch);
});

test('the header tells what it holds', () => {
  expect(headerOf(fromHex(`ff${idempotentBatch}`), 1)).toEqual({
    position: 1,
    length: 105,
    baseOffset: 0,
    crc: 0x6000c179,
    codec: 'none',
    timestampType: 'CreateTime',
    transactional: false,
    control: false,
    hasDeleteHorizon: false,
    lastOffsetDelta: 2,
    baseTimestamp: 1700000000000,
    maxTimestamp: 1700000000005,
    producerId: 4711,
    producerEpoch: 3,
    baseSequence: 42,
    count: 3,
  });
});

test.each(Object.entries(compressedBatches))('Kafka’s %s is verified and read', (codec, hex) => {
  const batch = fromHex(hex);
  expect(headerOf(batch).codec).toBe(codec);
  expect(verifyBatch(batch, headerOf(batch), bytesMax).kind).toBe('sound');
  expectRecords(batch, fourRecords);
});

test('any records come back, from a batch that Kafka’s broker would take', () => {
  fc.assert(
    fc.property(anyRecords, compression, (records, codec) => {
      const batch = encodeBatch({ records, compression: codec });
      expect(verifyBatch(batch, headerOf(batch), bytesMax).kind).toBe('sound');
      expectRecords(batch, records);
    }),
  );
});

test('a batch takes no more than was foretold of its records', () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      const foretold = records.reduce((sum, record) => sum + encodedRecordBytes(record), 0);
      const { length } = encodeBatch({ records, compression: 'none' });
      expect(length - batchHeaderBytes).toBeLessThanOrEqual(foretold);
    }),
  );
});

test('compression is left out where it saves nothing', () => {
  const one = (value: Uint8Array) => [{ timestamp: 0, key: null, value, headers: [] }];
  const codecOf = (value: Uint8Array) => {
    return headerOf(encodeBatch({ records: one(value), compression: 'zstd' })).codec;
  };
  let state = 1;
  const noise = Uint8Array.from({ length: 8192 }, () => {
    state = (state * 48271) % 2147483647;
    return state >>> 8;
  });
  expect(codecOf(new Uint8Array(8192))).toBe('zstd');
  expect(codecOf(new Uint8Array(2048))).toBe('none');
  expect(codecOf(noise)).toBe('none');
});

test('offsets are patched without touching the CRC', () => {
  const batches = fromHex(plainBatch + idempotentBatch);
  const second = plainBatch.length / 2;
  setBaseOffset(batches, 0, 100);
  setBaseOffset(batches, second, 2 ** 53 - 3);
  const split = splitBatches(batches);
  const headers = split.kind === 'batches' ? split.headers : [];
  expect(headers.map(({ position }) => position)).toEqual([0, second]);
  expect(headers.every((header) => crcHolds(batches, header))).toBe(true);
  expect(recordsOf(batches).map(({ offset }) => offset)).toEqual([100, 101, 102]);
  expect(recordsOf(batches.subarray(second)).at(-1)?.offset).toBe(2 ** 53 - 1);
});

test('the time of the append becomes that of every record, and the CRC holds', () => {
  const batch = fromHex(compressedBatches.lz4);
  setLogAppendTime(batch, headerOf(batch), 1_800_000_000_000);
  const header = headerOf(batch);
  expect(header).toMatchObject({ timestampType: 'LogAppendTime', codec: 'lz4' });
  expect(crcHolds(batch, header)).toBe(true);
  const late = fourRecords.map((record) => ({ ...record, timestamp: 1_800_000_000_000 }));
  expectRecords(batch, late);
  expectRecords(
    encodeBatch({ records: late, compression: 'none', timestampType: 'LogAppendTime' }),
    late,
  );
});

test('what compaction left is read: offsets with gaps', () => {
  const batch = fromHex(plainBatch);
  batch[26] = 9; // lastOffsetDelta
  batch[88] = 2 * 3; // the second record's offset delta
  batch[98] = 2 * 8;
  expect(recordsOf(batch).map(({ offset }) => offset)).toEqual([0, 3, 8]);
  batch[26] = 7;
  expect(() => recordsOf(batch)).toThrow('an offset delta is out of order');
});

test('what Kafka’s compaction leaves is read, and is not taken from a producer', () => {
  const compacted = fromHex(compactedBatch);
  expect(headerOf(compacted)).toMatchObject({
    hasDeleteHorizon: true,
    baseTimestamp: compactedHorizon,
    maxTimestamp: 1700000000005,
    lastOffsetDelta: 2,
    count: 2,
  });
  expect(crcHolds(compacted, headerOf(compacted))).toBe(true);
  expectRecords(compacted, threeRecords.slice(1));
  const emptied = fromHex(emptiedBatch);
  expect(headerOf(emptied)).toMatchObject({ lastOffsetDelta: 2, baseTimestamp: -1, count: 0 });
  expectRecords(emptied, []);
  expect(splitBatches(fromHex(emptiedBatch + plainBatch + emptiedBatch))).toMatchObject({
    headers: [{ count: 0 }, { count: 3 }, { count: 0 }],
  });
  for (const batch of [compacted, emptied]) {
    expect(verifyBatch(batch, headerOf(batch), bytesMax).kind).toBe('malformed');
  }
});

test('a batch without records has no bytes of records either', () => {
  const bytes = fromHex(plainBatch);
  bytes.set([0, 0, 0, 0], 57);
  expect(decodeBatch(bytes, headerOf(bytes), bytesMax)).toMatchObject({
    reason: 'bytes are left after the last record',
  });
});
