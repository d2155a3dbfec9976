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
import { nextRecord, type RecordView, viewRecords } from './record-view.ts';

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
 * @returns how many bytes they became, and which of them is the first without a key.
 * Source: Kafka's LogValidator and DefaultRecordBatch. */
export function verifyBatch(
  bytes: Uint8Array,
  header: BatchHeader,
  bytesMax: number,
): SoundBatch | Malformed {
  const reason = unfitHeader(header);
  if (reason !== undefined) return malformed(reason, header.position);
  if (!crcHolds(bytes, header)) return malformed('the CRC does not hold', header.position);
  const records = recordsOf(bytes, header, bytesMax);
  if (records.kind === 'malformed') return records;
  const walked = walkRecords(records.bytes, header);
  if (walked.unfit !== undefined) return malformed(walked.unfit, header.position);
  return { kind: 'sound', recordsBytes: records.bytes.length, keyless: walked.keyless };
}

export type SoundBatch = {
  readonly kind: 'sound';
  readonly recordsBytes: number;
  /** Of its records, from 0; -1: all have keys. */
  readonly keyless: number;
};

function unfitHeader(header: BatchHeader): string | undefined {
  if (header.count === 0) return 'the batch has no records';
  if (header.hasDeleteHorizon) return 'producers write no delete horizon';
  if (header.control) return 'producers write no control batches';
  if (header.lastOffsetDelta !== header.count - 1) return 'the last offset delta is not count - 1';
  if (header.timestampType !== 'CreateTime') return 'producers write no LogAppendTime';
  const numbered = header.producerEpoch >= 0 && header.baseSequence >= 0;
  return header.producerId === -1 || numbered
    ? undefined
    : 'a producer id without epoch or sequence';
}

function walkRecords(
  records: Uint8Array,
  header: BatchHeader,
): { readonly unfit?: string; readonly keyless: number } {
  const view = viewRecords(records);
  let latest = -1;
  let keyless = -1;
  for (let index = 0; index < header.count; index++) {
    const unfit = nextRecord(view) ?? unfitRecord(view, index);
    if (unfit !== undefined) return { unfit, keyless };
    const timestamp = header.baseTimestamp + view.timestampDelta;
    if (!isTimestamp(timestamp)) return { unfit: 'a timestamp is out of range', keyless };
    if (timestamp > latest) latest = timestamp;
    if (view.keyLength < 0 && keyless < 0) keyless = index;
  }
  if (view.position !== records.length) {
    return { unfit: 'bytes are left after the last record', keyless };
  }
  if (latest === header.maxTimestamp) return { keyless };
  return { unfit: 'the greatest timestamp is another', keyless };
}

function unfitRecord({ offsetDelta, headerCount }: RecordView, index: number): string | undefined {
  if (offsetDelta !== index) return 'the offset deltas are not 0, 1, 2 and so on';
  return headerCount > headersPerRecordMax
    ? `over ${headersPerRecordMax} record headers`
    : undefined;
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
