// How fast a topic grows, from two looks at its sizes. Records are the difference of the ends,
// which nothing but appends moves. Bytes are that many records of the mean size of what is stored:
// what merges, compaction and retention take away meanwhile is no slower append.

import type { PartitionSize, SizesReply } from '../engine/replies.ts';
import type { Seen, Sighting } from '../polling/seen.ts';

export type Rates = {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
};

/** Of partitions that both looks have seen. @returns undefined: there was no other look yet. */
export function ratesOf(
  before: Sighting<readonly PartitionSize[]> | undefined,
  now: Sighting<readonly PartitionSize[]>,
): Rates | undefined {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1_000;
  if (before === undefined || seconds <= 0) return undefined;
  const ends = new Map(before.data.map((size) => [size.partition, size.log_end_offset]));
  let records = 0;
  let bytes = 0;
  for (const size of now.data) {
    const end = ends.get(size.partition);
    // A lower end is another topic of that name.
    if (end === undefined || size.log_end_offset <= end) continue;
    const more = size.log_end_offset - end;
    records += more;
    bytes += more * meanBytes(size);
  }
  return { recordsPerSecond: records / seconds, bytesPerSecond: bytes / seconds };
}

/** As of the last two looks. */
export function ratesIn({ now, before }: Seen<SizesReply>): Rates | undefined {
  if (now === undefined) return undefined;
  const partitionsOf = (at: typeof now) => ({ data: at.data.partitions, at: at.at });
  return ratesOf(before && partitionsOf(before), partitionsOf(now));
}

function meanBytes({ bytes, counted_from, log_end_offset }: PartitionSize): number {
  const records = log_end_offset - counted_from;
  return records <= 0 ? 0 : bytes / records;
}

export type Total = {
  readonly records: number;
  readonly segments: number;
  readonly bytes: number;
  /** There are more segments and bytes, which were not counted. */
  readonly isPart: boolean;
};

export function totalOf(sizes: readonly PartitionSize[]): Total {
  let [records, segments, bytes, isPart] = [0, 0, 0, false];
  for (const size of sizes) {
    records += size.log_end_offset - size.log_start_offset;
    segments += size.segments;
    bytes += size.bytes;
    isPart ||= size.counted_from > size.log_start_offset;
  }
  return { records, segments, bytes, isPart };
}
