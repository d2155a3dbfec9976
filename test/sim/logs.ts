// What was stored: of each partition there ever was, all its records in order, read from the
// objects that were appended, which may be long gone. It is made without the engine's fetch, so
// that fetch can be judged by it.

import type { PartitionId } from '../../shared/ids.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import type { ReadRecord } from './history.ts';
import type { ObjectWatch } from './upkeep/object-watch.ts';
import { recordsUnder } from './upkeep/stored-records.ts';
import type { WatchedAppend, WatchedPartition } from './upkeep/watched-partition.ts';

/** What one update of a head made of a log. */
export type StoredAppend = {
  readonly baseOffset: number;
  readonly endOffset: number;
  /** When it was done. */
  readonly event: number;
};

export type Log = {
  readonly id: PartitionId;
  readonly topic: string;
  readonly partition: number;
  /** The record that was appended at each offset. */
  readonly records: readonly ReadRecord[];
  readonly appends: readonly StoredAppend[];
  /** The events at which its topic was named, and its head deleted; Infinity: it is there. */
  readonly named: number;
  readonly gone: number;
} & Pick<WatchedPartition, 'configs' | 'starts' | 'rewrites' | 'leavings' | 'horizons'>;

export type StoredLogs = {
  readonly logs: readonly Log[];
  /** Where bytes are not what their ref says (I11). */
  readonly violations: readonly string[];
};

export function storedLogs(
  partitions: Iterable<WatchedPartition>,
  objects: Pick<ObjectWatch, 'bytesOf'>,
): StoredLogs {
  const logs: Log[] = [];
  const violations: string[] = [];
  for (const { id, topic, appends, endOffset: _, ...partition } of partitions) {
    const records: ReadRecord[] = [];
    for (const append of appends) {
      const read = recordsOf(append, objects);
      if (typeof read !== 'string') records.push(...read);
      else {
        violations.push(`I11: ${topic}-${id.partition} at ${append.baseOffset}: ${read}`);
        for (let lost = 0; lost < append.ref.count; lost++) records.push(unreadable(append, lost));
      }
    }
    const updates = updatesOf(appends);
    logs.push({ ...partition, id, topic, partition: id.partition, records, appends: updates });
  }
  return { logs, violations };
}

/** One update may append several refs: all of them at once. */
function updatesOf(appends: readonly WatchedAppend[]): readonly StoredAppend[] {
  return [...Map.groupBy(appends, ({ event }) => event)].map(([event, own]) => {
    const [first, last] = [own[0], own.at(-1)] as [WatchedAppend, WatchedAppend];
    const endOffset = last.baseOffset + last.ref.count;
    return { baseOffset: first.baseOffset, endOffset, event };
  });
}

/** @returns the records; in words: what is wrong with them. */
function recordsOf(
  { ref, baseOffset }: WatchedAppend,
  objects: Pick<ObjectWatch, 'bytesOf'>,
): readonly ReadRecord[] | string {
  const bytes = objects.bytesOf(segmentKey(ref.segment));
  if (bytes === undefined) return 'the object was never there';
  const own = bytes.subarray(ref.position, ref.position + ref.length);
  if (own.length !== ref.length) return 'the object is shorter than its ref';
  const records = recordsUnder(own, { baseOffset, count: ref.count });
  if (typeof records === 'string') return records;
  return records.length === ref.count ? records : 'it holds another number of records';
}

function unreadable({ baseOffset }: WatchedAppend, at: number): ReadRecord {
  const nothing = { key: null, value: null, headers: [] };
  return { id: 'unreadable', offset: baseOffset + at, timestamp: -1, ...nothing };
}
