// What is told of each request and each run, once, at its end: what it was, how it ended, how long
// it took, and what it did. The functions make a log line of it, the embedded engine counts it.
//
// It holds names and numbers of the engine's own things alone: no byte of a record, no body, no
// secret. So whoever tells it need not look what is in it.

import { EngineError, type ErrorCode } from './errors.ts';
import type { EpochMillis } from './ids.ts';
import type { FailureClass, OperationName } from './metric-names.ts';

/** What was done beside asking the stores, counted by whoever does it. */
export type Tally = {
  /** Who asked, by the words of whoever let him in. */
  principal?: string;
  /** The one topic, group and partition that it was about, or the last. */
  topic?: string;
  group?: string;
  partition?: number;
  /** Partitions appended to. */
  partitions: number;
  /** Of what was appended to one partition alone. */
  baseOffset?: number;
  sentMessages: number;
  consumedMessages: number;
  /** Of the body that was sent, or of the records that were given. */
  bytes: number;
  /** Records that are left behind those that were given. */
  lag?: number;
  /** Of the oldest record that was given to a group, when it was given. */
  ageMillis?: number;
  /** Waited for records to come, as the caller asked. */
  waitedMillis: number;
  /** How long a target took, each time: of the first processTimesMax. */
  readonly processMillis: number[];
  rebalances: number;
  /** Partitions whose index was found damaged by who can go on without them. */
  damagedPartitions: number;
  /** Partitions that a run of upkeep had no time for. */
  backlog?: number;
  deletedBytes?: number;
  leftObjects?: number;
  /** What failed, though an answer was given: of a part, or for another try later. */
  failure?: unknown;
};

/** Each is a number of a log line. */
export const processTimesMax = 50;

export function newTally(): Tally {
  return {
    partitions: 0,
    sentMessages: 0,
    consumedMessages: 0,
    bytes: 0,
    waitedMillis: 0,
    processMillis: [],
    rebalances: 0,
    damagedPartitions: 0,
  };
}

/** 'refused': definite, and the caller's. */
export type OutcomeClass = 'ok' | 'refused' | FailureClass;

export type Told = {
  readonly operation: OperationName;
  readonly outcome: OutcomeClass;
  /** Of all that an EngineError says. */
  readonly errorCode?: ErrorCode;
  readonly startedAt: EpochMillis;
  /** From its beginning to its answer. */
  readonly millis: number;
  readonly did: Readonly<Omit<Tally, 'failure'>>;
  /** Store operations by kind. */
  readonly operations: Readonly<Record<string, number>>;
  /** Absent: it was started by an event or a clock. */
  readonly request?: ToldRequest;
};

export type ToldRequest = {
  /** The pattern, with its method; what the path says of it, the tally has. */
  readonly route: string;
  readonly status: number;
  /** Of the trace that its caller is in: 32 hexadecimal digits. */
  readonly traceId?: string;
};

export type Ended = {
  readonly operation: OperationName;
  readonly startedAt: EpochMillis;
  readonly endedAt: EpochMillis;
  readonly tally: Tally;
  readonly operations: Readonly<Record<string, number>>;
  /** undefined: none. */
  readonly error: unknown;
  readonly request?: ToldRequest;
};

export function toldOf({ error, tally, endedAt, ...ended }: Ended): Told {
  const { failure, ...did } = tally;
  const millis = endedAt - ended.startedAt;
  return { ...ended, millis, ...outcomeOf(error ?? failure, ended.request?.status), did };
}

/** Those that were done. */
export function madeOf({ operations }: Told): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(operations).filter(([, count]) => count > 0));
}

/** @param status of a reply that was no error thrown: a method that the path does not have. */
function outcomeOf(error: unknown, status = 200): Pick<Told, 'outcome' | 'errorCode'> {
  if (error === undefined) return { outcome: status < 400 ? 'ok' : 'refused' };
  if (!(error instanceof EngineError)) return { outcome: 'fault' };
  const { code, outcome } = error;
  if (code === 'DAMAGED') return { outcome: 'damaged', errorCode: code };
  return { outcome: outcome === 'definite' ? 'refused' : outcome, errorCode: code };
}
