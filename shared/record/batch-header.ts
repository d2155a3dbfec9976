// The header of a record batch, Kafka's magic 2: what can be known of a batch without its records.
//
//     batch = baseOffset           i64   not covered by the crc: it is known after the bytes are
//             batchLength          i32   bytes after this field
//             partitionLeaderEpoch i32   not covered by the crc
//             magic                i8    2
//             crc                  u32   CRC-32C of all that follows it
//             attributes           i16   codec 0-2, timestamp type 3, transactional 4, control 5,
//                                        delete horizon 6
//             lastOffsetDelta      i32   offsets that the batch covers after its first, with
//                                        records or without
//             baseTimestamp        i64   what the records' timestamp deltas count from; it is the
//                                        delete horizon, if there is one
//             maxTimestamp         i64   the greatest; of LogAppendTime: that of all records
//             producerId           i64   -1: none
//             producerEpoch        i16   -1: none
//             baseSequence         i32   -1: none
//             count                i32   0: compaction left nothing, and the offsets are kept
//             records                    record-view.ts; compressed as a whole
//
// The delete horizon is from when on the batch's tombstones may be left out. A compaction sets it.
// Source: Kafka's documentation, "Record Batch"; KIP-534.

import { offsetMax, timestampMax } from '../limits.ts';
import { type Codec, codecs } from './codec.ts';
import { crc32c, joinCrc32c } from './crc32c.ts';
import {
  readInt16,
  readInt32,
  readInt64,
  readUint32,
  writeInt16,
  writeInt32,
  writeInt64,
} from './integers.ts';

export const batchHeaderBytes = 61;

const at = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
} as const;

const magic = 2;
/** What batchLength does not count: baseOffset and itself. */
const lengthEnd = 12;
const codecBits = 7;
const logAppendTimeBit = 8;
const transactionalBit = 16;
const controlBit = 32;
const deleteHorizonBit = 64;

export type TimestampType = 'CreateTime' | 'LogAppendTime';

export type BatchHeader = {
  /** Where in the bytes the batch begins. */
  readonly position: number;
  /** The whole batch, in bytes. */
  readonly length: number;
  readonly baseOffset: number;
  readonly crc: number;
  readonly codec: Codec;
  readonly timestampType: TimestampType;
  readonly transactional: boolean;
  readonly control: boolean;
  /** Then baseTimestamp is the horizon, and timestamp deltas count from it as ever. */
  readonly hasDeleteHorizon: boolean;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** -1: none; then epoch and sequence say nothing. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** Records. Compaction leaves fewer than lastOffsetDelta + 1, or none. */
  readonly count: number;
};

/** Bytes that are not what they should be. `position`: where the batch, or whatever else was to be
 * read, begins. */
export type Malformed = {
  readonly kind: 'malformed';
  readonly reason: string;
  readonly position: number;
};

export function malformed(reason: string, position: number): Malformed {
  return { kind: 'malformed', reason, position };
}

/** Reads the header of the batch that begins at `position`. Its crc is not checked, nor its
 * records; the batch lies within the bytes, and all its numbers are in range. */
export function readBatchHeader(
  bytes: Uint8Array,
  position: number,
): { readonly kind: 'header'; readonly header: BatchHeader } | Malformed {
  const left = bytes.length - position;
  if (left <= at.magic) return malformed('the bytes end within a batch header', position);
  if (bytes[position + at.magic] !== magic) {
    return malformed(`magic ${bytes[position + at.magic]}: only ${magic} is known`, position);
  }
  const length = lengthEnd + readInt32(bytes, position + at.batchLength);
  if (length < batchHeaderBytes) return malformed('the batch is shorter than its header', position);
  if (length > left) return malformed('the bytes end within a batch', position);
  const attributes = readInt16(bytes, position + at.attributes);
  const codec = codecs[attributes & codecBits];
  if (codec === undefined) return malformed('an unknown compression codec', position);
  const header: BatchHeader = {
    position,
    length,
    baseOffset: readInt64(bytes, position + at.baseOffset),
    crc: readUint32(bytes, position + at.crc),
    codec,
    timestampType: (attributes & logAppendTimeBit) === 0 ? 'CreateTime' : 'LogAppendTime',
    transactional: (attributes & transactionalBit) !== 0,
    control: (attributes & controlBit) !== 0,
    hasDeleteHorizon: (attributes & deleteHorizonBit) !== 0,
    lastOffsetDelta: readInt32(bytes, position + at.lastOffsetDelta),
    baseTimestamp: readInt64(bytes, position + at.baseTimestamp),
    maxTimestamp: readInt64(bytes, position + at.maxTimestamp),
    producerId: readInt64(bytes, position + at.producerId),
    producerEpoch: readInt16(bytes, position + at.producerEpoch),
    baseSequence: readInt32(bytes, position + at.baseSequence),
    count: readInt32(bytes, position + at.count),
  };
  const reason = outOfRange(header);
  return reason === undefined ? { kind: 'header', header } : malformed(reason, position);
}

