// What becomes of the size of batches that are written anew: whoever could read them before can
// read them after, however well their producer has compressed them.

import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decompressedBytesMax, storedRecordsBytesMax } from '../../shared/limits.ts';
import { batchHeaderBytes } from '../../shared/record/batch-header.ts';
import { recordsOf } from '../../shared/record/batches.ts';
import { codecs } from '../../shared/record/codec.ts';
import { combinedBytesDefault } from '../../shared/record/combine-batches.ts';
import { eachRecord, type RecordToJudge } from '../../shared/record/each-record.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import type { RecordToWrite } from '../../shared/record/record.ts';
import { anyCompression, combined, expectCovers, placedFrom, seenIn } from './logs.ts';
import { altered, anyRecords, headerOf } from './reading.ts';

/** A record whose value says so; null: a tombstone. */
function recordOf(value: Uint8Array | string | null, key = 'k'): RecordToWrite {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return { timestamp: 7, key: Buffer.from(key), value: bytes, headers: [] };
}

/** As a producer sends it who has its own compression. */
function sentBatch(
  records: readonly RecordToWrite[],
  codec: 'gzip' | 'zstd',
  compress: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const plain = Buffer.from(encodeBatch({ records, compression: 'none' }));
  const packed = compress(plain.subarray(batchHeaderBytes));
  const batch = Buffer.concat([plain.subarray(0, batchHeaderBytes), packed]);
  batch.writeInt32BE(batch.length - 12, 8);
  return altered(batch, 21, `000${codecs.indexOf(codec)}`);
}

function zstdOf(level: number): (bytes: Uint8Array) => Uint8Array {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return (bytes) => zstdCompressSync(bytes, { params });
}

const best = (...records: readonly RecordToWrite[]) => sentBatch(records, 'zstd', zstdOf(19));
const small = () => encodeBatch({ records: [recordOf('x')], compression: 'none' });

/** Words in no order: the harder one tries, the smaller they become. */
function wordsOf(seed: number, bytes: number): string {
  let state = seed;
  const next = (bound: number) => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
  const words = Array.from({ length: 500 }, () => next(1e9).toString(36));
  const phrases = Array.from({ length: 2_000 }, () => [words[next(500)], words[next(500)]].join());
  let text = '';
  while (text.length < bytes) text += `${phrases[next(2_000)]} `;
  return text;
}

/** What no compression makes smaller, twice: found by who looks far enough back. */
function distantRepeats(): Uint8Array {
  let state = 1;
  const noise = Uint8Array.from({ length: 4_500_000 }, () => {
    state = (state * 48271) % 2147483647;
    return state >>> 8;
  });
  return Buffer.concat([noise, noise]);
}

const placesOf = (batches: readonly Uint8Array[]) =>
  batches.map((batch) => {
    const { baseOffset, lastOffsetDelta, count } = headerOf(batch);
    return [baseOffset, lastOffsetDelta, count];
  });

test('the largest record there is can be read, as far from its batch’s base as can be', () => {
  const keyed = (length: number): RecordToWrite => {
    return { timestamp: -1, key: new Uint8Array(length), value: null, headers: [] };
  };
  // Lengths of four bytes, a byte each for attributes, deltas, no value and no headers.
  const sent = sentBatch([keyed(decompressedBytesMax - 4 - 3 - 4 - 2)], 'zstd', zstdOf(1));
  const sizeOf = (batch: Uint8Array, bytesMax: number) => {
    const records = recordsOf(batch, headerOf(batch), bytesMax);
    return records.kind === 'bytes' ? records.bytes.length : records.reason;
  };
  expect(sizeOf(sent, decompressedBytesMax)).toBe(decompressedBytesMax);
  const offsets = 2 ** 31 - 1;
  const superseded = altered(small(), 23, (offsets - 1).toString(16).padStart(8, '0'));
  const options = {
    compression: 'zstd',
    decompressedBytesMax: storedRecordsBytesMax,
    keep: ({ offset }: RecordToJudge) => offset === offsets,
    deleteHorizon: 2 ** 47 - 1,
  } as const;
  const once = combined(placedFrom(0, [superseded, sent]), options).batches;
  expect(placesOf(once)).toEqual([[0, offsets, 1]]);
  const [batch] = once as [Uint8Array];
  expect(sizeOf(batch, storedRecordsBytesMax)).toBe(storedRecordsBytesMax);
  expect(sizeOf(batch, storedRecordsBytesMax - 1)).toContain('of more than');
  expect(eachRecord(batch, storedRecordsBytesMax, () => true)).toBe(true);
  expect(combined(once, options).batches).toEqual(once);
});

test('a record alone keeps its batch where a new one would be larger', () => {
  const large = best(recordOf(wordsOf(1, 50_000)));
  const log = placedFrom(70, [small(), small(), large, small(), large, small(), small()]);
  const kept = (offsets: readonly number[], from = log, recordsBytesMax = 1) => {
    const keep = ({ offset }: RecordToJudge) => offsets.includes(offset);
    const { batches } = combined(from, { compression: 'zstd', keep, recordsBytesMax });
    expectCovers(batches, log);
    expect(seenIn(batches)).toEqual(seenIn(from).filter(({ offset }) => offsets.includes(offset)));
    return batches;
  };
  const alone = kept([72]);
  expect(placesOf(alone)).toEqual([
    [70, 1, 0],
    [72, 0, 1],
    [73, 3, 0],
  ]);
  expect(alone[1]).toBe(log[2]);
  // Retention goes by it, and does not wait for a gap that has no time.
  expect(alone.map((batch) => headerOf(batch).maxTimestamp)).toEqual([7, 7, 7]);
  const again = kept([72], alone);
  expect(placesOf(again)).toEqual(placesOf(alone));
  expect(again[1]).toBe(alone[1]);
  const between = kept([70, 72, 74, 76]);
  expect(placesOf(between)).toEqual([
    [70, 1, 1],
    [72, 0, 1],
    [73, 0, 0],
    [74, 0, 1],
    [75, 0, 0],
    [76, 0, 1],
  ]);
  expect([between[1], between[3]]).toEqual([log[2], log[4]]);
  // Where it is not larger there is no need to, and what goes together is one batch as ever.
  expect(placesOf(kept([70]))).toEqual([[70, 6, 1]]);
  expect(placesOf(kept([72, 73], log, 2 ** 20))).toEqual([[70, 6, 2]]);
});

