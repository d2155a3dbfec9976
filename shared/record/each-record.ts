// The records of a stored batch, looked at one after the other, as combineBatches judges them: for
// whoever wants to know what is there before anything is written.

import { type Malformed, malformed, readBatchHeader } from './batch-header.ts';
import {
  type BatchWalk,
  deleteHorizonOf,
  isTombstone,
  keyAt,
  nextOf,
  startWalk,
} from './batch-walk.ts';

export type RecordToJudge = {
  readonly offset: number;
  readonly timestamp: number;
  /** A view. */
  readonly key: Uint8Array | null;
  readonly isTombstone: boolean;
  /** Of its batch; undefined: none yet. It is about tombstones alone. */
  readonly deleteHorizon: number | undefined;
};

/** @param batch whole, with its base offset in place; its CRC was checked.
 * @param bytesMax what its records may become when they are decompressed.
 * @param see returns false to end the walk. Of what no combining changes nothing is shown.
 * @returns whether the walk came to the end. */
export function eachRecord(
  batch: Uint8Array,
  bytesMax: number,
  see: (record: RecordToJudge) => boolean,
): boolean | Malformed {
  const read = readBatchHeader(batch, 0);
  if (read.kind === 'malformed') return read;
  const { header } = read;
  if (header.transactional || header.control) return true;
  const started = startWalk(batch, header, bytesMax);
  if (started.kind === 'malformed') return started;
  const { walk } = started;
  while (nextOf(walk)) if (!see(judged(walk))) return false;
  return walk.fault === undefined ? true : malformed(walk.fault, 0);
}

export function judged(walk: BatchWalk): RecordToJudge {
  return {
    offset: walk.offset,
    timestamp: walk.timestamp,
    key: keyAt(walk),
    isTombstone: isTombstone(walk),
    deleteHorizon: deleteHorizonOf(walk.header),
  };
}