function outOfRange(header: BatchHeader): string | undefined {
  if (header.count < 0) return 'fewer than no records';
  if (header.lastOffsetDelta < 0) return 'the batch has no offsets';
  if (header.lastOffsetDelta < header.count - 1) return 'fewer offsets than records';
  if (header.baseOffset < 0) return 'the base offset is negative';
  if (header.baseOffset > offsetMax - header.lastOffsetDelta) return 'an offset is out of range';
  if (!isTimestamp(header.baseTimestamp)) return 'the base timestamp is out of range';
  if (!isTimestamp(header.maxTimestamp)) return 'the greatest timestamp is out of range';
  const producerIsSafe = Number.isSafeInteger(header.producerId) && header.producerId >= -1;
  return producerIsSafe ? undefined : 'the producer id is out of range';
}

/** -1 is Kafka's "none". NaN is no timestamp. */
export function isTimestamp(value: number): boolean {
  return value >= -1 && value <= timestampMax;
}

/** The header of a batch to write. It is laid at the start of `batch`, whose records are there
 * already: the crc is over them too. The leader epoch is -1, "unknown", as a producer writes it. */
export function writeBatchHeader(
  batch: Uint8Array,
  header: Omit<BatchHeader, 'position' | 'length' | 'crc' | 'transactional' | 'control'>,
): void {
  const timestampBit = header.timestampType === 'LogAppendTime' ? logAppendTimeBit : 0;
  const horizonBit = header.hasDeleteHorizon ? deleteHorizonBit : 0;
  writeInt64(batch, at.baseOffset, header.baseOffset);
  writeInt32(batch, at.batchLength, batch.length - lengthEnd);
  writeInt32(batch, at.partitionLeaderEpoch, -1);
  batch[at.magic] = magic;
  writeInt16(batch, at.attributes, codecs.indexOf(header.codec) | timestampBit | horizonBit);
  writeInt32(batch, at.lastOffsetDelta, header.lastOffsetDelta);
  writeInt64(batch, at.baseTimestamp, header.baseTimestamp);
  writeInt64(batch, at.maxTimestamp, header.maxTimestamp);
  writeInt64(batch, at.producerId, header.producerId);
  writeInt16(batch, at.producerEpoch, header.producerEpoch);
  writeInt32(batch, at.baseSequence, header.baseSequence);
  writeInt32(batch, at.count, header.count);
  writeInt32(batch, at.crc, crc32c(batch.subarray(at.attributes)));
}

/** Whether the batch's bytes are those its crc was made of. */
export function crcHolds(bytes: Uint8Array, header: BatchHeader): boolean {
  return crcOf(bytes, header) === header.crc;
}

/** The CRC of a whole batch, from the one that it carries, which covers all but its first bytes. */
export function wholeCrc32c(batch: Uint8Array): number {
  const start = crc32c(batch.subarray(0, at.attributes));
  return joinCrc32c(start, readUint32(batch, at.crc), batch.length - at.attributes);
}

/** Patches the offset of the batch's first record, in place; the crc does not cover it. */
export function setBaseOffset(bytes: Uint8Array, position: number, offset: number): void {
  writeInt64(bytes, position + at.baseOffset, offset);
}

/** Gives all records of a batch the time of its append, in place. `header` is as it was read
 * before; it is old afterwards. */
export function setLogAppendTime(bytes: Uint8Array, header: BatchHeader, timestamp: number): void {
  const { position } = header;
  const attributes = readInt16(bytes, position + at.attributes) | logAppendTimeBit;
  writeInt16(bytes, position + at.attributes, attributes);
  writeInt64(bytes, position + at.maxTimestamp, timestamp);
  writeInt32(bytes, position + at.crc, crcOf(bytes, header));
}

function crcOf(bytes: Uint8Array, { position, length }: BatchHeader): number {
  return crc32c(bytes.subarray(position + at.attributes, position + length));
}
