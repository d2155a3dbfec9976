// I3: what a reader was given at an offset is what is stored there, for every reader and for ever.

import type { ReadRecord } from '../history.ts';
import type { Log } from '../logs.ts';
import { type Checker, type Index, nameOf } from './check.ts';
import { sameBytes } from './lost-write.ts';

export const inconsistentOffsets: Checker = ({ history }, index) =>
  history.reads.flatMap(({ client, answer, ...place }) => {
    if (answer.kind !== 'records' || answer.records.length === 0) return [];
    const log = logOf(answer.records, nameOf(place), index);
    if (log === undefined) {
      return [`I3: ${client} read ${answer.records[0]?.id} in ${nameOf(place)}: it is not there`];
    }
    return answer.records
      .filter((record) => !isSame(record, log.records[record.offset]))
      .map((record) => {
        const stored = log.records[record.offset]?.id;
        const where = `${nameOf(place)} at ${record.offset}`;
        return `I3: ${client} read ${record.id} in ${where}, where ${stored} is stored`;
      });
  });

/** A name may have been that of several logs: what was read tells which of them it was, and where
 * several hold its first record, the one that most of it is in. */
export function logOf(
  records: readonly Pick<ReadRecord, 'id' | 'offset'>[],
  name: string,
  { places, logs }: Index,
): Log | undefined {
  const known = logs.get(name) ?? [];
  if (records.length === 0) return known.length === 1 ? known[0] : undefined;
  const first = places.get(records[0]?.id ?? '') ?? [];
  const found = first.map(({ log }) => log).filter((log) => known.includes(log));
  const agreeing = (log: Log) =>
    records.filter(({ id, offset }) => log.records[offset]?.id === id).length;
  return found.toSorted((one, other) => agreeing(other) - agreeing(one))[0];
}

function isSame(read: ReadRecord, stored: ReadRecord | undefined): boolean {
  return (
    stored !== undefined &&
    stored.id === read.id &&
    stored.timestamp === read.timestamp &&
    sameBytes(stored.key, read.key) &&
    sameBytes(stored.value, read.value) &&
    stored.headers.length === read.headers.length
  );
}
