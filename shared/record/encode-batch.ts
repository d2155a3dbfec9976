// Records to a batch, as a producer writes it: base offset 0, to be patched when it is known.
//
// This is the hot path of every JSON request: sizes first, one allocation, all written in place.

import { assert } from '../assert.ts';
import { compressBytesMin } from '../limits.ts';
import { batchHeaderBytes, type TimestampType, writeBatchHeader } from './batch-header.ts';
import { type Compression, compress, type Effort } from './codec.ts';
import { blankRecord, bytesMaxOf, contentBytes, GrowingBatch } from './growing-batch.ts';
import type { RecordToWrite } from './record.ts';

export type BatchToWrite = {
  /** At least one. */
  readonly records: readonly RecordToWrite[];
  /** Left out where the records are few, or would not become smaller. */
  readonly compression: Compression;
  /** 'CreateTime' when absent. */
  readonly timestampType?: TimestampType;
  readonly producer?: ProducerStamp | undefined;
};

/** The identity of an idempotent append; the sequence is that of the first record. */
export type ProducerStamp = {
  readonly id: number;
  readonly epoch: number;
  readonly baseSequence: number;
};

/** What a producer's batch is, beside its bytes and whose it is. */
export type Produced = {
  readonly codec: Compression;
  readonly count: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** 'CreateTime' when absent. */
  readonly timestampType?: TimestampType;
};

/** Of an append that nobody's sequences are of. */
export const noProducer: ProducerStamp = { id: -1, epoch: -1, baseSequence: -1 };

/** At most what a record takes of a batch's bytes before compression, wherever in the batch it
 * stands; the batch's header comes on top once (batchHeaderBytes). */
export function encodedRecordBytes({
  key,
  value,
  headers,
}: Omit<RecordToWrite, 'timestamp'>): number {
  return bytesMaxOf({ keyBytes: contentBytes(key), valueBytes: contentBytes(value), headers });
}

/** @returns one batch: leader epoch -1, timestamp deltas counted from the first record. */
export function encodeBatch(batch: BatchToWrite): Uint8Array {
  const { records, timestampType = 'CreateTime', producer = noProducer } = batch;
  assert(records.length > 0, 'a batch has records');
  const { plain, baseTimestamp, maxTimestamp, count } = grownOf(records);
  const { bytes, codec } = compressRecords(plain, batch.compression);
  const produced = { codec, count, baseTimestamp, maxTimestamp, timestampType };
  writeProducedHeader(bytes, produced, producer);
  return bytes;
}

/** The header of what has all its records, and whose base offset is to be patched. */
export function writeProducedHeader(
  bytes: Uint8Array,
  { codec, count, baseTimestamp, maxTimestamp, timestampType = 'CreateTime' }: Produced,
  { id, epoch, baseSequence }: ProducerStamp,
): void {
  writeBatchHeader(bytes, {
    baseOffset: 0,
    codec,
    timestampType,
    hasDeleteHorizon: false,
    lastOffsetDelta: count - 1,
    baseTimestamp,
    maxTimestamp,
    producerId: id,
    producerEpoch: epoch,
    baseSequence,
    count,
  });
}

function grownOf(records: readonly RecordToWrite[]): GrowingBatch {
  let bytesMax = batchHeaderBytes;
  for (const record of records) bytesMax += encodedRecordBytes(record);
  const batch = new GrowingBatch(bytesMax);
  const scratch = blankRecord();
  for (const { timestamp, key, value, headers } of records) {
    scratch.timestamp = timestamp;
    scratch.key = key;
    scratch.keyBytes = contentBytes(key);
    scratch.value = value;
    scratch.valueBytes = contentBytes(value);
    scratch.headers = headers;
    batch.add(scratch);
  }
  return batch;
}

/** @param plain room for the batch's header, then its records.
 * @returns `plain` itself where they are few, or would not become smaller; else a copy, with the
 *   same room. */
export function compressRecords(
  plain: Uint8Array,
  compression: Compression,
  effort?: Effort,
): { readonly bytes: Uint8Array; readonly codec: Compression } {
  const records = plain.subarray(batchHeaderBytes);
  if (compression === 'none' || records.length < compressBytesMin) {
    return { bytes: plain, codec: 'none' };
  }
  const compressed = compress(compression, records, effort);
  if (compressed.length >= records.length) return { bytes: plain, codec: 'none' };
  const bytes = Buffer.allocUnsafeSlow(batchHeaderBytes + compressed.length);
  bytes.set(compressed, batchHeaderBytes);
  return { bytes, codec: compression };
}
