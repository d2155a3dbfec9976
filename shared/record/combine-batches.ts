// Many batches, as few: what merging and compaction write in the place of what many appends left.
//
// The new batches cover exactly the offsets of the old, and what is kept of the records is what it
// was: offset, time, and the bytes of key, value and headers. What is left out leaves a gap.
//
// Producers are not kept: a batch of many has no one sequence. Nobody needs them, since what an
// append is compared with to tell whether it is a repeat stands in the head and in the items of
// producers; bytes are never asked.
//
// What could be read before can be read after: a batch of many records is of recordsBytesMax at
// most, and a record that has a batch of its own keeps the one that it had, if a new one would be
// larger. Its producer may have compressed it so that it just fits a message, or a reply.

import { assert } from '../assert.ts';
import { decompressedBytesMax, storedRecordsBytesMax, timestampMax } from '../limits.ts';
import { appendRecord, type Draft, mayJoin, newDraft, sealDraft } from './batch-draft.ts';
import {
  type BatchHeader,
  isTimestamp,
  type Malformed,
  malformed,
  readBatchHeader,
} from './batch-header.ts';
import { deleteHorizonOf, nextOf, startWalk } from './batch-walk.ts';
import type { Compression } from './codec.ts';
import { judged, type RecordToJudge } from './each-record.ts';
import { varintBytes } from './varint.ts';

/** What a batch's records take at most, before they are compressed. As large as Kafka lets a batch
 * be by default (max.message.bytes): whoever wants one record unpacks them all. */
export const combinedBytesDefault = 1024 * 1024;
/** A compressed batch from here on is as it should be: a header is a thousandth of it, and together
 * with its neighbours it would become no smaller. */
export const copiedBytesMin = 64 * 1024;
/** lastOffsetDelta has 32 bits. */
const offsetsMax = 2 ** 31;

export type CombineOptions = {
  /** What the new batches are compressed with, where that saves anything. */
  readonly compression: Compression;
  /** Bounds what the records of one old batch may become when they are decompressed. */
  readonly decompressedBytesMax: number;
  /** @default combinedBytesDefault */
  readonly recordsBytesMax?: number;
  /** Which records stay. @default all */
  readonly keep?: (record: RecordToJudge) => boolean;
  /** Milliseconds since 1970, at most timestampMax: when the tombstones that stay, and have no such
   * time yet, may go. They keep having none when this is absent. Source: KIP-534. */
  readonly deleteHorizon?: number;
};

export type Combined = {
  readonly kind: 'combined';
  /** In order, back to back in offsets, with base offsets in place. Some may be the old ones
   * themselves: not to be changed. */
  readonly batches: readonly Uint8Array[];
  /** The greatest of them; where nothing was kept, what it was. -1: none. */
  readonly timestampMax: number;
};

/** @param batches whole batches, at least one, back to back in offsets, with base offsets in place;
 *   their CRCs were checked. All of them cover at most 2^31 offsets.
 * @returns malformed: `position` counts the batches' bytes as if they lay end to end. */
export function combineBatches(
  batches: readonly Uint8Array[],
  options: CombineOptions,
): Combined | Malformed {
  const { deleteHorizon = 0, recordsBytesMax = combinedBytesDefault } = options;
  assert(deleteHorizon >= 0 && isTimestamp(deleteHorizon), 'a delete horizon is a time');
  const read = readHeaders(batches);
  if (read.kind === 'malformed') return read;
  const { headers, baseOffset, endOffset } = read;
  const work: Work = {
    options,
    draft: newDraft(baseOffset, recordsBytesMax),
    first: undefined,
    batches: [],
    timestampMax: -1,
  };
  let position = 0;
  for (const [index, header] of headers.entries()) {
    const bytes = batches[index] as Uint8Array;
    const fault = take(work, bytes, header);
    if (fault !== undefined) return malformed(fault, position);
    position += bytes.length;
  }
  seal(work, endOffset);
  return { kind: 'combined', batches: work.batches, timestampMax: work.timestampMax };
}

type Work = {
  readonly options: CombineOptions;
  readonly draft: Draft;
  /** Where the first record of the draft is from. */
  first: Source | undefined;
  readonly batches: Uint8Array[];
  timestampMax: number;
};

type Source = { readonly bytes: Uint8Array; readonly header: BatchHeader };

type Headers = {
  readonly kind: 'headers';
  readonly headers: readonly BatchHeader[];
  readonly baseOffset: number;
  readonly endOffset: number;
};

