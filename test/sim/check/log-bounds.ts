// I14: where a reader was told that the log begins, it began at some time while it was asked; what
// is read is not below that, and what is refused as out of range is. I14, too, of whoever asked for
// records to be deleted: afterwards they are.

import type { ReadRequest } from '../history.ts';
import type { Log } from '../logs.ts';
import { type Checker, type Index, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';
import { boundsIn } from './non-monotonic-poll.ts';
import { startAt } from './time-look-up.ts';

export const logBounds: Checker = ({ history }, index) => [
  ...history.reads.flatMap((read) => judge(read, index)),
  ...history.deletions.flatMap(({ client, before, answer, returned, ...place }) => {
    const [log, ...others] = index.logs.get(nameOf(place)) ?? [];
    if (typeof answer === 'string' || log === undefined || others.length > 0) return [];
    const isDone = answer.logStart >= before && startAt(log, returned) >= answer.logStart;
    return isDone
      ? []
      : [`I14: ${client} deleted ${nameOf(place)} below ${before}: it is not done`];
  }),
];

function judge(read: ReadRequest, index: Index): readonly string[] {
  const { client, offset, answer, invoked, returned } = read;
  const bounds = boundsIn(read);
  if (bounds === undefined) return [];
  const { logStart, highWatermark } = bounds;
  const what = `${client} at ${nameOf(read)} (${invoked}), log ${logStart} to ${highWatermark}`;
  const violations: string[] = [];
  const log = logOf(answer.kind === 'records' ? answer.records : [], nameOf(read), index);
  if (log !== undefined && !startsBetween(log, invoked, returned).includes(logStart)) {
    violations.push(`I14: ${what}: it did not begin there`);
  }
  if (offset === undefined) return violations;
  const isWithin = offset >= logStart && offset <= highWatermark;
  if (answer.kind === 'records' && !isWithin) violations.push(`I14: ${what}: ${offset} was read`);
  if (answer.kind === 'error' && isWithin) violations.push(`I14: ${what}: ${offset} was refused`);
  return violations;
}

function startsBetween(log: Log, from: number, to: number): readonly number[] {
  const raised = log.starts.filter(({ event }) => event > from && event < to);
  return [startAt(log, from), ...raised.map((raise) => raise.to)];
}
