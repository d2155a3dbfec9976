// Record batches as a producer made them: checked as a broker checks them, before anything is
// stored, and brought to the topic's codec and timestamps where those differ.

import { EngineError } from '../errors.ts';
import { type EpochMillis, producerKeyOf } from '../ids.ts';
import { decompressedBytesMax, produceBodyBytesMax, recordsPerRequestMax } from '../limits.ts';
import type { Stamp } from '../log/stamp.ts';
import type { AppendSettings } from '../log/topic-configs.ts';
import {
  type BatchHeader,
  batchHeaderBytes,
  readBatchHeader,
  setLogAppendTime,
  writeBatchHeader,
} from '../record/batch-header.ts';
import { recordsOf, splitBatches, verifyBatch } from '../record/batches.ts';
import { compressRecords } from '../record/encode-batch.ts';
import { sequenceAfter } from '../sequence.ts';
import type { Batches } from './append-queue.ts';
import { keyMissing } from './batch-records.ts';

/** What a request may still bring: its records, what they become when they are decompressed, and
 * what they are as they are stored. */
export type BatchesLeft = { records: number; recordsBytes: number; storedBytes: number };

export function wholeRequest(): BatchesLeft {
  return {
    records: recordsPerRequestMax,
    recordsBytes: decompressedBytesMax,
    storedBytes: produceBodyBytesMax,
  };
}

/** Of one partition. @param left of the request as a whole; what these take is taken off it.
 * @throws EngineError CORRUPT_BATCH, INVALID_RECORD, RECORD_TOO_LARGE, REQUEST_TOO_LARGE, naming
 *   the batch by its index. */
export function checkBatches(
  bytes: Uint8Array,
  settings: AppendSettings,
  now: EpochMillis,
  left: BatchesLeft,
): Batches & { readonly stamp?: Stamp } {
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') {
    throw corrupt('batches', `${split.reason} at byte ${split.position}`);
  }
  if (split.headers.length === 0) throw corrupt('batches', 'there is none');
  const batches: Uint8Array[] = [];
  for (const [index, header] of split.headers.entries()) {
    const field = `batches[${index}]`;
    if (header.transactional) throw corrupt(field, 'transactional batches are not taken');
    left.records -= header.count;
    if (left.records < 0) throw requestTooLarge(field, recordsPerRequestMax, 'records');
    const verified = verifyBatch(bytes, header, left.recordsBytes);
    if (verified.kind === 'malformed') {
      throw corrupt(field, `${verified.reason} at byte ${verified.position}`);
    }
    if (settings.isCompacted && verified.keyless >= 0) {
      throw keyMissing(`${field}.records[${verified.keyless}].key`);
    }
    left.recordsBytes -= verified.recordsBytes;
    const own = bytes.subarray(header.position, header.position + header.length);
    const batch = toTopic(own, header, settings, now);
    if (batch.length > settings.messageBytesMax) throw tooLarge(field, settings.messageBytesMax);
    left.storedBytes -= batch.length;
    if (left.storedBytes < 0) throw requestTooLarge(field, produceBodyBytesMax, 'bytes');
    batches.push(batch);
  }
  return {
    ...stampOf(split.headers),
    batches,
    count: split.headers.reduce((sum, header) => sum + header.count, 0),
    timestampMax:
      settings.timestampType === 'LogAppendTime'
        ? now
        : split.headers.reduce((max, header) => Math.max(max, header.maxTimestamp), -1),
  };
}

/** Batches of a producer commit as one, so they follow each other.
 * @throws EngineError CORRUPT_BATCH */
function stampOf(headers: readonly BatchHeader[]): { readonly stamp?: Stamp } {
  const [first] = headers as readonly [BatchHeader];
  const { producerId, producerEpoch, baseSequence } = first;
  let next = baseSequence;
  for (const [index, header] of headers.entries()) {
    const isSame = header.producerId === producerId && header.producerEpoch === producerEpoch;
    if (!isSame || (producerId >= 0 && header.baseSequence !== next)) {
      throw corrupt(
        `batches[${index}]`,
        'it does not follow the one before it, of the same producer',
      );
    }
    next = sequenceAfter(next, header.count);
  }
  if (producerId < 0) return {};
  const producer = producerKeyOf(producerId);
  return { stamp: { producer, epoch: producerEpoch, sequence: baseSequence } };
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
  if (timestampType === 'CreateTime') return coded;
  // A copy: should the batch be checked again, for a topic made again, it must be as it came.
  const stamped = Uint8Array.from(coded);
  setLogAppendTime(stamped, headerOf(stamped), now);
  return stamped;
}

/** The records stay the bytes that they are: written anew they could become more than is read. */
function recode(
  batch: Uint8Array,
  header: BatchHeader,
  compression: 'none' | 'gzip' | 'zstd',
): Uint8Array {
  const records = recordsOf(batch, headerOf(batch), decompressedBytesMax);
  if (records.kind === 'malformed') throw corrupt('batches', records.reason);
  const plain = Buffer.allocUnsafeSlow(batchHeaderBytes + records.bytes.length);
  plain.set(records.bytes, batchHeaderBytes);
  const { bytes, codec } = compressRecords(plain, compression);
  writeBatchHeader(bytes, { ...header, codec });
  return bytes;
}

function headerOf(batch: Uint8Array): BatchHeader {
  const read = readBatchHeader(batch, 0);
  if (read.kind === 'malformed') throw corrupt('batches', read.reason);
  return read.header;
}

function tooLarge(field: string, limit: number): EngineError {
  const message = `${field}: larger than max.message.bytes, ${limit}`;
  return new EngineError('RECORD_TOO_LARGE', message, { field, limit });
}

function requestTooLarge(field: string, limit: number, unit: string): EngineError {
  const message = `${field}: with it the request holds more than ${limit} ${unit}`;
  return new EngineError('REQUEST_TOO_LARGE', message, { field, limit });
}

function corrupt(field: string, fault: string): EngineError {
  return new EngineError('CORRUPT_BATCH', `${field}: ${fault}`, { field });
}
