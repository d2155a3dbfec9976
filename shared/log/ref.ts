// A ref says of one append where its bytes are and how many offsets they hold. Which offsets, its
// place in the tail or chunk says: the base of the list plus the counts before it.
//
//     kind and version   u8    0x01: batches in a segment, version 1
//     segment id         16
//     position           u32   of its first byte in the segment
//     length             u32   in bytes
//     count              u32   offsets
//     timestamp          i48   the greatest of its records'; -1: none
//
// Fields have fixed places, so that counts are added up without unpacking the rest. Segment id and
// position identify an append for ever.

import { assert } from '../assert.ts';
import {
  type EpochMillis,
  type SegmentId,
  segmentIdBytes,
  segmentIdFromBytes,
  segmentIdToBytes,
  segmentTime,
} from '../ids.ts';
import { refBytes } from '../limits.ts';

export type Ref = {
  readonly segment: SegmentId;
  readonly position: number;
  readonly length: number;
  readonly count: number;
  readonly timestampMax: number;
};

/** A ref and the offset of its first record. */
export type PlacedRef = Ref & { readonly baseOffset: number };

const batchesInSegment = 0x01;
const positionAt = 1 + segmentIdBytes;
const lengthAt = positionAt + 4;
const countAt = lengthAt + 4;
const timestampAt = countAt + 4;

export function encodeRef(ref: Ref): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(refBytes);
  bytes[0] = batchesInSegment;
  bytes.set(segmentIdToBytes(ref.segment), 1);
  bytes.writeUInt32BE(ref.position, positionAt);
  bytes.writeUInt32BE(ref.length, lengthAt);
  bytes.writeUInt32BE(ref.count, countAt);
  bytes.writeIntBE(ref.timestampMax, timestampAt, 6);
  return bytes;
}

/** @param at where it begins in bytes that may hold many. */
export function decodeRef(bytes: Uint8Array, at = 0): Ref {
  const view = viewOf(bytes);
  assert(view[at] === batchesInSegment, `a ref of kind ${view[at]} is not known here`);
  return {
    segment: segmentIdFromBytes(view.subarray(at + 1, at + positionAt)),
    position: view.readUInt32BE(at + positionAt),
    length: view.readUInt32BE(at + lengthAt),
    count: view.readUInt32BE(at + countAt),
    timestampMax: view.readIntBE(at + timestampAt, 6),
  };
}

/** Whether a whole ref that is known here stands there. */
export function isRef(bytes: Uint8Array, at = 0): boolean {
  return bytes[at] === batchesInSegment && at + refBytes <= bytes.length && refCount(bytes, at) > 0;
}

export function refCount(bytes: Uint8Array, at = 0): number {
  return viewOf(bytes).readUInt32BE(at + countAt);
}

export function refLength(bytes: Uint8Array, at = 0): number {
  return viewOf(bytes).readUInt32BE(at + lengthAt);
}

export function refTimestampMax(bytes: Uint8Array, at = 0): number {
  return viewOf(bytes).readIntBE(at + timestampAt, 6);
}

/** Of its latest record. Where producers have said no time, it is that of the object, as Kafka
 * takes that of the file. */
export function refTime({ timestampMax, segment }: Ref): EpochMillis {
  return timestampMax < 0 ? segmentTime(segment) : (timestampMax as EpochMillis);
}

export function sameRef(one: Uint8Array, other: Uint8Array): boolean {
  return viewOf(one).compare(other) === 0;
}

function viewOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
