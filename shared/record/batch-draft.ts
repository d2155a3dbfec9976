// A batch that grows record by record, out of records that other batches hold. Their contents (key,
// value, headers) are copied as the bytes they are, never as text; only their places in the batch
// are written anew.
//
// Batches lie back to back in offsets: a draft begins where the batch before it ends, and it is
// sealed to where the next one begins, whether or not there is a record of each offset.

import {
  type BatchHeader,
  batchHeaderBytes,
  type TimestampType,
  writeBatchHeader,
} from './batch-header.ts';
import { type BatchWalk, isTombstone } from './batch-walk.ts';
import type { Compression } from './codec.ts';
import { compressRecords } from './encode-batch.ts';
import { recordOverheadMax } from './growing-batch.ts';
import { varintBytes, writeVarint } from './varint.ts';

export type Draft = {
  readonly recordsBytesMax: number;
  /** Room for the header, then records; it serves one batch after the other. */
  bytes: Uint8Array;
  /** Of them, so far. */
  length: number;
  baseOffset: number;
  count: number;
  timestampType: TimestampType;
  /** Milliseconds since 1970; a batch without tombstones has none. */
  deleteHorizon: number | undefined;
  baseTimestamp: number;
  /** Of a batch without records: that of the batches which had them. */
  maxTimestamp: number;
};

/** What is said of a batch that has no records. Source: Kafka's DefaultRecordBatch. */
const ofNone = {
  count: 0,
  timestampType: 'CreateTime',
  deleteHorizon: undefined,
  baseTimestamp: -1,
  maxTimestamp: -1,
} as const;

/** @param recordsBytesMax what a batch's records take at most, before they are compressed; a single
 *   record may take more. */
export function newDraft(baseOffset: number, recordsBytesMax: number): Draft {
  const bytes = Buffer.allocUnsafeSlow(batchHeaderBytes);
  return { ...ofNone, recordsBytesMax, bytes, length: batchHeaderBytes, baseOffset };
}

/** Whether the record that the walk stands at may stand in the draft as it is.
 * @param deleteHorizon the record's, if it is a tombstone. Another tombstone's would have it left
 *   out too early, or never; of a record that is none it says nothing. */
export function mayJoin(draft: Draft, walk: BatchWalk, deleteHorizon: number | undefined): boolean {
  if (draft.count === 0) return true;
  const { timestampType } = draft;
  if (timestampType !== walk.header.timestampType) return false;
  // A batch has one time of append, for all its records.
  if (timestampType === 'LogAppendTime' && draft.maxTimestamp !== walk.timestamp) return false;
  if (isTombstone(walk) && draft.deleteHorizon !== deleteHorizon) return false;
  return draft.length + bytesMaxOf(walk) <= batchHeaderBytes + draft.recordsBytesMax;
}

/** Appends the record that the walk stands at, which may join. */
export function appendRecord(
  draft: Draft,
  walk: BatchWalk,
  deleteHorizon: number | undefined,
): void {
  if (draft.count === 0) beginWith(draft, walk, deleteHorizon);
  const { bytes } = draft;
  const { view, timestamp, offset } = walk;
  const timestampDelta = timestamp - draft.baseTimestamp;
  const offsetDelta = offset - draft.baseOffset;
  const content = view.bytes.subarray(view.contentPosition, view.position);
  const length = 1 + varintBytes(timestampDelta) + varintBytes(offsetDelta) + content.length;
  let at = writeVarint(bytes, draft.length, length);
  bytes[at] = 0;
  at = writeVarint(bytes, at + 1, timestampDelta);
  at = writeVarint(bytes, at, offsetDelta);
  bytes.set(content, at);
  draft.length = at + content.length;
  draft.count++;
  if (timestamp > draft.maxTimestamp) draft.maxTimestamp = timestamp;
}

export type Seal = {
  /** One past the last offset that the batch covers: above its base offset. */
  readonly endOffset: number;
  readonly compression: Compression;
  /** A batch that this one should not be larger than, since all of its records are from there. */
  readonly from?: BatchHeader | undefined;
};

/** Ends the batch, and begins the next.
 * @returns the batch, by no producer. */
export function sealDraft(draft: Draft, seal: Seal): Uint8Array {
  const { baseOffset, timestampType, deleteHorizon, baseTimestamp, maxTimestamp, count } = draft;
  const { endOffset } = seal;
  const plain = draft.bytes.subarray(0, draft.length);
  const { bytes, codec } = compressedFor(plain, seal);
  const batch = bytes === plain ? Uint8Array.from(plain) : bytes;
  writeBatchHeader(batch, {
    baseOffset,
    codec,
    timestampType,
    hasDeleteHorizon: deleteHorizon !== undefined,
    lastOffsetDelta: endOffset - baseOffset - 1,
    baseTimestamp,
    maxTimestamp,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    count,
  });
  Object.assign(draft, ofNone, { length: batchHeaderBytes, baseOffset: endOffset });
  return batch;
}

/** Its producer may have had more time than we take, and it went through what we may not exceed. */
function compressedFor(plain: Uint8Array, { compression, from }: Seal) {
  const fast = compressRecords(plain, compression);
  const isSmall = from === undefined || fast.bytes.length <= from.length;
  if (isSmall || from.codec === 'none') return fast;
  const thorough = compressRecords(plain, from.codec === 'gzip' ? 'gzip' : 'zstd', 'thorough');
  return thorough.bytes.length < fast.bytes.length ? thorough : fast;
}

function beginWith(draft: Draft, walk: BatchWalk, deleteHorizon: number | undefined): void {
  const { timestamp, header } = walk;
  draft.timestampType = header.timestampType;
  draft.deleteHorizon = isTombstone(walk) ? deleteHorizon : undefined;
  draft.baseTimestamp = draft.deleteHorizon ?? timestamp;
  draft.maxTimestamp = timestamp;
  const room = batchHeaderBytes + Math.max(draft.recordsBytesMax, bytesMaxOf(walk));
  // Of a draft that has no records nothing is lost.
  if (draft.bytes.length < room) draft.bytes = Buffer.allocUnsafeSlow(room);
}

/** At most what the record takes in a draft, wherever in it. */
function bytesMaxOf({ view }: BatchWalk): number {
  return recordOverheadMax + view.position - view.contentPosition;
}
