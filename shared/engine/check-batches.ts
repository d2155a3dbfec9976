// Record batches as a producer made them: checked as a broker checks them, before anything is
// stored, and brought to the topic's codec and timestamps where those differ.

import { EngineError } from '../errors.ts';
import type { EpochMillis } from '../ids.ts';
import { decompressedBytesMax, recordsPerRequestMax } from '../limits.ts';
import type { AppendSettings } from '../log/topic-configs.ts';
import { type BatchHeader, readBatchHeader, setLogAppendTime } from '../record/batch-header.ts';
import { splitBatches, verifyBatch } from '../record/batches.ts';
import { decodeBatch } from '../record/decode-batch.ts';
import { encodeBatch } from '../record/encode-batch.ts';

export type CheckedBatches = {
  readonly batches: readonly Uint8Array[];
  readonly bytes: number;
  readonly count: number;
  readonly timestampMax: number;
};

/** @throws EngineError CORRUPT_BATCH, RECORD_TOO_LARGE, naming the batch by its index. */
export function checkBatches(
  bytes: Uint8Array,
  settings: AppendSettings,
  now: EpochMillis,
): CheckedBatches {
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') {
    throw corrupt('batches', `${split.reason} at byte ${split.position}`);
  }
  if (split.headers.length === 0) throw corrupt('batches', 'there is none');
  const batches = split.headers.map((header, index) => {
    const field = `batches[${index}]`;
    if (header.transactional) throw corrupt(field, 'transactional batches are not taken');
    if (header.count > recordsPerRequestMax) {
      throw corrupt(field, `more than ${recordsPerRequestMax} records`);
    }
    const fault = verifyBatch(bytes, header, decompressedBytesMax);
    if (fault !== undefined) throw corrupt(field, `${fault.reason} at byte ${fault.position}`);
    const own = bytes.subarray(header.position, header.position + header.length);
    const batch = toTopic(own, header, settings, now);
    if (batch.length > settings.messageBytesMax) {
      const limit = settings.messageBytesMax;
      const message = `${field}: larger than max.message.bytes, ${limit}`;
      throw new EngineError('RECORD_TOO_LARGE', message, { field, limit });
    }
    return batch;
  });
  return {
    batches,
    bytes: batches.reduce((sum, batch) => sum + batch.length, 0),
    count: split.headers.reduce((sum, header) => sum + header.count, 0),
    timestampMax:
      settings.timestampType === 'LogAppendTime'
        ? now
        : split.headers.reduce((max, header) => Math.max(max, header.maxTimestamp), -1),
  };
}

function toTopic(
  batch: Uint8Array,
  header: BatchHeader,
  { compression, timestampType }: AppendSettings,
  now: EpochMillis,
): Uint8Array {
  const codec = compression === 'uncompressed' ? 'none' : compression;
  const right = codec === 'producer' || codec === header.codec;
  const coded = right ? batch : recode(batch, header, codec);
  if (timestampType === 'LogAppendTime') setLogAppendTime(coded, headerOf(coded), now);
  return coded;
}

function recode(
  batch: Uint8Array,
  header: BatchHeader,
  compression: 'none' | 'gzip' | 'zstd',
): Uint8Array {
  const decoded = decodeBatch(batch, headerOf(batch), decompressedBytesMax);
  if (decoded.kind === 'malformed') throw corrupt('batches', decoded.reason);
  const { producerId: id, producerEpoch: epoch, baseSequence } = header;
  const producer = id < 0 ? {} : { producer: { id, epoch, baseSequence } };
  return encodeBatch({ records: decoded.records, compression, ...producer });
}

function headerOf(batch: Uint8Array): BatchHeader {
  const read = readBatchHeader(batch, 0);
  if (read.kind === 'malformed') throw corrupt('batches', read.reason);
  return read.header;
}

function corrupt(field: string, fault: string): EngineError {
  return new EngineError('CORRUPT_BATCH', `${field}: ${fault}`, { field });
}
