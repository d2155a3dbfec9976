// The end of a segment: what its bytes are, so that the index can be checked, and rebuilt from it.
//
//     footer  = row*, trailer
//     row     = topicId bytes(16), partition u32, position u32, length u32, count u32,
//               timestampMax i48, crc32c u32          of the entry's bytes as they lie there
//     trailer = crc32c u32                            of the rows
//               length u32                            of the rows, in bytes
//               version u16                           1
//               magic bytes(6)                        'SLUICE'
//
// The rows stand in the order of their bytes, which lie back to back from the object's first byte
// to the footer's. A version once written is read for ever.

import { type TopicId, topicIdBytes, topicIdOf, topicIdToBytes } from '../ids.ts';
import { type Malformed, malformed } from '../record/batch-header.ts';
import { crc32c } from '../record/crc32c.ts';
import {
  readInt48,
  readUint16,
  readUint32,
  writeInt16,
  writeInt32,
  writeInt48,
} from '../record/integers.ts';

/** What a segment holds of one partition. */
export type FooterEntry = {
  readonly topicId: TopicId;
  readonly partition: number;
  /** Where its batches begin, and their bytes. */
  readonly position: number;
  readonly length: number;
  /** Records. */
  readonly count: number;
  /** The greatest of its records; -1: none. */
  readonly timestampMax: number;
  readonly crc32c: number;
};

export type FooterRead =
  | { readonly kind: 'footer'; readonly entries: readonly FooterEntry[] }
  /** The footer begins before these bytes: read the object from there to its end, and ask again. */
  | { readonly kind: 'more'; readonly from: number }
  | Malformed;

/** A first read of an object's last bytes that holds most footers whole: 97 entries. */
export const footerReadBytes = 4096;

const rowBytes = topicIdBytes + 4 * 4 + 6 + 4;
const trailerBytes = 16;
const version = 1;
const magic = Buffer.from('SLUICE', 'latin1');

export function encodeFooter(entries: readonly FooterEntry[]): Uint8Array {
  const rowsBytes = entries.length * rowBytes;
  const bytes = new Uint8Array(rowsBytes + trailerBytes);
  for (const [index, entry] of entries.entries()) writeRow(bytes, index * rowBytes, entry);
  writeInt32(bytes, rowsBytes, crc32c(bytes.subarray(0, rowsBytes)));
  writeInt32(bytes, rowsBytes + 4, rowsBytes);
  writeInt16(bytes, rowsBytes + 8, version);
  bytes.set(magic, rowsBytes + 10);
  return bytes;
}

/** Reads the footer of an object in one read of its tail or two.
 * @param tail the object's last bytes; at least footerReadBytes, or the whole object. */
export function readFooter(tail: Uint8Array, objectLength: number): FooterRead {
  const objectPosition = objectLength - tail.length;
  const trailer = tail.length - trailerBytes;
  const wrong = (reason: string) => malformed(reason, objectPosition + Math.max(0, trailer));
  if (trailer < 0 || !magic.equals(tail.subarray(trailer + 10))) return wrong('not a segment');
  const written = readUint16(tail, trailer + 8);
  if (written !== version) return wrong(`version ${written}: only ${version} is known`);
  const rowsBytes = readUint32(tail, trailer + 4);
  const begin = objectPosition + trailer - rowsBytes;
  if (begin < 0 || rowsBytes % rowBytes !== 0) return wrong('the length of the footer is wrong');
  if (begin < objectPosition) return { kind: 'more', from: begin };
  const rows = tail.subarray(trailer - rowsBytes, trailer);
  if (crc32c(rows) !== readUint32(tail, trailer)) return wrong('the CRC does not hold');
  const entries: FooterEntry[] = [];
  let next = 0;
  for (let at = 0; at < rowsBytes; at += rowBytes) {
    const entry = readRow(rows, at);
    if (entry.position !== next) return wrong('the entries do not lie back to back');
    next += entry.length;
    entries.push(entry);
  }
  return next === begin
    ? { kind: 'footer', entries }
    : wrong('the entries do not reach the footer');
}

function writeRow(bytes: Uint8Array, at: number, entry: FooterEntry): void {
  bytes.set(topicIdToBytes(entry.topicId), at);
  writeInt32(bytes, at + 16, entry.partition);
  writeInt32(bytes, at + 20, entry.position);
  writeInt32(bytes, at + 24, entry.length);
  writeInt32(bytes, at + 28, entry.count);
  writeInt48(bytes, at + 32, entry.timestampMax);
  writeInt32(bytes, at + 38, entry.crc32c);
}

function readRow(bytes: Uint8Array, at: number): FooterEntry {
  return {
    topicId: topicIdOf(bytes.subarray(at, at + topicIdBytes)),
    partition: readUint32(bytes, at + 16),
    position: readUint32(bytes, at + 20),
    length: readUint32(bytes, at + 24),
    count: readUint32(bytes, at + 28),
    timestampMax: readInt48(bytes, at + 32),
    crc32c: readUint32(bytes, at + 38),
  };
}
