// I14: the log start is raised by whom the topic's settings allow to, as far as they do, or to just
// where somebody asked for it.

import { retentionOf } from '../../../shared/log/retention.ts';
import type { Log } from '../logs.ts';
import type { WatchedStart } from '../upkeep/watched-partition.ts';
import { type Checker, type FinishedRun, nameOf } from './check.ts';

export const logStart: Checker = (run) =>
  run.logs.flatMap((log) =>
    log.starts
      .filter((raise) => !isAsked(raise, log, run) && !isAllowed(raise, log, run))
      .map(({ from, to, event }) => {
        return `I14: the start of ${nameOf(log)} was raised from ${from} to ${to} (${event})`;
      }),
  );

function isAsked({ to, endOffset, event }: WatchedStart, log: Log, { history }: FinishedRun) {
  return history.deletions.some(
    ({ before, invoked, ...place }) =>
      nameOf(place) === nameOf(log) &&
      invoked < event &&
      (before === to || (before < 0 && to <= endOffset)),
  );
}

function isAllowed(
  { at, to, latest, bytesLeft, isWhole }: WatchedStart,
  { configs }: Log,
  { aheadMillisMax }: FinishedRun,
): boolean {
  const { millis, bytes } = retentionOf(configs);
  const isOld = millis !== undefined && latest < at + aheadMillisMax - millis;
  const isMuch = bytes !== undefined && bytesLeft >= bytes;
  return to > 0 && isWhole && (isOld || isMuch);
}
