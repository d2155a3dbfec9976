// Reads Snappy, raw as librdkafka writes it and in the frames of Kafka's Java client (xerial's
// snappy-java). Total and bounded in memory.
//
//     frames  = 82 'SNAPPY' 00, version i32, compatible version i32, (length i32, raw)*
//     raw     = length of what it becomes uvarint, element*
//     element = tag u8 whose low two bits say
//               0: literals, tag >> 2 is their number - 1; 60 to 63: the next 1 to 4 bytes hold it
//               1: repeat 4 + (tag >> 2 & 7) bytes, distance (tag >> 5) << 8 | u8
//               2: repeat 1 + (tag >> 2) bytes, distance u16
//               3: repeat 1 + (tag >> 2) bytes, distance u32
//
// Integers are big-endian in frames, little-endian in what is raw.
// Source: format_description.txt of the Snappy project; snappy-java's SnappyOutputStream.

import { readUint32 } from './integers.ts';
import { append, emptyOutput, type Output, repeat } from './output.ts';
import type { Cursor } from './varint.ts';

const frameMagic = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00] as const;
const frameHeaderBytes = 16;
const lengthBytesMax = 5;
const longLiterals = 60;
/** Three bytes become at most 64: whoever declares more than this is not believed. */
const ratioMax = 22;

/** @returns undefined: not Snappy, or what it becomes is more than `bytesMax` bytes. */
export function decompressSnappy(input: Uint8Array, bytesMax: number): Uint8Array | undefined {
  const blocks = frameMagic.every((byte, index) => input[index] === byte)
    ? splitFrames(input)
    : [input];
  if (blocks === undefined) return undefined;
  let declared = 0;
  for (const block of blocks) declared += readDeclared({ bytes: block, position: 0 });
  if (!(declared <= Math.min(bytesMax, ratioMax * input.length))) return undefined;
  const output = emptyOutput(declared, declared);
  return blocks.every((block) => expandBlock(block, output)) ? output.bytes : undefined;
}

function splitFrames(input: Uint8Array): readonly Uint8Array[] | undefined {
  const blocks: Uint8Array[] = [];
  let position = frameHeaderBytes;
  while (position + 4 <= input.length) {
    const begin = position + 4;
    position = begin + readUint32(input, position);
    blocks.push(input.subarray(begin, position));
  }
  return position === input.length ? blocks : undefined;
}

function expandBlock(block: Uint8Array, output: Output): boolean {
  const cursor: Cursor = { bytes: block, position: 0 };
  output.blockStart = output.length;
  const end = output.length + readDeclared(cursor);
  while (cursor.position < block.length) {
    if (!expandElement(cursor, output)) return false;
  }
  return output.length === end;
}

function expandElement(cursor: Cursor, output: Output): boolean {
  const tag = cursor.bytes[cursor.position++] ?? 0;
  const upper = tag >>> 2;
  switch (tag & 3) {
    case 0: {
      const longer = upper < longLiterals ? 0 : upper - longLiterals + 1;
      const length = 1 + (longer === 0 ? upper : readInteger(cursor, longer));
      if (!append(output, cursor.bytes, cursor.position, length)) return false;
      cursor.position += length;
      return true;
    }
    case 1: {
      const distance = ((tag >>> 5) << 8) | readInteger(cursor, 1);
      return repeat(output, distance, 4 + (upper & 7));
    }
    case 2:
      return repeat(output, readInteger(cursor, 2), 1 + upper);
    default:
      return repeat(output, readInteger(cursor, 4), 1 + upper);
  }
}

/** @returns NaN: the block does not begin with a length. */
function readDeclared(cursor: Cursor): number {
  let value = 0;
  for (let read = 0; read < lengthBytesMax; read++) {
    const byte = cursor.bytes[cursor.position++] ?? Number.NaN;
    value += (byte & 0x7f) * 2 ** (7 * read);
    if (byte < 0x80) return value;
  }
  return Number.NaN;
}

/** Little-endian, unsigned. */
function readInteger(cursor: Cursor, length: number): number {
  let value = 0;
  for (let read = 0; read < length; read++) {
    value |= (cursor.bytes[cursor.position++] ?? 0) << (8 * read);
  }
  return value >>> 0;
}
