// A batch's bytes to its records.

import { type BatchHeader, isTimestamp, type Malformed, malformed } from './batch-header.ts';
import { recordsOf } from './batches.ts';
import type { LogRecord, RecordHeader } from './record.ts';
import { nextRecord, type RecordView, viewRecords } from './record-view.ts';
import { type Cursor, readVarint } from './varint.ts';

const noHeaders: readonly RecordHeader[] = [];

/** Keys and values are views: of `bytes`, or of what a compressed batch became. The CRC is not
 * looked at (crcHolds); any bytes give records or are malformed. Offsets may have gaps, as
 * compaction leaves them.
 * @param bytesMax what the records may become when they are decompressed. */
export function decodeBatch(
  bytes: Uint8Array,
  header: BatchHeader,
  bytesMax: number,
): { readonly kind: 'records'; readonly records: readonly LogRecord[] } | Malformed {
  const stored = recordsOf(bytes, header, bytesMax);
  if (stored.kind === 'malformed') return stored;
  const view = viewRecords(stored.bytes);
  const appendTime = header.timestampType === 'LogAppendTime' ? header.maxTimestamp : undefined;
  const records: LogRecord[] = [];
  let deltaBefore = -1;
  for (let index = 0; index < header.count; index++) {
    const reason = nextRecord(view);
    if (reason !== undefined) return malformed(reason, header.position);
    const { offsetDelta } = view;
    if (!(offsetDelta > deltaBefore && offsetDelta <= header.lastOffsetDelta)) {
      return malformed('an offset delta is out of order', header.position);
    }
    deltaBefore = offsetDelta;
    const timestamp = appendTime ?? header.baseTimestamp + view.timestampDelta;
    if (!isTimestamp(timestamp)) return malformed('a timestamp is out of range', header.position);
    records.push(recordAt(view, header.baseOffset + offsetDelta, timestamp));
  }
  if (view.position !== stored.bytes.length) {
    return malformed('bytes are left after the last record', header.position);
  }
  return { kind: 'records', records };
}

function recordAt(view: RecordView, offset: number, timestamp: number): LogRecord {
  const { bytes, keyPosition, keyLength, valuePosition, valueLength, headerCount } = view;
  const key = keyLength < 0 ? null : bytes.subarray(keyPosition, keyPosition + keyLength);
  const value = valueLength < 0 ? null : bytes.subarray(valuePosition, valuePosition + valueLength);
  const headers = headerCount === 0 ? noHeaders : headersAt(view);
  return { offset, timestamp, key, value, headers };
}

/** The view has been over them: they are there. What is no UTF-8 in a key becomes U+FFFD. */
function headersAt({ bytes, headersPosition, headerCount }: RecordView): RecordHeader[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor: Cursor = { bytes, position: headersPosition };
  const headers: RecordHeader[] = [];
  for (let index = 0; index < headerCount; index++) {
    const keyLength = readVarint(cursor);
    const keyEnd = cursor.position + keyLength;
    const key = text.toString('utf8', cursor.position, keyEnd);
    cursor.position = keyEnd;
    const valueLength = readVarint(cursor);
    const valueEnd = cursor.position + Math.max(0, valueLength);
    const value = valueLength < 0 ? null : bytes.subarray(cursor.position, valueEnd);
    cursor.position = valueEnd;
    headers.push({ key, value });
  }
  return headers;
}
