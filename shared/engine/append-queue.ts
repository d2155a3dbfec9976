// What waits to be appended in this process, and what is under way.

import type { EngineError } from '../errors.ts';
import type { EpochMillis, PartitionId } from '../ids.ts';
import type { Operations } from '../store/counted.ts';

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
};

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly baseOffset: number }
  | { readonly kind: 'failed'; readonly error: EngineError };

export type Appended = {
  /** One a submission, in order. */
  readonly outcomes: readonly AppendOutcome[];
  /** Those of the commit, which the request may have shared with others. */
  readonly operations: Operations;
};

export type Waiting = {
  readonly submissions: readonly Submission[];
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
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
