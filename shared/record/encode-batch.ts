// Records to a batch, as a producer writes it: base offset 0, to be patched when it is known. The
// forms are those of batch-header.ts and record-view.ts.
//
// This is the hot path of every JSON request: sizes first, one allocation, all written in place.

import { assert } from '../assert.ts';
import { compressBytesMin } from '../limits.ts';
import { batchHeaderBytes, type TimestampType, writeBatchHeader } from './batch-header.ts';
import { type Compression, compress, type Effort } from './codec.ts';
import type { RecordToWrite } from './record.ts';
import { varintBytes, writeVarint } from './varint.ts';

export type BatchToWrite = {
  /** At least one. */
  readonly records: readonly RecordToWrite[];
  /** Left out where the records are few, or would not become smaller. */
  readonly compression: Compression;
  /** 'CreateTime' when absent. */
  readonly timestampType?: TimestampType;
  /** The identity of an idempotent append; the sequence is that of the first record. */
  readonly producer?:
    | { readonly id: number; readonly epoch: number; readonly baseSequence: number }
    | undefined;
};

/** A record's length, its timestamp delta (49 bits) and its offset delta, at their longest. */
const placeBytesMax = 5 + 7 + 5;
const attributesBytes = 1;
/** At most what a record takes beside its key, value and headers. */
export const recordOverheadMax = placeBytesMax + attributesBytes;
const none = { id: -1, epoch: -1, baseSequence: -1 } as const;

/** At most what a record takes of a batch's bytes before compression, wherever in the batch it
 * stands; the batch's header comes on top once (batchHeaderBytes). */
export function encodedRecordBytes(record: Omit<RecordToWrite, 'timestamp'>): number {
  return recordOverheadMax + contentBytes(record);
}

/** @returns one batch: leader epoch -1, timestamp deltas counted from the first record. */
export function encodeBatch(batch: BatchToWrite): Uint8Array {
  const { records, timestampType = 'CreateTime', producer = none } = batch;
  const first = records[0];
  assert(first !== undefined, 'a batch has records');
  const plain = encodeRecords(records, first.timestamp);
  const { bytes, codec } = compressRecords(plain, batch.compression);
  writeBatchHeader(bytes, {
    baseOffset: 0,
    codec,
    timestampType,
    hasDeleteHorizon: false,
    lastOffsetDelta: records.length - 1,
    baseTimestamp: first.timestamp,
    maxTimestamp: latestOf(records),
    producerId: producer.id,
    producerEpoch: producer.epoch,
    baseSequence: producer.baseSequence,
    count: records.length,
  });
  return bytes;
}

/** The records, after room for the batch's header. */
function encodeRecords(records: readonly RecordToWrite[], baseTimestamp: number): Uint8Array {
  let bytesMax = batchHeaderBytes;
  for (const record of records) bytesMax += encodedRecordBytes(record);
  // Not from Node's pool: a small batch that is cached would keep the pool's whole slab.
  const bytes = Buffer.allocUnsafeSlow(bytesMax);
  let position = batchHeaderBytes;
  let index = 0;
  for (const record of records) {
    const timestampDelta = record.timestamp - baseTimestamp;
    const length =
      attributesBytes + varintBytes(timestampDelta) + varintBytes(index) + contentBytes(record);
    position = writeVarint(bytes, position, length);
    bytes[position] = 0;
    position = writeVarint(bytes, position + attributesBytes, timestampDelta);
    position = writeVarint(bytes, position, index);
    position = writeContent(bytes, position, record);
    index++;
  }
  return bytes.subarray(0, position);
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

function latestOf(records: readonly RecordToWrite[]): number {
  let latest = -1;
  for (const { timestamp } of records) if (timestamp > latest) latest = timestamp;
  return latest;
}

/** Key, value and headers, with their lengths. */
function contentBytes({ key, value, headers }: Omit<RecordToWrite, 'timestamp'>): number {
  let length = fieldBytes(key) + fieldBytes(value) + varintBytes(headers.length);
  for (const header of headers) {
    const keyBytes = Buffer.byteLength(header.key);
    length += varintBytes(keyBytes) + keyBytes + fieldBytes(header.value);
  }
  return length;
}

function fieldBytes(field: Uint8Array | null): number {
  return field === null ? 1 : varintBytes(field.length) + field.length;
}

function writeContent(bytes: Buffer, position: number, record: RecordToWrite): number {
  let next = writeField(bytes, position, record.key);
  next = writeField(bytes, next, record.value);
  next = writeVarint(bytes, next, record.headers.length);
  for (const { key, value } of record.headers) {
    next = writeVarint(bytes, next, Buffer.byteLength(key));
    next += bytes.write(key, next);
    next = writeField(bytes, next, value);
  }
  return next;
}

function writeField(bytes: Buffer, position: number, field: Uint8Array | null): number {
  if (field === null) return writeVarint(bytes, position, -1);
  const next = writeVarint(bytes, position, field.length);
  bytes.set(field, next);
  return next + field.length;
}
