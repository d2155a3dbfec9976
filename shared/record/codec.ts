// The compressions of a record batch: all five of Kafka are read, three are written.
//
// Reading is bounded: what would become more than `bytesMax` is refused, whatever it declares,
// before that much is allocated.

import * as zlib from 'node:zlib';
import { unreachable } from '../assert.ts';
import type { Malformed } from './batch-header.ts';
import { bytesDeclaredByGzip, bytesDeclaredByZstd } from './declared-bytes.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

/** By the number that a batch's attributes give them. */
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type Codec = (typeof codecs)[number];

/** The codecs that are written too. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** Not every Node that a client may run on has it: so nothing of it is imported by its name. */
export const hasZstd = typeof zlib.zstdCompressSync === 'function';

/** Of JSON, zstd's level 1 leaves 17 % at 400 MB/s; level 3 17 % at 300, level 5 18 % at 110. */
const zstdOptions = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };
/** Of JSON, gzip's level 1 leaves 20 % at 170 MB/s; its default, 6, leaves 18 % at 75. */
const gzipOptions = { level: 1 };
/** Of 30 MB of text, level 1 leaves three times what level 19 does, and this 1.6 times, in a second
 * and a half; level 19 takes a minute. The window is 32 MiB: what repeats is found wherever it is,
 * and every client reads it, since its bound is 128. */
const thoroughZstdOptions = {
  params: {
    [zlib.constants.ZSTD_c_compressionLevel]: 9,
    [zlib.constants.ZSTD_c_windowLog]: 25,
    [zlib.constants.ZSTD_c_enableLongDistanceMatching]: 1,
  },
};
const thoroughGzipOptions = { level: 9 };

/** Thorough: ten times as long, for what a producer has compressed better than we do. */
export type Effort = 'fast' | 'thorough';

/** @returns `bytes` themselves for 'none'; else, perhaps, a view of more memory than it is: who
 *   keeps it copies it. */
export function compress(
  codec: Compression,
  bytes: Uint8Array,
  effort: Effort = 'fast',
): Uint8Array {
  const isFast = effort === 'fast';
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib.gzipSync(bytes, isFast ? gzipOptions : thoroughGzipOptions);
    case 'zstd':
      return compressZstd(bytes, isFast ? zstdOptions : thoroughZstdOptions);
    default:
      return unreachable(codec);
  }
}

/** Where what it has written fills a chunk to the byte, Node begins another frame, with nothing in
 * it: so all of it is one chunk, with room left. Source: ZSTD_COMPRESSBOUND in zstd.h. */
function compressZstd(bytes: Uint8Array, options: zlib.ZstdOptions): Uint8Array {
  const { length } = bytes;
  const lengthMax = length + (length >> 8) + (Math.max(0, 2 ** 17 - length) >> 11);
  return zlib.zstdCompressSync(bytes, { ...options, chunkSize: lengthMax + 1 });
}

/** @param bytesMax at least 1: more than this is malformed.
 * @returns `bytes` themselves for 'none'. */
export function decompress(
  codec: Codec,
  bytes: Uint8Array,
  bytesMax: number,
): { readonly kind: 'bytes'; readonly bytes: Uint8Array } | Malformed {
  const result = expand(codec, bytes, bytesMax);
  if (result !== undefined) return { kind: 'bytes', bytes: result };
  const reason = `not ${codec}, or of more than ${bytesMax} bytes`;
  return { kind: 'malformed', reason, position: 0 };
}

function expand(codec: Codec, bytes: Uint8Array, bytesMax: number): Uint8Array | undefined {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return wholly(
        inflate(zlib.gunzipSync, bytes, { bytesMax, declared: bytesDeclaredByGzip(bytes) }),
        bytes,
      );
    case 'snappy':
      return decompressSnappy(bytes, bytesMax);
    case 'lz4':
      return decompressLz4(bytes, bytesMax);
    case 'zstd':
      return expandZstd(bytes, bytesMax);
    default:
      return unreachable(codec);
  }
}

/** A frame, and perhaps one behind it with nothing in it: Node writes such, here and in clients.
 * More frames nobody writes, and each costs a decoder. */
function expandZstd(bytes: Uint8Array, bytesMax: number): Uint8Array | undefined {
  const declared = bytesDeclaredByZstd(bytes);
  const first = inflate(zlib.zstdDecompressSync, bytes, { bytesMax, declared });
  const rest = bytes.subarray(first?.read);
  if (first === undefined || rest.length === 0) return first?.buffer;
  const empty = wholly(inflate(zlib.zstdDecompressSync, rest, { bytesMax: 1 }), rest);
  return empty?.length === 0 ? first.buffer : undefined;
}

/** Text becomes some ten times as much. */
const growthBelieved = 64;

type Inflated = { readonly buffer: Uint8Array; readonly read: number };

/** Node throws for what it cannot read, and for what becomes too much.
 * @param of.declared what they say they become. */
function inflate(
  decompressSync: typeof zlib.gunzipSync | typeof zlib.zstdDecompressSync,
  bytes: Uint8Array,
  of: { readonly bytesMax: number; readonly declared?: number | undefined },
): Inflated | undefined {
  const { bytesMax: maxOutputLength, declared } = of;
  const chunkSize = chunkBytesOf(bytes, Math.min(declared ?? 0, maxOutputLength));
  try {
    const result: unknown = decompressSync(bytes, { maxOutputLength, info: true, chunkSize });
    const { buffer, engine } = result as WithInfo;
    return { buffer, read: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

/** A chunk that is full to the byte makes Node begin another: so one byte more. What says nothing,
 * or less than it becomes, or claims to grow beyond all measure, is read in Node's own chunks. */
function chunkBytesOf({ length }: Uint8Array, declared: number): number {
  const believed = declared <= growthBelieved * length ? declared : 0;
  return Math.max(believed + 1, zlib.constants.Z_DEFAULT_CHUNK);
}

/** What zlib answers with `info`, which its types leave out; bytesWritten are those it has read. */
type WithInfo = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/** Node ignores what follows a zstd frame or gzip's last member. Kafka's clients write nothing
 * there, and may fail on it. */
function wholly(inflated: Inflated | undefined, bytes: Uint8Array): Uint8Array | undefined {
  return inflated?.read === bytes.length ? inflated.buffer : undefined;
}
