// What waits to be appended in this process, and what is under way.

import type { EngineError } from '../errors.ts';
import type { EpochMillis, PartitionId } from '../ids.ts';
import type { Stamp } from '../log/stamp.ts';
import type { Operations } from '../store/counted.ts';
import { outcomeUnknown } from './retry.ts';

/** Record batches that lie back to back and commit as one. */
export type Batches = {
  readonly batches: readonly Uint8Array[];
  /** Offsets they take. */
  readonly count: number;
  /** The greatest of their records'; -1: none. */
  readonly timestampMax: number;
};

/** What one request appends to one partition. */
export type Submission = Batches & {
  readonly id: PartitionId;
  readonly deadline: EpochMillis;
  /** Of all its batches together; absent: a plain append. */
  readonly stamp?: Stamp;
};

export type AppendOutcome =
  | {
      readonly kind: 'appended';
      /** -1: it was, some time ago, and its place is not known any more. */
      readonly baseOffset: number;
      /** Another request had appended it. */
      readonly duplicate?: true;
    }
  | { readonly kind: 'failed'; readonly error: EngineError };

export type Appended = {
  /** One a submission, in order. */
  readonly outcomes: readonly AppendOutcome[];
  /** Those of the commit, which the request may have shared with others. */
  readonly operations: Operations;
};

/** A submission under way. */
export type Pending = Submission & {
  /** An update of unknown outcome carried it: it may be stored, or may yet be. */
  mayBeStored: boolean;
  /** Called once. */
  readonly settle: (outcome: AppendOutcome, operations: Operations) => void;
};

/** A failure is definite only if no update that carried it may have stored it. */
export function failureOf({ mayBeStored }: Pending, error: EngineError): AppendOutcome {
  return { kind: 'failed', error: mayBeStored ? outcomeUnknown(error) : error };
}

/** One request. */
export type Waiting = {
  readonly pending: readonly Pending[];
  readonly bytes: number;
  /** Of a fault of ours: whoever is not answered yet never will be. */
  readonly reject: (error: unknown) => void;
};

export type AppendQueue = {
  readonly waiting: Waiting[];
  waitingBytes: number;
  /** Waiting and under way. */
  bytes: number;
  inFlight: number;
  gathering: boolean;
  /** Ends the linger: a commit has ended, or a segment is full. */
  wake: () => void;
};

export function newAppendQueue(): AppendQueue {
  return {
    waiting: [],
    waitingBytes: 0,
    bytes: 0,
    inFlight: 0,
    gathering: false,
    wake: () => undefined,
  };
}
