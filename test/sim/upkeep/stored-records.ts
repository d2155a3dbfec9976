// The records under a ref, read from stored bytes without the engine's fetch, so that fetch and
// rewrites can be judged by them.

import { decompressedBytesMax } from '../../../shared/limits.ts';
import { crcHolds } from '../../../shared/record/batch-header.ts';
import { deleteHorizonOf } from '../../../shared/record/batch-walk.ts';
import { splitBatches } from '../../../shared/record/batches.ts';
import { decodeBatch } from '../../../shared/record/decode-batch.ts';
import { readRecord } from '../clients/records.ts';
import type { ReadRecord } from '../history.ts';

export type StoredRecord = ReadRecord & {
  /** Of its batch: when a tombstone may go. */
  readonly deleteHorizon: number | undefined;
};

type Place = {
  readonly baseOffset: number;
  /** Offsets that the bytes cover. */
  readonly count: number;
};

/** Those that compaction has left. @returns in words: what is wrong with the bytes. */
export function recordsUnder(
  bytes: Uint8Array,
  { baseOffset, count }: Place,
): readonly StoredRecord[] | string {
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') return split.reason;
  const records: StoredRecord[] = [];
  let first = baseOffset;
  for (const header of split.headers) {
    if (!crcHolds(bytes, header)) return 'a CRC does not hold';
    const decoded = decodeBatch(bytes, header, decompressedBytesMax);
    if (decoded.kind === 'malformed') return decoded.reason;
    const deleteHorizon = deleteHorizonOf(header);
    for (const record of decoded.records) {
      const offset = first + record.offset - header.baseOffset;
      records.push({ ...readRecord({ ...record, offset }), deleteHorizon });
    }
    first += header.lastOffsetDelta + 1;
  }
  return first === baseOffset + count ? records : 'it holds another number of offsets';
}
