// Records that a compaction left out: whether they may go. A later record of the key is in the log,
// and both are older than the lag; or it is a tombstone that said when it may go, that time is
// over, and nothing older of its key can be read any more.

import type { EpochMillis } from '../../../shared/ids.ts';
import { compactionSettings, isCompacted } from '../../../shared/log/topic-configs.ts';
import { sameBytes } from '../check/lost-write.ts';
import type { StoredRecord } from './stored-records.ts';
import type { WatchedPartition } from './watched-partition.ts';

export type LeavingFacts = {
  readonly partition: Pick<WatchedPartition, 'configs' | 'leavings'>;
  readonly event: number;
  /** The true time, and what any clock shows at most. */
  readonly now: EpochMillis;
  readonly latest: number;
  /** All that was ever appended where chunks are now. */
  readonly cleanable: readonly StoredRecord[];
  /** What is in chunks now, and not below the log start. */
  readonly stored: readonly StoredRecord[];
};

/** @param dated tombstones that say for the first time when they may go: by then nobody may have to
 * be told any more of what is older. */
export function judgeDated(
  dated: readonly StoredRecord[],
  stored: readonly StoredRecord[],
): readonly string[] {
  return dated.flatMap(({ id, key, offset }) => {
    const older = stored.find((one) => one.offset < offset && isOfKey(one, key));
    return older === undefined ? [] : [`I3: ${id} says when it goes, and ${older.id} is there`];
  });
}

function isOfKey(record: StoredRecord, key: Uint8Array | null): boolean {
  return key !== null && sameBytes(record.key, key);
}

/** @returns what is wrong. What may go is noted with the partition. */
export function judgeLeavings(
  left: readonly StoredRecord[],
  { partition, event, now, latest, ...log }: LeavingFacts,
): readonly string[] {
  const { configs, leavings } = partition;
  if (!isCompacted(configs)) return [`I15: ${left[0]?.id} is left out, and nothing is compacted`];
  const { lagMillisMin } = compactionSettings(configs);
  const newest = lagMillisMin === 0 ? Number.POSITIVE_INFINITY : latest - lagMillisMin;
  const isOld = ({ timestamp }: StoredRecord) => timestamp <= newest;
  return left.flatMap((record) => {
    const { id, key, offset, value, deleteHorizon } = record;
    const later = log.cleanable.filter((other) => other.offset > offset && isOfKey(other, key));
    if (isOld(record) && later.some(isOld)) {
      leavings.set(offset, { event, at: now, why: 'superseded' });
      return [];
    }
    const isExpired = value === null && deleteHorizon !== undefined && deleteHorizon < latest;
    if (!isExpired)
      return [`I1: ${id} is left out, and is the last of its key that may be looked at`];
    leavings.set(offset, { event, at: now, why: 'expired' });
    const older = log.stored.find((other) => other.offset < offset && isOfKey(other, key));
    return older === undefined ? [] : [`I3: ${id} is gone, and ${older.id} is to be read again`];
  });
}
