// Histories made by hand, for the tests of the checkers: a log is what its batches hold, one record
// after the other, and events are whatever numbers a test gives them.

import type { EpochMillis, TopicId } from '../../shared/ids.ts';
import { type Checker, type FinishedRun, indexOf, noDeliveries, noGroups } from './check/check.ts';
import {
  type Answer,
  type Attempt,
  type BatchOutcome,
  History,
  type ReadRecord,
  type Stamp,
} from './history.ts';
import type { Log } from './logs.ts';

export const never = Number.POSITIVE_INFINITY;

export type HandMade = FinishedRun & { readonly logs: Log[] };

export function emptyRun(): HandMade {
  const history = new History(() => 0 as EpochMillis);
  const facts = { groups: noGroups, deliveries: noDeliveries };
  const bounds = { weakLagMillisMax: 0, aheadMillisMax: 0 };
  return { history, logs: [], liveness: false, damages: false, ...bounds, ...facts };
}

/** A log of one append for each list of ids. */
export function addLog(
  run: HandMade,
  appends: readonly (readonly string[])[],
  { partition = 0, topicId = 'first', named = 0, gone = never, configs = {} } = {},
): Log {
  const records = appends.flat().map(recordAt);
  let offset = 0;
  const placed = appends.map((ids) => {
    const baseOffset = offset;
    offset += ids.length;
    return { baseOffset, endOffset: offset, event: 0 };
  });
  const id = { topicId: topicId as TopicId, partition };
  const log: Log = {
    ...{ id, topic: 'orders', partition, records, appends: placed, named, gone },
    configs: new Map(Object.entries(configs)),
    ...{ starts: [], rewrites: [], leavings: new Map(), horizons: new Map() },
  };
  run.logs.push(log);
  return log;
}

export function recordAt(id: string, offset: number): ReadRecord {
  return { ...sent(id), offset, timestamp: 1_000 + offset };
}

function sent(id: string) {
  return { id, key: null, value: Buffer.from(id), headers: [] };
}

type Sent = {
  readonly ids: readonly string[];
  readonly partition?: number;
  readonly stamp?: Stamp;
};

export type Told = readonly [invoked: number, returned: number, ...outcomes: BatchOutcome[]];

/** One request, a batch a list of ids, with the outcomes of each of its attempts. */
export function produce(
  { history }: HandMade,
  batches: readonly Sent[],
  attempts: readonly Told[],
  { client = 'c0', isAtomic = false } = {},
): readonly Attempt[] {
  const made = attempts.map(
    ([invoked, returned, ...outcomes]): Attempt => ({
      process: 'p0',
      invoked,
      returned,
      outcomes,
    }),
  );
  history.produces.push({
    client,
    isAtomic,
    batches: batches.map(({ ids, partition = 0, ...stamped }) => {
      return { topic: 'orders', partition, records: ids.map(sent), ...stamped };
    }),
    attempts: made,
  });
  return made;
}

export const at = (baseOffset: number): BatchOutcome => ({ kind: 'stored', baseOffset });
export const unknown: BatchOutcome = { kind: 'unknown', code: 'OUTCOME_UNKNOWN' };
export const refused: BatchOutcome = { kind: 'refused', code: 'UNAVAILABLE' };

type Look = {
  readonly client?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly timestamp?: number;
  readonly from: number;
  readonly to: number;
};

export function look({ history }: HandMade, { from, to, ...look }: Look, answer: Answer): void {
  const defaults = { client: 'c1', process: 'p0', topic: 'orders', partition: 0 };
  history.reads.push({ ...defaults, ...look, invoked: from, returned: to, answer });
}

export function records(ids: readonly string[], first: number, end: number): Answer {
  return {
    kind: 'records',
    records: ids.map((id, index) => recordAt(id, first + index)),
    nextOffset: first + ids.length,
    logStart: 0,
    highWatermark: end,
  };
}

export function ends(highWatermark: number, logStart = 0): Answer {
  return { kind: 'bounds', logStart, highWatermark };
}

export function judge(check: Checker, run: HandMade): readonly string[] {
  return check(run, indexOf(run));
}

type Tale = (run: HandMade) => unknown;

/** What it is that is wrong, a checker, a history without it and one with it. */
export type Story = readonly [name: string, check: Checker, good: Tale, bad: Tale];

/** What the checker finds in the good history, and in the bad one. */
export function findings([, check, ...tales]: Story): readonly (readonly string[])[] {
  return tales.map((tell) => {
    const run = emptyRun();
    tell(run);
    return judge(check, run);
  });
}
