// Batches back to back, as producers send them and as segments hold them: found, and checked.

import { headersPerRecordMax } from '../limits.ts';
import {
  type BatchHeader,
  batchHeaderBytes,
  crcHolds,
  isTimestamp,
  type Malformed,
  malformed,
  readBatchHeader,
} from './batch-header.ts';
import { decompress } from './codec.ts';
import { nextRecord, viewRecords } from './record-view.ts';

/** Finds the batches that fill the bytes exactly. Only their headers are read. */
export function splitBatches(
  bytes: Uint8Array,
): { readonly kind: 'batches'; readonly headers: readonly BatchHeader[] } | Malformed {
  const headers: BatchHeader[] = [];
  let position = 0;
  while (position < bytes.length) {
    const read = readBatchHeader(bytes, position);
    if (read.kind === 'malformed') return read;
    headers.push(read.header);
    position += read.header.length;
  }
  return { kind: 'batches', headers };
}

/** Everything that Kafka's broker makes sure of before it stores a producer's batch, so that no
 * consumer ever meets one that it cannot read.
 * @param bytesMax what its records may become when they are decompressed.
 * @returns how many bytes they became.
 * Source: Kafka's LogValidator and DefaultRecordBatch. */
export function verifyBatch(
  bytes: Uint8Array,
  header: BatchHeader,
  bytesMax: number,
): { readonly kind: 'sound'; readonly recordsBytes: number } | Malformed {
  const reason = unfitHeader(header);
  if (reason !== undefined) return malformed(reason, header.position);
  if (!crcHolds(bytes, header)) return malformed('the CRC does not hold', header.position);
  const records = recordsOf(bytes, header, bytesMax);
  if (records.kind === 'malformed') return records;
  const unfit = unfitRecords(records.bytes, header);
  return unfit === undefined
    ? { kind: 'sound', recordsBytes: records.bytes.length }
    : malformed(unfit, header.position);
}

function unfitHeader(header: BatchHeader): string | undefined {
  if (header.control) return 'producers write no control batches';
  if (header.lastOffsetDelta !== header.count - 1) return 'the last offset delta is not count - 1';
  if (header.timestampType !== 'CreateTime') return 'producers write no LogAppendTime';
  const numbered = header.producerEpoch >= 0 && header.baseSequence >= 0;
  return header.producerId === -1 || numbered
    ? undefined
    : 'a producer id without epoch or sequence';
}

function unfitRecords(records: Uint8Array, header: BatchHeader): string | undefined {
  const view = viewRecords(records);
  let latest = -1;
  for (let index = 0; index < header.count; index++) {
    const reason = nextRecord(view);
    if (reason !== undefined) return reason;
    if (view.offsetDelta !== index) return 'the offset deltas are not 0, 1, 2 and so on';
    if (view.headerCount > headersPerRecordMax) return `over ${headersPerRecordMax} record headers`;
    const timestamp = header.baseTimestamp + view.timestampDelta;
    if (!isTimestamp(timestamp)) return 'a timestamp is out of range';
    if (timestamp > latest) latest = timestamp;
  }
  if (view.position !== records.length) return 'bytes are left after the last record';
  return latest === header.maxTimestamp ? undefined : 'the greatest timestamp is another';
}

/** The batch's records, decompressed; a view of `bytes` when they were not compressed. */
export function recordsOf(
  bytes: Uint8Array,
  { position, length, codec }: BatchHeader,
  bytesMax: number,
): { readonly kind: 'bytes'; readonly bytes: Uint8Array } | Malformed {
  const stored = bytes.subarray(position + batchHeaderBytes, position + length);
  const result = decompress(codec, stored, bytesMax);
  return result.kind === 'bytes' ? result : malformed(result.reason, position);
}
