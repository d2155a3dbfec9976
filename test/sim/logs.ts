// What is stored in the end: of each partition there ever was, its records in order, read from the
// objects that the refs name. It is made without the engine's fetch, so that fetch can be judged by
// it.

import { EngineError } from '../../shared/errors.ts';
import type { PartitionId } from '../../shared/ids.ts';
import { decompressedBytesMax } from '../../shared/limits.ts';
import { crcHolds } from '../../shared/record/batch-header.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { decodeBatch } from '../../shared/record/decode-batch.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { readRecord } from './clients/records.ts';
import type { ReadRecord } from './history.ts';
import type { WatchedAppend, WatchedPartition } from './log-watch.ts';

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
  /** The record at each offset. */
  readonly records: readonly ReadRecord[];
  readonly appends: readonly StoredAppend[];
  /** The events at which its topic was named, and its head deleted; Infinity: it is there. */
  readonly named: number;
  readonly gone: number;
};

export type StoredLogs = {
  readonly logs: readonly Log[];
  /** Where bytes are not what their ref says (I11). */
  readonly violations: readonly string[];
};

export async function storedLogs(
  partitions: Iterable<WatchedPartition>,
  objects: Objects,
): Promise<StoredLogs> {
  const logs: Log[] = [];
  const violations: string[] = [];
  for (const { id, topic, appends, named, gone } of partitions) {
    const records: ReadRecord[] = [];
    for (const append of appends) {
      const read = await recordsOf(append, objects);
      if (typeof read !== 'string') records.push(...read);
      else {
        violations.push(`I11: ${topic}-${id.partition} at ${append.baseOffset}: ${read}`);
        for (let lost = 0; lost < append.ref.count; lost++) records.push(unreadable(append, lost));
      }
    }
    const { partition } = id;
    logs.push({ id, topic, partition, records, appends: updatesOf(appends), named, gone });
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
async function recordsOf(
  { ref, baseOffset }: WatchedAppend,
  objects: Objects,
): Promise<readonly ReadRecord[] | string> {
  const key = segmentKey(ref.segment);
  const bytes = await objects.read({ key, position: ref.position, length: ref.length });
  if (bytes === undefined) return 'the object is not there';
  if (bytes.length !== ref.length) return 'the object is shorter than its ref';
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') return split.reason;
  const records: ReadRecord[] = [];
  for (const header of split.headers) {
    if (!crcHolds(bytes, header)) return 'a CRC does not hold';
    const decoded = decodeBatch(bytes, header, decompressedBytesMax);
    if (decoded.kind === 'malformed') throw new EngineError('DAMAGED', decoded.reason);
    for (const record of decoded.records) {
      records.push(readRecord({ ...record, offset: baseOffset + records.length }));
    }
  }
  return records.length === ref.count ? records : 'it holds another number of records';
}

function unreadable({ baseOffset }: WatchedAppend, at: number): ReadRecord {
  const nothing = { key: null, value: null, headers: [] };
  return { id: 'unreadable', offset: baseOffset + at, timestamp: -1, ...nothing };
}