test('it finds its own offsets free, though its record is not at the first of them', () => {
  const records = [recordOf('x'), recordOf('y'), recordOf(wordsOf(1, 50_000))];
  const keep = ({ offset }: RecordToJudge) => offset % 3 === 2;
  const one = combined([best(...records)], { compression: 'zstd', keep }).batches[0] as Uint8Array;
  const words = recordsOf(one, headerOf(one), 100_000);
  const packed = zstdOf(19)(words.kind === 'bytes' ? words.bytes : new Uint8Array());
  const better = Buffer.concat([one.subarray(0, batchHeaderBytes), packed]);
  better.writeInt32BE(better.length - 12, 8);
  const log = placedFrom(0, Array(3).fill(altered(better, 21, '0004')));
  const { batches } = combined(log, { compression: 'zstd', keep, recordsBytesMax: 1 });
  expect(batches.map((batch, index) => batch === log[index])).toEqual([true, true, true]);
  const merged = combined(log, { compression: 'zstd' }).batches;
  expect(placesOf(merged)).toEqual([[0, 8, 3]]);
});

test('what cannot be copied is compressed until it is no larger than the batch it is from', () => {
  const repeats = distantRepeats();
  const gzip = (level: number) => (bytes: Uint8Array) => gzipSync(bytes, { level });
  const sent = [
    sentBatch([recordOf('x'), recordOf(repeats)], 'zstd', zstdOf(19)),
    sentBatch([recordOf('x'), recordOf(wordsOf(1, 2e6))], 'zstd', zstdOf(9)),
    sentBatch([recordOf('x'), recordOf(wordsOf(1, 2e6))], 'gzip', gzip(9)),
    // A tombstone that is told until when it stays.
    sentBatch([recordOf(null, wordsOf(1, 2e6))], 'gzip', gzip(9)),
  ];
  for (const [at, batch] of sent.entries()) {
    const last = headerOf(batch).lastOffsetDelta;
    const keep = ({ offset }: RecordToJudge) => offset === last;
    for (const compression of ['zstd', 'gzip', 'none'] as const) {
      const made = combined([batch], { compression, keep, deleteHorizon: 1_000 }).batches;
      expect(seenIn(made)).toMatchObject([{ offset: last }]);
      // Our ways are not quite its producer's: a little they may differ.
      const isLarger = (made[0] as Uint8Array).length > batch.length + 100;
      expect({ at, compression, isLarger }).toEqual({ at, compression, isLarger: false });
    }
  }
});

test('any batch is no larger than it was, or than the largest it is of and a batch more', () => {
  const anyRepeat = fc.nat({ max: 9 }).map((times) => 'abcdefghij'.repeat(10 ** times % 9_973));
  const anySent = fc
    .record({
      records: anyRecords.map((records) => records.slice(0, 3)),
      more: anyRepeat,
      level: fc.constantFrom(1, 3, 19),
      codec: fc.constantFrom('gzip' as const, 'zstd' as const),
    })
    .map(({ records: [first, ...rest], more, level, codec }) => {
      const large = { ...(first as RecordToWrite), key: Buffer.from(more) };
      const gzip = (bytes: Uint8Array) => gzipSync(bytes, { level: Math.min(9, level) });
      return sentBatch([large, ...rest], codec, codec === 'gzip' ? gzip : zstdOf(level));
    });
  const anyPlan = fc.record({
    compression: anyCompression,
    recordsBytesMax: fc.constantFrom(1, 10_000, combinedBytesDefault),
    deleteHorizon: fc.constantFrom(undefined, 2_000),
    share: fc.integer({ min: 1, max: 10 }),
  });
  const logs = fc.array(anySent, { minLength: 1, maxLength: 6 }).map((all) => placedFrom(9, all));
  fc.assert(
    fc.property(logs, anyPlan, (log, { share, deleteHorizon, ...options }) => {
      const keep = ({ offset }: { offset: number }) => (offset * 7919) % 10 < share;
      const horizon = deleteHorizon === undefined ? {} : { deleteHorizon };
      const { batches } = combined(log, { ...options, ...horizon, keep });
      expectCovers(batches, log);
      expect(seenIn(batches).map(({ offset }) => offset)).toEqual(
        seenIn(log).flatMap(({ offset }) => (keep({ offset }) ? [offset] : [])),
      );
      const largest = Math.max(...log.map(({ length }) => length));
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(largest + combinedBytesDefault);
        const [only, ...others] = seenIn([batch]);
        if (only === undefined || others.length > 0) continue;
        const old = log.find((one) => seenIn([one]).some(({ offset }) => offset === only.offset));
        const isWhole = seenIn([old as Uint8Array]).length === 1;
        const isToldAnew = only.isTombstone && deleteHorizon !== undefined;
        if (isWhole && !isToldAnew) {
          expect(batch.length).toBeLessThanOrEqual((old as Uint8Array).length);
        }
      }
    }),
  );
});
