// A batch's bytes to its records.

import { type BatchHeader, type Malformed, malformed } from './batch-header.ts';
import { type BatchWalk, nextOf, startWalk } from './batch-walk.ts';
import type { LogRecord, RecordHeader } from './record.ts';
import type { RecordView } from './record-view.ts';
import { type Cursor, readVarint } from './varint.ts';

const noHeaders: readonly RecordHeader[] = [];

/** Keys and values are views: of `bytes`, or of what a compressed batch became. The CRC is not
 * looked at (crcHolds); any bytes give records or are malformed. Offsets may have gaps, as
 * compaction leaves them; of a batch that it left empty there are no records.
 * @param bytesMax what the records may become when they are decompressed. */
export function decodeBatch(
  bytes: Uint8Array,
  header: BatchHeader,
  bytesMax: number,
): { readonly kind: 'records'; readonly records: readonly LogRecord[] } | Malformed {
  const started = startWalk(bytes, header, bytesMax);
  if (started.kind === 'malformed') return started;
  const { walk } = started;
  const records: LogRecord[] = [];
  while (nextOf(walk)) records.push(recordAt(walk));
  if (walk.fault !== undefined) return malformed(walk.fault, header.position);
  return { kind: 'records', records };
}

function recordAt({ view, offset, timestamp }: BatchWalk): LogRecord {
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
