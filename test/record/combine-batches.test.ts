// Combining: many batches become few, and whoever reads the log sees what was there before.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchHeaderBytes, setLogAppendTime } from '../../shared/record/batch-header.ts';
import { recordsOf as plainRecordsOf } from '../../shared/record/batches.ts';
import { combineBatches, copiedBytesMin } from '../../shared/record/combine-batches.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import {
  compressedBatches,
  emptiedBatch,
  fourRecords,
  idempotentBatch,
  plainBatch,
  threeRecords,
} from '../golden/record-batches.ts';
import { anyCompression, anyLog, combined, expectCovers, placedFrom, seenIn } from './logs.ts';
import { altered, bytesMax, expectRecords, fromHex, headerOf, recordsOf } from './reading.ts';

/** Bytes that no compression makes smaller. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return state >>> 8;
  });
}

function batchOf(value: Uint8Array | null, compression: 'none' | 'zstd' = 'none'): Uint8Array {
  const record = { timestamp: 7, key: new Uint8Array([1]), value, headers: [] };
  return encodeBatch({ records: [record], compression });
}

const plainBytesOf = (batch: Uint8Array) => {
  const records = plainRecordsOf(batch, headerOf(batch), bytesMax);
  return records.kind === 'bytes' ? records.bytes : new Uint8Array();
};

test('any log reads the same, in batches of any size and codec', () => {
  const anyBytesMax = fc.constantFrom(1, 500, 5_000, 2 ** 20);
  fc.assert(
    fc.property(anyLog, anyCompression, anyBytesMax, (log, compression, recordsBytesMax) => {
      const { batches, timestampMax } = combined(log, { compression, recordsBytesMax });
      expectCovers(batches, log);
      expect(seenIn(batches)).toEqual(seenIn(log));
      const times = log.map((batch) => headerOf(batch).maxTimestamp);
      expect(timestampMax).toBe(Math.max(...times));
      for (const batch of batches) {
        const { count, producerId } = headerOf(batch);
        expect(producerId).toBe(-1);
        if (count > 1) expect(plainBytesOf(batch).length).toBeLessThanOrEqual(recordsBytesMax);
      }
    }),
  );
});

test('batches of one kind become one, and each knows its own greatest time', () => {
  const hexes = [plainBatch, idempotentBatch, ...Object.values(compressedBatches)];
  const log = placedFrom(100, hexes.map(fromHex));
  const { batches } = combined(log, { compression: 'zstd' });
  expect(batches).toHaveLength(1);
  expect(headerOf(batches[0] as Uint8Array)).toMatchObject({
    baseOffset: 100,
    lastOffsetDelta: 21,
    baseTimestamp: 1700000000000,
    maxTimestamp: 1700000000005,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    count: 22,
  });
  const all = [
    threeRecords,
    threeRecords,
    ...Object.values(compressedBatches).map(() => fourRecords),
  ];
  expectRecords(batches[0] as Uint8Array, all.flat());
  const alone = combined(log, { recordsBytesMax: 1 }).batches;
  const times = alone.slice(0, 3).map((batch) => headerOf(batch).maxTimestamp);
  expect(times).toEqual([1700000000000, 1700000000005, 1699999999000]);
});

test('many small batches become much smaller', () => {
  const value = Buffer.from('{"station":"a","state":"charging","watts":11000}');
  const log = placedFrom(
    0,
    Array.from({ length: 1_000 }, () => batchOf(value)),
  );
  const before = log.reduce((sum, batch) => sum + batch.length, 0);
  const { batches } = combined(log, { compression: 'zstd' });
  expect(batches).toHaveLength(1);
  expect((batches[0] as Uint8Array).length * 20).toBeLessThan(before);
  // A view of a larger buffer would keep all of it in memory.
  const [few] = combined(log.slice(0, 2), { compression: 'zstd' }).batches as [Uint8Array];
  expect(few.buffer.byteLength).toBe(few.length);
});

test('a header’s key that is no UTF-8 stays the bytes that it is', () => {
  const record = { timestamp: 7, key: null, value: null, headers: [{ key: 'hh', value: null }] };
  const source = encodeBatch({ records: [record], compression: 'none' });
  const at = Buffer.from(source).indexOf('hh');
  const log = placedFrom(5, [altered(source, at, 'ff80'), source]);
  for (const compression of ['none', 'zstd'] as const) {
    const [batch] = combined(log, { compression }).batches as [Uint8Array];
    expect(headerOf(batch).count).toBe(2);
    const bytes = Buffer.from(plainBytesOf(batch));
    expect(bytes.includes(Buffer.from('02' + '04' + 'ff80' + '01', 'hex'))).toBe(true);
  }
});

test('of LogAppendTime only what was appended at the same time goes together', () => {
  const times = [1_000, 1_000, 2_000, undefined, undefined, 2_000];
  const log = placedFrom(
    0,
    times.map((time) => {
      const batch = fromHex(compressedBatches.lz4);
      if (time !== undefined) setLogAppendTime(batch, headerOf(batch), time);
      return batch;
    }),
  );
  const { batches } = combined(log);
  expect(batches.map((batch) => headerOf(batch))).toMatchObject([
    { timestampType: 'LogAppendTime', maxTimestamp: 1_000, count: 8 },
    { timestampType: 'LogAppendTime', maxTimestamp: 2_000, count: 4 },
    { timestampType: 'CreateTime', maxTimestamp: 1700000000005, count: 8 },
    { timestampType: 'LogAppendTime', maxTimestamp: 2_000, count: 4 },
  ]);
  expect(seenIn(batches)).toEqual(seenIn(log));
});

test('what is large and compressed already is copied, between what is not', () => {
  const text = Buffer.from(noise(copiedBytesMin * 2)).toString('base64');
  const large = batchOf(Buffer.from(text), 'zstd');
  expect(headerOf(large).codec).toBe('zstd');
  const small = batchOf(null);
  const log = placedFrom(9, [small, small, large, fromHex(emptiedBatch), large, small]);
  const { batches } = combined(log, { compression: 'zstd' });
  expectCovers(batches, log);
  expect(batches.map((batch) => headerOf(batch).count)).toEqual([2, 1, 0, 1, 1]);
  expect(batches[1]).toBe(log[2]);
  expect(batches[3]).toBe(log[4]);
  // Not where another codec is wanted, nor where records are to be looked at.
  expect(combined(log, { compression: 'gzip' }).batches).toHaveLength(1);
  const all = { compression: 'zstd', keep: () => true } as const;
  expect(combined(log, all).batches).toHaveLength(1);
  const stamped = { compression: 'zstd', deleteHorizon: 0 } as const;
  expect(combined(log, stamped).batches.map((batch) => headerOf(batch).count)).toEqual([5]);
});

test('a record that is larger than a batch may be has its own', () => {
  const log = placedFrom(
    0,
    [3, 3_000, 3, 5_000, 3].map((length) => batchOf(noise(length))),
  );
  const { batches } = combined(log, { recordsBytesMax: 1_000 });
  expect(batches.map((batch) => headerOf(batch).count)).toEqual([1, 1, 1, 1, 1]);
  expect(seenIn(batches)).toEqual(seenIn(log));
});

test('a transaction’s batches, and its markers, stay as they are', () => {
  const transactional = altered(fromHex(idempotentBatch), 21, '0010');
  const marker = altered(fromHex(idempotentBatch), 21, '0030');
  const log = placedFrom(0, [fromHex(plainBatch), transactional, marker, fromHex(plainBatch)]);
  const { batches } = combined(log, { keep: () => false });
  expect(batches[1]).toBe(log[1]);
  expect(batches[2]).toBe(log[2]);
  expect(batches.map((batch) => headerOf(batch).count)).toEqual([0, 3, 3, 0]);
  expectCovers(batches, log);
});

test('batches that cannot be read, or do not follow each other, are malformed', () => {
  const options = { compression: 'zstd', decompressedBytesMax: 10_000 } as const;
  const good = fromHex(plainBatch);
  const placed = (...batches: Uint8Array[]) => placedFrom(0, batches);
  const reasonOf = (log: readonly Uint8Array[]) => combineBatches(log, options);
  const position = good.length;
  expect(reasonOf(placed(good, altered(good, 94, '16')))).toMatchObject({
    reason: 'a record passes the end of its batch',
    position,
  });
  expect(reasonOf(placed(good, batchOf(new Uint8Array(20_000), 'zstd')))).toMatchObject({
    reason: 'not zstd, or of more than 10000 bytes',
    position,
  });
  expect(reasonOf([good, good])).toMatchObject({
    reason: 'it does not begin where the one before it ends',
    position,
  });
  expect(reasonOf([fromHex(plainBatch + plainBatch)])).toMatchObject({
    reason: 'more than a batch',
    position: 0,
  });
  expect(reasonOf([good, good.subarray(0, 70)])).toMatchObject({
    reason: 'the bytes end within a batch',
    position,
  });
  expect(() => reasonOf([])).toThrow('there are batches');
  const wide = [altered(good, 23, '7fffffff')];
  expect(combined(wide).batches.map((batch) => headerOf(batch).lastOffsetDelta)).toEqual([
    2 ** 31 - 1,
  ]);
  const wider = placedFrom(0, [...wide, good]);
  expect(() => combineBatches(wider, options)).toThrow('31 bits');
});

test('any bytes in a batch are combined as they are decoded, or malformed', () => {
  const golden = fc.constantFrom(...Object.values(compressedBatches), plainBatch);
  const junk = fc.uint8Array({ minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(golden, fc.nat(), junk, (hex, place, bytes) => {
      const whole = fromHex(hex);
      const room = whole.length - batchHeaderBytes - bytes.length;
      const at = batchHeaderBytes + (place % room);
      const log = [altered(whole, at, Buffer.from(bytes).toString('hex'))];
      const made = combineBatches(log, { compression: 'none', decompressedBytesMax: bytesMax });
      if (made.kind === 'combined') expect(seenIn(made.batches)).toEqual(seenIn(log));
      else expect(() => recordsOf(log[0] as Uint8Array)).toThrow(made.reason);
    }),
    { numRuns: 500 },
  );
});
