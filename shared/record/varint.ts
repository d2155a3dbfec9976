// Zigzag varints and varlongs: seven bits a byte, the least significant first, the sign in bit 0.
//
//     0 -> 00    -1 -> 01    1 -> 02    63 -> 7e    -64 -> 7f    64 -> 80 01
//
// What cannot be read reads as NaN (cut short, longer than Kafka's clients read, or not a safe
// integer) and leaves the cursor past the end, where nothing can be read: so a reader may go on,
// and look at the end whether all was well. No comparison with NaN holds.
// Source: Protocol Buffers' encoding of sint32 and sint64; Kafka's ByteUtils.

/** Bytes, and how far they have been read. */
export type Cursor = { readonly bytes: Uint8Array; position: number };

const varintBytesMax = 5;
const varlongBytesMax = 10;

/** A length, a count or an offset delta: 32 bits in Kafka. */
export function readVarint(cursor: Cursor): number {
  const first = cursor.bytes[cursor.position] ?? Number.NaN;
  if (!(first < 0x80)) return readLong(cursor, varintBytesMax);
  cursor.position++;
  return (first >>> 1) ^ -(first & 1);
}

/** A timestamp delta: 64 bits in Kafka. */
export function readVarlong(cursor: Cursor): number {
  const first = cursor.bytes[cursor.position] ?? Number.NaN;
  if (!(first < 0x80)) return readLong(cursor, varlongBytesMax);
  cursor.position++;
  return (first >>> 1) ^ -(first & 1);
}

/** Half of the unsigned number first, since only half of it is exact where the signed one is. */
function readLong(cursor: Cursor, bytesMax: number): number {
  const { bytes, position } = cursor;
  const first = bytes[position] ?? Number.NaN;
  let half = (first & 0x7f) >>> 1;
  let scale = 64;
  for (let read = 1; read < bytesMax; read++) {
    const byte = bytes[position + read] ?? Number.NaN;
    half += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      const value = (first & 1) === 0 ? half : -half - 1;
      if (!Number.isSafeInteger(value)) break;
      cursor.position = position + read + 1;
      return value;
    }
  }
  return endReading(cursor);
}

/** Moves the cursor past the end. A position of NaN would do too, but would make V8 hold positions
 * as floats for ever after. */
export function endReading(cursor: Cursor): number {
  cursor.position = cursor.bytes.length + 1;
  return Number.NaN;
}

/** Bytes of a value as a varint or varlong, which differ only in how long they may be.
 * @param value a safe integer. */
export function varintBytes(value: number): number {
  const half = value < 0 ? -value - 1 : value;
  let length = 1;
  for (let bound = 64; half >= bound; bound *= 128) length++;
  return length;
}

/** @param value a safe integer.
 * @returns the position after it. */
export function writeVarint(bytes: Uint8Array, position: number, value: number): number {
  const half = value < 0 ? -value - 1 : value;
  let next = position;
  let low = (half % 64) * 2 + (value < 0 ? 1 : 0);
  let rest = Math.floor(half / 64);
  while (rest > 0) {
    bytes[next++] = low | 128;
    low = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes[next++] = low;
  return next;
}