function readHeaders(batches: readonly Uint8Array[]): Headers | Malformed {
  const headers: BatchHeader[] = [];
  let position = 0;
  let endOffset = -1;
  for (const bytes of batches) {
    const read = readBatchHeader(bytes, 0);
    if (read.kind === 'malformed') return malformed(read.reason, position);
    const { header } = read;
    if (header.length !== bytes.length) return malformed('more than a batch', position);
    const follows = header.baseOffset === endOffset || headers.length === 0;
    if (!follows) return malformed('it does not begin where the one before it ends', position);
    headers.push(header);
    endOffset = endOf(header);
    position += bytes.length;
  }
  const [first] = headers;
  assert(first !== undefined, 'there are batches');
  const { baseOffset } = first;
  assert(endOffset - baseOffset <= offsetsMax, 'offsets are counted in 31 bits');
  return { kind: 'headers', headers, baseOffset, endOffset };
}

/** @returns what is wrong with the batch. */
function take(work: Work, bytes: Uint8Array, header: BatchHeader): string | undefined {
  if (!isCopied(header, work.options)) return takeRecords(work, { bytes, header });
  seal(work, header.baseOffset);
  copy(work, { bytes, header });
  return undefined;
}

/** What belongs to a transaction is only told by its producer; none is left out of it either. */
function isCopied(header: BatchHeader, options: CombineOptions): boolean {
  if (header.transactional || header.control) return true;
  const isAll = options.keep === undefined && options.deleteHorizon === undefined;
  return isAll && header.codec === options.compression && header.length >= copiedBytesMin;
}

function takeRecords(work: Work, source: Source): string | undefined {
  const { draft, options } = work;
  const { bytes, header } = source;
  const started = startWalk(bytes, header, options.decompressedBytesMax);
  if (started.kind === 'malformed') return started.reason;
  const { walk } = started;
  const deleteHorizon = deleteHorizonOf(header) ?? options.deleteHorizon;
  while (nextOf(walk)) {
    if (options.keep !== undefined && !options.keep(judged(walk))) continue;
    if (!mayJoin(draft, walk, deleteHorizon)) {
      // What may be copied must find its own offsets free.
      seal(work, header.count === 1 ? header.baseOffset : walk.offset);
    }
    if (draft.count === 0) work.first = source;
    appendRecord(draft, walk, deleteHorizon);
  }
  if (draft.count === 0) draft.maxTimestamp = Math.max(draft.maxTimestamp, header.maxTimestamp);
  return walk.fault;
}

/** Ends the draft there, unless it would cover nothing. */
function seal(work: Work, endOffset: number): void {
  const { draft, options, first } = work;
  if (draft.baseOffset === endOffset) return;
  const { baseOffset, count, maxTimestamp, deleteHorizon } = draft;
  const from = count === 1 ? first : undefined;
  const isWhole = from?.header.count === 1 && deleteHorizonOf(from.header) === deleteHorizon;
  const batch = sealDraft(draft, {
    endOffset,
    compression: options.compression,
    from: isWhole ? undefined : from?.header,
  });
  if (!isWhole || batch.length <= from.bytes.length) {
    add(work, batch, maxTimestamp);
    return;
  }
  draft.baseOffset = baseOffset;
  coverGap(work, from.header.baseOffset, maxTimestamp);
  copy(work, from);
  coverGap(work, endOffset, maxTimestamp);
}

/** @param maxTimestamp that of the record beside it: retention does not wait for the gap, then. */
function coverGap(work: Work, endOffset: number, maxTimestamp: number): void {
  if (work.draft.baseOffset === endOffset) return;
  work.draft.maxTimestamp = maxTimestamp;
  seal(work, endOffset);
}

function copy(work: Work, { bytes, header }: Source): void {
  add(work, bytes, header.maxTimestamp);
  work.draft.baseOffset = endOf(header);
}

function add(work: Work, batch: Uint8Array, timestampMax: number): void {
  work.batches.push(batch);
  if (timestampMax > work.timestampMax) work.timestampMax = timestampMax;
}

function endOf({ baseOffset, lastOffsetDelta }: BatchHeader): number {
  return baseOffset + lastOffsetDelta + 1;
}

assert(
  storedRecordsBytesMax - decompressedBytesMax ===
    varintBytes(timestampMax + 1) - 1 + varintBytes(offsetsMax - 1) - 1,
  'a record that is laid anew can be read again',
);
assert(
  varintBytes(storedRecordsBytesMax) === varintBytes(decompressedBytesMax / 2),
  'the length of so large a record takes what it took',
);
assert(combinedBytesDefault <= storedRecordsBytesMax, 'and so can many');
