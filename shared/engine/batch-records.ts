// Records of one request for one partition, as the record batches that are stored: as few as the
// topic's max.message.bytes allows.

import type { CompressionType } from '../config-specs.ts';
import { EngineError } from '../errors.ts';
import type { EpochMillis } from '../ids.ts';
import { headersPerRecordMax, timestampMax } from '../limits.ts';
import { type AppendSettings, appendSettings } from '../log/topic-configs.ts';
import { batchHeaderBytes } from '../record/batch-header.ts';
import { type BatchToWrite, encodeBatch, encodedRecordBytes } from '../record/encode-batch.ts';
import type { RecordHeader, RecordToWrite } from '../record/record.ts';
import { sequenceAfter } from '../sequence.ts';
import type { Batches } from './append-queue.ts';
import type { Topic } from './topic-cache.ts';

export type ProducedRecord = {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** Milliseconds since 1970. Absent: the time of the append. */
  readonly timestamp?: number;
  /** Headers that its request adds, where there is room for them. No part of what the record says:
   * what makes two requests the same (fingerprint.ts) does not look at them. */
  readonly trace?: readonly RecordHeader[];
};

export type BatchedRecords = Batches & {
  /** As stored, one a record. */
  readonly timestamps: readonly number[];
};

/** What batches of ours are compressed with: where the producer is to choose, and has not, the
 * smallest that costs little. */
export const codecs = {
  producer: 'zstd',
  uncompressed: 'none',
  gzip: 'gzip',
  zstd: 'zstd',
} as const satisfies Record<CompressionType, string>;

export type Batching = {
  readonly settings: AppendSettings;
  /** What records without a time of their own get. */
  readonly now: EpochMillis;
  /** The sequence is that of the first of the records. */
  readonly producer: BatchToWrite['producer'];
};

/** @param indexes which of the request's records, in order; contentFault found none of them
 * wrong. */
export function batchRecords(
  records: readonly ProducedRecord[],
  indexes: readonly number[],
  { settings, now, producer }: Batching,
): BatchedRecords {
  const { timestampType, messageBytesMax } = settings;
  const batches: Uint8Array[] = [];
  const timestamps: number[] = [];
  let run: RecordToWrite[] = [];
  const encode = () => {
    const identity = producer && {
      ...producer,
      baseSequence: sequenceAfter(producer.baseSequence, timestamps.length - run.length),
    };
    const compression = codecs[settings.compression];
    return encodeBatch({ records: run, compression, timestampType, producer: identity });
  };
  let runBytes = batchHeaderBytes;
  for (const index of indexes) {
    const record = records[index] as ProducedRecord;
    const { key, value } = record;
    const headers = headersOf(record, messageBytesMax);
    const timestamp = timestampType === 'CreateTime' ? (record.timestamp ?? now) : now;
    const bytes = encodedRecordBytes({ key, value, headers });
    if (runBytes + bytes > messageBytesMax && run.length > 0) {
      batches.push(encode());
      run = [];
      runBytes = batchHeaderBytes;
    }
    run.push({ key, value, headers, timestamp });
    runBytes += bytes;
    timestamps.push(timestamp);
  }
  batches.push(encode());
  return {
    batches,
    count: indexes.length,
    timestampMax: timestamps.reduce((max, timestamp) => Math.max(max, timestamp), -1),
    timestamps,
  };
}

/** A record that is as large as it may be is stored without its trace, and not refused. */
function headersOf(
  { trace, headers, ...content }: ProducedRecord,
  messageBytesMax: number,
): readonly RecordHeader[] {
  if (trace === undefined || headers.length + trace.length > headersPerRecordMax) return headers;
  const all = [...headers, ...trace];
  const bytes = batchHeaderBytes + encodedRecordBytes({ ...content, headers: all });
  return bytes <= messageBytesMax ? all : headers;
}

/** All of them, of no producer. */
export function plainBatch(
  records: readonly ProducedRecord[],
  { configs }: Topic,
  now: EpochMillis,
): BatchedRecords {
  const batching = { settings: appendSettings(configs), now, producer: undefined };
  return batchRecords(records, [...records.keys()], batching);
}

/** Why a record cannot be stored: INVALID_RECORD or RECORD_TOO_LARGE; undefined: it can.
 * @param field what the record is called in the request. */
export function contentFault(
  record: ProducedRecord,
  { isCompacted, messageBytesMax }: AppendSettings,
  field: string,
): EngineError | undefined {
  const { key, timestamp = 0, headers } = record;
  if (isCompacted && key === null) return keyMissing(`${field}.key`);
  if (!Number.isInteger(timestamp) || timestamp < 0 || timestamp > timestampMax) {
    const message = `${field}.timestamp: must be an integer from 0 to ${timestampMax}`;
    const detail = { field: `${field}.timestamp`, limit: timestampMax };
    return new EngineError('INVALID_RECORD', message, detail);
  }
  if (headers.length > headersPerRecordMax) {
    const message = `${field}.headers: at most ${headersPerRecordMax}`;
    const detail = { field: `${field}.headers`, limit: headersPerRecordMax };
    return new EngineError('INVALID_RECORD', message, detail);
  }
  if (batchHeaderBytes + encodedRecordBytes(record) > messageBytesMax) {
    const message = `${field}: larger than max.message.bytes, ${messageBytesMax}`;
    return new EngineError('RECORD_TOO_LARGE', message, { field, limit: messageBytesMax });
  }
  return undefined;
}

/** As Kafka refuses it, too: nothing would ever take its place. */
export function keyMissing(field: string): EngineError {
  const message = `${field}: is required, since the topic is compacted`;
  return new EngineError('INVALID_RECORD', message, { field });
}
