// A search for a time finds the first record of that time or later, or the end of the log when
// there is none. (That what it takes for the end was one, linearizable.ts holds.) What retention or
// compaction has taken meanwhile need not be found.

import type { ReadRequest } from '../history.ts';
import type { Log } from '../logs.ts';
import { type Checker, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';

export const timeLookUp: Checker = ({ history }, index) =>
  history.reads.flatMap((read) => {
    const { client, answer, timestamp, ...place } = read;
    if (answer.kind !== 'offset' || timestamp === undefined) return [];
    const log = logOf([], nameOf(place), index);
    if (log === undefined) return [];
    const first = firstAtOrAfter(log, timestamp, read);
    const what = `${client} searched ${nameOf(place)} for ${timestamp}: told ${answer.offset}`;
    if (first !== undefined && first < answer.offset) return [`${what}, and ${first} has it`];
    const isBelow = answer.offset < startAt(log, read.invoked);
    return isBelow ? [`I14: ${what}, which is below the log start`] : [];
  });

/** That was in the log as long as it was searched. */
function firstAtOrAfter(
  log: Log,
  timestamp: number,
  { returned }: ReadRequest,
): number | undefined {
  const start = startAt(log, returned);
  return log.records.find(
    (record) =>
      record.timestamp >= timestamp &&
      record.offset >= start &&
      (log.leavings.get(record.offset)?.event ?? returned) >= returned,
  )?.offset;
}

/** Where the log started at an event. */
export function startAt({ starts }: Pick<Log, 'starts'>, event: number): number {
  return starts.findLast((raise) => raise.event < event)?.to ?? 0;
}
