// One record within its batch's records (not compressed): where its parts lie. This is the one
// reader of the format; checking a batch and decoding it are both a walk over it.
//
//     record = length varint, attributes i8 (unused), timestampDelta varlong, offsetDelta varint,
//              key, value, headerCount varint, header*
//     header = key, value              a header's key is never null
//     key, value = length varint (-1: null), bytes
//
// A view moves from record to record, so that a walk allocates nothing.

import { type Cursor, endReading, readVarint, readVarlong } from './varint.ts';

/** A length of -1 is null; its position then says nothing. */
export type RecordView = Cursor & {
  timestampDelta: number;
  offsetDelta: number;
  /** Where key, value and headers begin: they go to the record's end, which is `position`. */
  contentPosition: number;
  keyPosition: number;
  keyLength: number;
  valuePosition: number;
  valueLength: number;
  headersPosition: number;
  headerCount: number;
};

/** A view that stands before the first record. */
export function viewRecords(bytes: Uint8Array): RecordView {
  return {
    bytes,
    position: 0,
    timestampDelta: 0,
    offsetDelta: 0,
    contentPosition: 0,
    keyPosition: 0,
    keyLength: 0,
    valuePosition: 0,
    valueLength: 0,
    headersPosition: 0,
    headerCount: 0,
  };
}

/** Moves the view to the next record.
 * @returns what is wrong with its form; undefined: nothing, and all its parts lie within it. */
export function nextRecord(view: RecordView): string | undefined {
  const length = readVarint(view);
  const end = view.position + length;
  if (!(length >= 0 && end <= view.bytes.length)) return 'a record passes the end of its batch';
  view.position++;
  view.timestampDelta = readVarlong(view);
  view.offsetDelta = readVarint(view);
  view.contentPosition = view.position;
  view.keyLength = skipBytes(view, end);
  view.keyPosition = view.position - view.keyLength;
  view.valueLength = skipBytes(view, end);
  view.valuePosition = view.position - view.valueLength;
  view.headerCount = readVarint(view);
  view.headersPosition = view.position;
  if (view.headerCount < 0) return 'a record has fewer than no headers';
  for (let header = 0; header < view.headerCount; header++) {
    if (skipBytes(view, end) < 0) return 'a header has no key';
    skipBytes(view, end);
    if (view.position > end) return 'a header passes the end of its record';
  }
  return view.position === end ? undefined : 'a record does not end where its length says';
}

/** Steps over a length and so many bytes.
 * @returns the length, -1 for null; NaN: they are not there, and nothing more can be read. */
function skipBytes(view: RecordView, end: number): number {
  const length = readVarint(view);
  if (length > 0) view.position += length;
  return length >= -1 && view.position <= end ? length : endReading(view);
}
