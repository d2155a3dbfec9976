// What compaction does to batches: records are left out and their offsets stay covered; a tombstone
// that stays is told once until when.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setLogAppendTime } from '../../shared/record/batch-header.ts';
import type { RecordToJudge } from '../../shared/record/each-record.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import {
  compactedBatch,
  compactedHorizon,
  emptiedBatch,
  plainBatch,
} from '../golden/record-batches.ts';
import { anyCompression, anyLog, combined, expectCovers, placedFrom, seenIn } from './logs.ts';
import { altered, fromHex, headerOf } from './reading.ts';

const toHex = (batches: readonly Uint8Array[]) =>
  batches.map((batch) => Buffer.from(batch).toString('hex'));

test('our bytes are those of Kafka’s compaction', () => {
  const log = [fromHex(plainBatch)];
  const keep = ({ offset }: RecordToJudge) => offset !== 0;
  const compacted = combined(log, { keep, deleteHorizon: compactedHorizon });
  expect(toHex(compacted.batches)).toEqual([compactedBatch]);
  const emptied = combined(log, { keep: () => false });
  expect(toHex(emptied.batches)).toEqual([emptiedBatch]);
  expect(emptied.timestampMax).toBe(1700000000005);
  expect(toHex(combined([fromHex(compactedBatch)]).batches)).toEqual([compactedBatch]);
  expect(toHex(combined([fromHex(emptiedBatch)]).batches)).toEqual([emptiedBatch]);
});

test('any records are left out of any log, twice, and then it is merged', () => {
  const anyRound = fc.record({
    salt: fc.integer({ min: 1, max: 1_000 }),
    share: fc.integer({ min: 0, max: 10 }),
    compression: anyCompression,
    recordsBytesMax: fc.constantFrom(1, 500, 2 ** 20),
    deleteHorizon: fc.constantFrom(undefined, 1, 1_750_000_000_000),
  });
  const rounds = fc.array(anyRound, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(anyLog, rounds, (log, all) => {
      let batches = log;
      for (const { salt, share, deleteHorizon, ...options } of all) {
        const isKept = ({ offset }: { offset: number }) =>
          ((offset % 1_000) * salt * 7919) % 10 < share;
        const before = seenIn(batches);
        const judged: number[] = [];
        const keep = (record: RecordToJudge) => {
          const { isTombstone, deleteHorizon: horizon } = record;
          expect(before[judged.length]).toMatchObject({
            offset: record.offset,
            record: {
              timestamp: record.timestamp,
              key: record.key && Buffer.from(record.key).toString('hex'),
            },
            isTombstone,
            ...(isTombstone ? { deleteHorizon: horizon } : {}),
          });
          judged.push(record.offset);
          return isKept(record);
        };
        const stamp = deleteHorizon === undefined ? {} : { deleteHorizon };
        const after = combined(batches, { ...options, ...stamp, keep }).batches;
        expect(judged).toHaveLength(before.length);
        expectCovers(after, log);
        const expected = before.filter(isKept).map((seen) => ({
          ...seen,
          deleteHorizon: seen.isTombstone ? (seen.deleteHorizon ?? deleteHorizon) : undefined,
        }));
        expect(seenIn(after)).toEqual(expected);
        batches = after;
      }
      const merged = combined(batches).batches;
      expectCovers(merged, log);
      expect(seenIn(merged)).toEqual(seenIn(batches));
      for (const batch of merged) {
        const tombstones = seenIn([batch]).filter(({ isTombstone }) => isTombstone);
        if (headerOf(batch).hasDeleteHorizon) expect(tombstones).not.toHaveLength(0);
      }
    }),
  );
});

const key = new Uint8Array([1]);
const put = { timestamp: 5, key, value: key, headers: [] };
const tombstone = { timestamp: 6, key, value: null, headers: [] };

function batchOf(...records: (typeof put | typeof tombstone)[]): Uint8Array {
  return encodeBatch({ records, compression: 'none' });
}

