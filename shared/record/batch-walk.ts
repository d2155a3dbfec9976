// A walk over the records of one batch, each checked as it comes: its form, its offset and its
// time. Whoever reads a batch's records walks, so that all read the same.
//
// A walk is one object that changes: it allocates nothing a record.

import { type BatchHeader, isTimestamp, type Malformed } from './batch-header.ts';
import { recordsOf } from './batches.ts';
import { nextRecord, type RecordView, viewRecords } from './record-view.ts';

export type BatchWalk = {
  readonly header: BatchHeader;
  /** The record that the walk stands at; before the first, nothing. */
  readonly view: RecordView;
  offset: number;
  /** Of LogAppendTime, that of the append. */
  timestamp: number;
  recordsLeft: number;
  /** What is wrong, when the walk ended for it. */
  fault: string | undefined;
};

/** Of a batch that lies at `header.position` of the bytes. Its CRC is not looked at.
 * @param bytesMax what the records may become when they are decompressed. */
export function startWalk(
  bytes: Uint8Array,
  header: BatchHeader,
  bytesMax: number,
): { readonly kind: 'walk'; readonly walk: BatchWalk } | Malformed {
  const records = recordsOf(bytes, header, bytesMax);
  if (records.kind === 'malformed') return records;
  const walk: BatchWalk = {
    header,
    view: viewRecords(records.bytes),
    offset: header.baseOffset - 1,
    timestamp: -1,
    recordsLeft: header.count,
    fault: undefined,
  };
  return { kind: 'walk', walk };
}

/** Goes to the next record.
 * @returns false: there is none, or the batch is malformed; then `fault` says how. */
export function nextOf(walk: BatchWalk): boolean {
  const isRecord = walk.recordsLeft > 0;
  walk.recordsLeft--;
  walk.fault = isRecord ? faultOfNext(walk) : faultOfEnd(walk);
  return isRecord && walk.fault === undefined;
}

/** Offsets may have gaps, as compaction leaves them. */
function faultOfNext(walk: BatchWalk): string | undefined {
  const { header, view } = walk;
  const fault = nextRecord(view);
  if (fault !== undefined) return fault;
  const offset = header.baseOffset + view.offsetDelta;
  const isInOrder = offset > walk.offset && view.offsetDelta <= header.lastOffsetDelta;
  if (!isInOrder) return 'an offset delta is out of order';
  walk.offset = offset;
  const isOfAppend = header.timestampType === 'LogAppendTime';
  walk.timestamp = isOfAppend ? header.maxTimestamp : header.baseTimestamp + view.timestampDelta;
  return isTimestamp(walk.timestamp) ? undefined : 'a timestamp is out of range';
}

function faultOfEnd({ view }: BatchWalk): string | undefined {
  return view.position === view.bytes.length ? undefined : 'bytes are left after the last record';
}

/** Whether the record that the walk stands at deletes its key, in a compacted topic. */
export function isTombstone({ view }: BatchWalk): boolean {
  return view.valueLength < 0;
}

/** A view of the key of the record that the walk stands at. */
export function keyAt({ view }: BatchWalk): Uint8Array | null {
  const { bytes, keyPosition, keyLength } = view;
  return keyLength < 0 ? null : bytes.subarray(keyPosition, keyPosition + keyLength);
}

/** When a tombstone of the batch may be left out, in milliseconds since 1970; undefined: no
 * compaction has kept it yet, or it has none. */
export function deleteHorizonOf(header: BatchHeader): number | undefined {
  return header.hasDeleteHorizon ? header.baseTimestamp : undefined;
}
