// Logs of any kind for the tests of combining: batches back to back, of any codec, of either kind
// of time; and what a consumer sees in them.

import fc from 'fast-check';
import { expect } from 'vitest';
import {
  crcHolds,
  setBaseOffset,
  setLogAppendTime,
  type TimestampType,
} from '../../shared/record/batch-header.ts';
import {
  type Combined,
  type CombineOptions,
  combineBatches,
} from '../../shared/record/combine-batches.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { anyRecords, bytesMax, headerOf, plain, recordsOf } from './reading.ts';

export const anyCompression = fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const);

const anyBatch = fc
  .record({
    records: anyRecords,
    compression: anyCompression,
    /** Two times, so that neighbours often have the same. */
    appendTime: fc.constantFrom(undefined, undefined, 1_800_000_000_000, 1_800_000_000_001),
    producer: fc.constantFrom(undefined, { id: 4711, epoch: 3, baseSequence: 42 }),
  })
  .map(({ appendTime, ...batch }) => {
    const bytes = encodeBatch(batch);
    if (appendTime !== undefined) setLogAppendTime(bytes, headerOf(bytes), appendTime);
    return bytes;
  });

/** From offset 0, from any, and up to the last there is. */
const anyBase = fc.oneof(fc.constant(0), fc.nat(), fc.constant(2 ** 53 - 1000));

export const anyLog: fc.Arbitrary<readonly Uint8Array[]> = fc
  .tuple(anyBase, fc.array(anyBatch, { minLength: 1, maxLength: 6 }))
  .map(([base, batches]) => placedFrom(base, batches));

/** Batches to lie back to back from an offset on. */
export function placedFrom(base: number, batches: readonly Uint8Array[]): readonly Uint8Array[] {
  let offset = base;
  return batches.map((batch) => {
    const placed = Uint8Array.from(batch);
    setBaseOffset(placed, 0, offset);
    offset += headerOf(placed).lastOffsetDelta + 1;
    return placed;
  });
}

export function combined(
  log: readonly Uint8Array[],
  options: Omit<CombineOptions, 'decompressedBytesMax' | 'compression'> &
    Partial<CombineOptions> = {},
): Combined {
  const made = combineBatches(log, {
    compression: 'none',
    decompressedBytesMax: bytesMax,
    ...options,
  });
  if (made.kind === 'malformed') throw new Error(made.reason);
  return made;
}

export type Seen = {
  readonly offset: number;
  readonly record: unknown;
  readonly timestampType: TimestampType;
  readonly isTombstone: boolean;
  /** When it is a tombstone. */
  readonly deleteHorizon: number | undefined;
};

/** The records of a log, as its consumers see them. */
export function seenIn(log: readonly Uint8Array[]): readonly Seen[] {
  return log.flatMap((batch) => {
    const { timestampType, hasDeleteHorizon, baseTimestamp } = headerOf(batch);
    return recordsOf(batch).map((record) => ({
      offset: record.offset,
      record: plain([record])[0],
      timestampType,
      isTombstone: record.value === null,
      deleteHorizon: record.value === null && hasDeleteHorizon ? baseTimestamp : undefined,
    }));
  });
}

/** The batches are whole, lie back to back, and cover what those of the other log do. */
export function expectCovers(log: readonly Uint8Array[], other: readonly Uint8Array[]): void {
  const headers = log.map((batch) => headerOf(batch));
  expect(log.every((batch, index) => headers[index]?.length === batch.length)).toBe(true);
  expect(headers.every((header, index) => crcHolds(log[index] as Uint8Array, header))).toBe(true);
  const ends = boundsOf(log);
  expect(ends.slice(0, -1)).toEqual(headers.map(({ baseOffset }) => baseOffset));
  const others = boundsOf(other);
  expect([ends[0], ends.at(-1)]).toEqual([others[0], others.at(-1)]);
}

/** Where the first begins, and where each ends if it follows the one before it. */
function boundsOf(log: readonly Uint8Array[]): readonly number[] {
  let offset = headerOf(log[0] as Uint8Array).baseOffset;
  return [offset, ...log.map((batch) => (offset += headerOf(batch).lastOffsetDelta + 1))];
}
