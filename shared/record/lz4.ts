// Reads LZ4 frames, as Kafka's clients write them. Total and bounded in memory.
//
//     frame = magic u32, flags u8, block size u8, content length u64?, header checksum u8,
//             block*, end mark u32 (0), content checksum u32?
//     block = length u32 (top bit: stored as it is), bytes, checksum u32?
//     bytes = sequence*                    the last ends after its literals
//     sequence = token u8 (literals << 4 | match - 4), more of the literals' length*, literals,
//                distance u16, more of the match's length*
//
// Integers are little-endian. Checksums are stepped over, since the batch's CRC covers all of it.
// As in Kafka there is one frame and no dictionary; whatever follows the frame is refused.
// Source: lz4_Frame_format.md and lz4_Block_format.md of the LZ4 project.

import { append, emptyOutput, type Output, repeat } from './output.ts';
import type { Cursor } from './varint.ts';

const magic = 0x184d2204;
const versionBits = 0xc0;
const version = 0x40;
const independentBit = 32;
const blockChecksumBit = 16;
const contentLengthBit = 8;
const contentChecksumBit = 4;
const dictionaryBit = 1;
const storedBit = 0x80000000;
const matchMin = 4;
const moreLength = 15;
/** What a frame of JSON becomes, about; the output grows when it is more. */
const usualRatio = 4;

/** @returns undefined: not an LZ4 frame, or one of more than `bytesMax` bytes. */
export function decompressLz4(input: Uint8Array, bytesMax: number): Uint8Array | undefined {
  const flags = input[4] ?? 0;
  if (readUint32(input, 0) !== magic || (flags & versionBits) !== version) return undefined;
  if ((flags & dictionaryBit) !== 0) return undefined;
  const blockEnd = (flags & blockChecksumBit) === 0 ? 0 : 4;
  const frameEnd = (flags & contentChecksumBit) === 0 ? 0 : 4;
  const output = emptyOutput(usualRatio * input.length, bytesMax);
  let position = (flags & contentLengthBit) === 0 ? 7 : 15;
  while (position + 4 <= input.length) {
    const word = readUint32(input, position);
    position += 4;
    if (word === 0) {
      const ends = position + frameEnd === input.length;
      return ends ? output.bytes.subarray(0, output.length) : undefined;
    }
    const length = word % storedBit;
    if (position + length > input.length) return undefined;
    if ((flags & independentBit) !== 0) output.blockStart = output.length;
    const fits =
      word < storedBit
        ? expandBlock(input.subarray(position, position + length), output)
        : append(output, input, position, length);
    if (!fits) return undefined;
    position += length + blockEnd;
  }
  return undefined;
}

function expandBlock(block: Uint8Array, output: Output): boolean {
  const cursor: Cursor = { bytes: block, position: 0 };
  for (;;) {
    const token = block[cursor.position++] ?? 0;
    const literals = readLength(cursor, token >>> 4);
    if (!append(output, block, cursor.position, literals)) return false;
    cursor.position += literals;
    if (cursor.position === block.length) return true;
    const distance = (block[cursor.position] ?? 0) | ((block[cursor.position + 1] ?? 0) << 8);
    cursor.position += 2;
    const match = readLength(cursor, token & moreLength) + matchMin;
    if (!repeat(output, distance, match)) return false;
  }
}

/** Four bits of the token; if all are set, plus the bytes that follow, up to one below 255. */
function readLength(cursor: Cursor, bits: number): number {
  let length = bits;
  let more = bits === moreLength;
  while (more) {
    const byte = cursor.bytes[cursor.position++] ?? 0;
    length += byte;
    more = byte === 255;
  }
  return length;
}

function readUint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}