test('tombstones of one horizon go with any record, and with no other tombstone', () => {
  const old = combined([batchOf(tombstone)], { deleteHorizon: 100 }).batches[0] as Uint8Array;
  const fresh = batchOf(put, tombstone, put);
  const log = placedFrom(0, [batchOf(put), old, batchOf(put), fresh, batchOf(put, tombstone)]);
  const { batches } = combined(log, { deleteHorizon: 200 });
  expect(batches.map((batch) => headerOf(batch))).toMatchObject([
    { hasDeleteHorizon: false, baseTimestamp: 5, count: 1 },
    { hasDeleteHorizon: true, baseTimestamp: 100, count: 3 },
    { hasDeleteHorizon: true, baseTimestamp: 200, count: 4 },
  ]);
  // A merge sets none, and takes none for those that have none.
  const merged = combined(log).batches.map((batch) => headerOf(batch));
  expect(merged.map(({ hasDeleteHorizon }) => hasDeleteHorizon)).toEqual([false, true, false]);
});

test('what is left out is covered: before, between and after what stays', () => {
  const log = placedFrom(70, [
    batchOf(put, put),
    batchOf(put, put),
    batchOf(put, put, put),
    batchOf(put),
  ]);
  const kept = (offsets: readonly number[], recordsBytesMax: number) => {
    const keep = ({ offset }: RecordToJudge) => offsets.includes(offset);
    return combined(log, { keep, recordsBytesMax }).batches.map((batch) => {
      const { baseOffset, lastOffsetDelta, count } = headerOf(batch);
      return [baseOffset, lastOffsetDelta, count];
    });
  };
  expect(kept([73, 75], 1_000)).toEqual([[70, 7, 2]]);
  expect(kept([73, 75], 1)).toEqual([
    [70, 4, 1],
    [75, 2, 1],
  ]);
  expect(kept([70, 77], 1)).toEqual([
    [70, 6, 1],
    [77, 0, 1],
  ]);
  expect(kept([], 1_000)).toEqual([[70, 7, 0]]);
});

test('an empty batch has nothing of the one before it', () => {
  const marker = altered(batchOf(put), 21, '0030');
  const before = batchOf(tombstone);
  setLogAppendTime(before, headerOf(before), 9);
  const log = placedFrom(0, [before, marker, batchOf(put), batchOf(tombstone), marker]);
  const keep = ({ offset }: RecordToJudge) => offset === 0;
  const { batches, timestampMax } = combined(log, { keep, deleteHorizon: 100 });
  expect(batches.map((batch) => headerOf(batch))).toMatchObject([
    { timestampType: 'LogAppendTime', hasDeleteHorizon: true, maxTimestamp: 9, count: 1 },
    { control: true },
    {
      timestampType: 'CreateTime',
      hasDeleteHorizon: false,
      baseTimestamp: -1,
      maxTimestamp: 6,
      lastOffsetDelta: 1,
      count: 0,
    },
    { control: true },
  ]);
  expect(timestampMax).toBe(9);
});

test('times that are nothing, or as late as can be, are the same from a horizon', () => {
  const records = [-1, 0, 2 ** 47 - 1].map((timestamp) => ({ ...tombstone, timestamp }));
  const log = [encodeBatch({ records, compression: 'none' })];
  const once = combined(log, { deleteHorizon: 2 ** 47 - 1 }).batches;
  expect(seenIn(once).map(({ record }) => record)).toMatchObject(
    records.map(({ timestamp }) => ({ timestamp })),
  );
  expect(headerOf(once[0] as Uint8Array)).toMatchObject({ maxTimestamp: 2 ** 47 - 1, count: 3 });
  for (const deleteHorizon of [-1, 2 ** 47, Number.NaN]) {
    expect(() => combined(log, { deleteHorizon })).toThrow('a delete horizon is a time');
  }
});
