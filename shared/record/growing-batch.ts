// A batch that a producer gathers: each record is written into it when it comes, so that nothing of
// the record is kept, and text is never made bytes elsewhere first. The forms are those of
// batch-header.ts and record-view.ts.
//
// This is the hot path of the client, and of all who know their records before (encode-batch.ts):
// nothing is allocated for a record, but what the bytes grow by.

import { batchHeaderBytes } from './batch-header.ts';
import { varintBytes, writeVarint } from './varint.ts';

/** Text is written as UTF-8. */
export type Content = string | Uint8Array | null;

export type HeaderToAdd = { readonly key: string; readonly value: Content };

/** With what its parts take, as contentBytes counts them: who adds it has asked already. One object
 * may serve many records, one after the other. */
export type RecordToAdd = {
  /** Milliseconds since 1970; -1: none. */
  timestamp: number;
  key: Content;
  keyBytes: number;
  value: Content;
  valueBytes: number;
  headers: readonly HeaderToAdd[];
};

/** A record's length, its timestamp delta (49 bits) and its offset delta, at their longest. */
const placeBytesMax = 5 + 7 + 5;
const attributesBytes = 1;
/** At most what a record takes beside its key, value and headers. */
export const recordOverheadMax = placeBytesMax + attributesBytes;

/** To be filled for one record after the other. */
export function blankRecord(): RecordToAdd {
  return { timestamp: -1, key: null, keyBytes: -1, value: null, valueBytes: -1, headers: [] };
}

/** Without its length; -1 of null. */
export function contentBytes(content: Content): number {
  if (content === null) return -1;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/** At most what the record takes in a batch, wherever in it. */
export function bytesMaxOf({
  keyBytes,
  valueBytes,
  headers,
}: Pick<RecordToAdd, 'keyBytes' | 'valueBytes' | 'headers'>): number {
  return recordOverheadMax + fieldBytes(keyBytes) + fieldBytes(valueBytes) + headersBytes(headers);
}

/** Where a batch's bytes come from, and go to when it has no more need of them. */
export type Memory = {
  /** @returns at least as many; whatever is in them. */
  readonly take: (bytes: number) => Buffer;
  readonly giveBack: (memory: Buffer) => void;
};

const newMemory: Memory = { take: Buffer.allocUnsafeSlow, giveBack: () => undefined };

export class GrowingBatch {
  readonly #memory: Memory;
  /** Room for the header, then the records. */
  #bytes: Buffer;
  #length = batchHeaderBytes;
  #count = 0;
  #baseTimestamp = -1;
  #maxTimestamp = -1;

  /** @param bytesExpected with the header. */
  constructor(bytesExpected: number, memory = newMemory) {
    this.#memory = memory;
    this.#bytes = memory.take(Math.max(bytesExpected, batchHeaderBytes));
  }

  get count(): number {
    return this.#count;
  }

  /** With the header. */
  get length(): number {
    return this.#length;
  }

  get baseTimestamp(): number {
    return this.#baseTimestamp;
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  /** What it is so far: a view, whose header is not written. */
  get plain(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What it keeps: `plain`, and what is yet to be written. */
  get keptBytes(): number {
    return this.#bytes.length;
  }

  /** Its last step: nobody looks at `plain` any more. */
  release(): void {
    this.#memory.giveBack(this.#bytes);
  }

  add(record: RecordToAdd): void {
    const { timestamp, keyBytes, valueBytes, headers } = record;
    if (this.#count === 0) this.#baseTimestamp = timestamp;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    const delta = timestamp - this.#baseTimestamp;
    const content = fieldBytes(keyBytes) + fieldBytes(valueBytes) + headersBytes(headers);
    this.#reserve(recordOverheadMax + content);
    const bytes = this.#bytes;
    const length = attributesBytes + varintBytes(delta) + varintBytes(this.#count) + content;
    let at = writeVarint(bytes, this.#length, length);
    bytes[at] = 0;
    at = writeVarint(bytes, at + attributesBytes, delta);
    at = writeVarint(bytes, at, this.#count);
    at = writeField(bytes, at, record.key, keyBytes);
    at = writeField(bytes, at, record.value, valueBytes);
    this.#length = writeHeaders(bytes, at, headers);
    this.#count++;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = this.#memory.take(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#memory.giveBack(this.#bytes);
    this.#bytes = grown;
  }
}

function fieldBytes(length: number): number {
  return length < 0 ? 1 : varintBytes(length) + length;
}

function headersBytes(headers: readonly HeaderToAdd[]): number {
  let bytes = varintBytes(headers.length);
  for (const { key, value } of headers) {
    bytes += fieldBytes(contentBytes(key)) + fieldBytes(contentBytes(value));
  }
  return bytes;
}

function writeHeaders(bytes: Buffer, position: number, headers: readonly HeaderToAdd[]): number {
  let at = writeVarint(bytes, position, headers.length);
  for (const { key, value } of headers) {
    at = writeField(bytes, at, key, contentBytes(key));
    at = writeField(bytes, at, value, contentBytes(value));
  }
  return at;
}

function writeField(bytes: Buffer, position: number, field: Content, length: number): number {
  const at = writeVarint(bytes, position, length);
  if (field === null) return at;
  if (typeof field !== 'string') bytes.set(field, at);
  // As many bytes as characters: all are ASCII, and need not be looked at again.
  else if (length === field.length) bytes.write(field, at, 'latin1');
  else bytes.write(field, at);
  return at + length;
}
