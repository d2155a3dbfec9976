// What clients know of one log, in the order in which it must have happened. The log's offsets give
// the order of its appends; a look at its end stands between the append that made it that and the
// next one. What clients saw gives to each of these the events between which it happened.

import type { History } from '../history.ts';
import type { Log } from '../logs.ts';
import {
  batchesOf,
  type Index,
  isAcknowledged,
  nameOf,
  placesOf,
  type SentOnce,
  told,
} from './check.ts';
import { logOf } from './inconsistent-offsets.ts';
import { boundsIn } from './non-monotonic-poll.ts';

export type Moment = {
  /** It happened after this event and before that one. */
  readonly after: number;
  readonly before: number;
  readonly what: string;
  /** Of an append: what it is of. */
  readonly sent?: SentOnce;
};

/** Moments of one step may have any order among themselves. */
export type Step = readonly Moment[];

export type Timeline = {
  readonly log: Log;
  readonly steps: readonly Step[];
  /** Looks at an end that the log never had. */
  readonly impossible: readonly string[];
};

export function timelinesOf(history: History, index: Index): readonly Timeline[] {
  const appends = appendsByLog(history, index);
  const looks = looksByLog(history, index);
  const logs = new Set([...appends.keys(), ...looks.keys()]);
  return [...logs].map((log) => {
    const own = looks.get(log) ?? new Map<number, Moment[]>();
    const ends = new Set([0, ...log.appends.map(({ endOffset }) => endOffset)]);
    const impossible = [...own].flatMap(([end, moments]) =>
      ends.has(end) ? [] : moments.map(({ what }) => what),
    );
    return { log, steps: stepsOf(log, appends.get(log) ?? new Map(), own), impossible };
  });
}

function stepsOf(
  log: Log,
  appends: ReadonlyMap<number, Moment>,
  looks: ReadonlyMap<number, readonly Moment[]>,
): readonly Step[] {
  const steps: Step[] = [];
  for (let offset = 0; offset <= log.records.length; offset++) {
    const seen = looks.get(offset);
    if (seen !== undefined) steps.push(seen);
    const append = appends.get(offset);
    if (append !== undefined) steps.push([append]);
  }
  return steps;
}

/** By the offset at which each begins. */
function appendsByLog(history: History, index: Index): Map<Log, Map<number, Moment>> {
  const byLog = new Map<Log, Map<number, Moment>>();
  for (const sent of batchesOf(history)) {
    const places = placesOf(sent, index);
    const moment = momentOf(sent);
    // Which of two it was that was acknowledged, nobody can say.
    const known = places.length > 1 ? { ...moment, before: Number.POSITIVE_INFINITY } : moment;
    for (const { log, offset } of places) {
      const own = byLog.get(log) ?? new Map<number, Moment>();
      byLog.set(log, own.set(offset, known));
    }
  }
  return byLog;
}

/** The first attempt that may have done it may have done it at once; the first that was told so was
 * told after it was done. */
function momentOf(sent: SentOnce): Moment {
  let after = Number.POSITIVE_INFINITY;
  let before = Number.POSITIVE_INFINITY;
  for (const [at, { invoked, returned }] of sent.request.attempts.entries()) {
    const outcome = sent.outcomes[at];
    if (outcome === undefined || outcome.kind === 'refused') continue;
    after = Math.min(after, invoked);
    if (isAcknowledged(outcome)) before = Math.min(before, returned);
  }
  return { after, before, what: told(sent), sent };
}

/** By the end that was seen. */
function looksByLog(history: History, index: Index): Map<Log, Map<number, Moment[]>> {
  const byLog = new Map<Log, Map<number, Moment[]>>();
  for (const read of history.reads) {
    const records = read.answer.kind === 'records' ? read.answer.records : [];
    const log = logOf(records, nameOf(read), index);
    if (log === undefined) continue;
    const end = boundsIn(read)?.highWatermark ?? endByTime(read, log);
    if (end === undefined) continue;
    const own = byLog.get(log) ?? new Map<number, Moment[]>();
    const what = `${read.client}'s look at ${nameOf(read)}, which ended at ${end}`;
    const moment = { after: read.invoked, before: read.returned, what };
    own.set(end, [...(own.get(end) ?? []), moment]);
    byLog.set(log, own);
  }
  return byLog;
}

/** A search for a time that found none says where the end was. */
function endByTime(
  { answer, timestamp = 0 }: History['reads'][number],
  log: Log,
): number | undefined {
  if (answer.kind !== 'offset') return undefined;
  const found = log.records[answer.offset];
  return found !== undefined && found.timestamp >= timestamp ? undefined : answer.offset;
}
