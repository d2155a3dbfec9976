// What a store throws when it could not do, or cannot say whether it did, what it was asked.

export type StoreOutcome = 'not-done' | 'unknown';

/** 'throttled': too fast, slow down. 'conflict': another transaction was in the way. 'unavailable':
 * refused, reset or timed out. 'corrupt': the answer's bytes were not what was stored. */
export type StoreCause = 'throttled' | 'conflict' | 'unavailable' | 'corrupt';

/** For a read, the outcome is always 'not-done'. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly outcome: StoreOutcome;
  readonly reason: StoreCause;

  constructor(outcome: StoreOutcome, reason: StoreCause, options?: ErrorOptions) {
    super(`the store's answer: ${outcome}, ${reason}`, options);
    this.outcome = outcome;
    this.reason = reason;
  }
}
