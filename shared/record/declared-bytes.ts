// How much compressed bytes say that they become: so that all of it is one chunk, and is not put
// together from many. It is a hint, and may lie: whoever believes it bounds it.

/** Of a zstd frame's first bytes. Source: RFC 8878, 3.1.1. */
const magicBytes = 4;
/** By the descriptor's two highest bits. */
const contentSizeBytes = [0, 2, 4, 8] as const;
/** By the descriptor's two lowest bits. */
const dictionaryIdBytes = [0, 1, 2, 4] as const;
const singleSegmentBit = 0b0010_0000;
/** What two bytes say is more than one byte could. */
const twoBytesBase = 256;

/** @returns undefined: the frame does not say, or is none. */
export function bytesDeclaredByZstd(frame: Uint8Array): number | undefined {
  const descriptor = frame[magicBytes];
  if (descriptor === undefined) return undefined;
  const isSingleSegment = (descriptor & singleSegmentBit) !== 0;
  const long = contentSizeBytes[descriptor >> 6] ?? 0;
  const bytes = long === 0 && isSingleSegment ? 1 : long;
  const window = isSingleSegment ? 0 : 1;
  const at = magicBytes + 1 + window + (dictionaryIdBytes[descriptor & 0b11] ?? 0);
  if (bytes === 0 || frame.length < at + bytes) return undefined;
  const size = littleEndian(frame, at, bytes);
  return bytes === 2 ? size + twoBytesBase : size;
}

/** Of the last of its members, modulo 2^32. Source: RFC 1952, 2.3.1 (ISIZE).
 * @returns undefined: it is too short to be one. */
export function bytesDeclaredByGzip(member: Uint8Array): number | undefined {
  return member.length < 4 ? undefined : littleEndian(member, member.length - 4, 4);
}

function littleEndian(bytes: Uint8Array, position: number, length: number): number {
  let number = 0;
  for (let at = position + length - 1; at >= position; at--) {
    number = 256 * number + (bytes[at] ?? 0);
  }
  return number;
}
