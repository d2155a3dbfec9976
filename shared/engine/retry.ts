// Trying again, for those that may. A store says of a failure whether it is definite ('not-done')
// or 'unknown'; what may be sent again after which is the caller's to say, and wrong answers there
// lose or double records. Pauses grow and are drawn by chance, so that writers that met do not meet
// again.

import { EngineError } from '../errors.ts';
import type { EpochMillis } from '../ids.ts';
import { retryPauseMillisMax, retryPauseMillisMin, triesMax } from '../limits.ts';
import type { Write } from '../store/algebra.ts';
import { StoreError } from '../store/store-error.ts';
import type { Table, TransactResult, WriteResult } from '../store/table.ts';
import type { Chance, Clock } from './environment.ts';

export type RetryOptions = {
  readonly deadline: EpochMillis;
  /** 'not-done': only what surely did not happen. 'any': what may have happened too, since doing it
   * twice is doing it once (reads, puts if absent, updates that their own condition makes safe). */
  readonly after: 'not-done' | 'any';
};

type Environment = { readonly clock: Clock; readonly chance: Chance };

/** @throws StoreError 'unknown' as it came, when that may not be sent again.
 * @throws EngineError THROTTLED or UNAVAILABLE when tries or time are over and nothing happened;
 *   OUTCOME_UNKNOWN when one of the tries may have. */
export async function retry<Answer>(
  environment: Environment,
  { deadline, after }: RetryOptions,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  let unknown = false;
  for (let tries = 1; ; tries++) {
    if (environment.clock.now() >= deadline) throw tooLate(unknown);
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.outcome === 'unknown' && after === 'not-done') throw error;
      unknown ||= error.outcome === 'unknown';
      const pause = pauseBefore(tries, environment.chance);
      if (tries >= triesMax || environment.clock.now() + pause >= deadline) {
        throw unknown ? outcomeUnknown(error) : gaveUp(error);
      }
      await environment.clock.sleep(pause);
    }
  }
}

/** Work that is the same done twice as done once: reads, puts if absent, writes that their own
 * condition makes safe. It is tried again after any failure, until the call's deadline.
 * @throws EngineError as retry does. */
export function repeatable<Answer>(
  environment: Environment,
  { deadline }: { readonly deadline: EpochMillis },
  work: () => Promise<Answer>,
): Promise<Answer> {
  return retry(environment, { deadline, after: 'any' }, work);
}

/** The last answer of many. `maybeDone`: an earlier try may have done it, so that a refusal may be
 * of one's own success. */
export type Repeated<Result> = { readonly result: Result; readonly maybeDone: boolean };

type Repeater = { readonly deadline: EpochMillis; readonly table: Table };

/** A write that its own condition makes safe to send again. @throws EngineError as retry does. */
export function repeatableWrite(
  environment: Environment,
  call: Repeater,
  write: Write,
): Promise<Repeated<WriteResult>> {
  return repeated(environment, call, () => call.table.write(write));
}

/** The same for many at once, of which one condition at least holds only once. */
export function repeatableTransaction(
  environment: Environment,
  call: Repeater,
  writes: readonly Write[],
): Promise<Repeated<TransactResult>> {
  return repeated(environment, call, () => call.table.transact(writes));
}

async function repeated<Result>(
  environment: Environment,
  call: Repeater,
  attempt: () => Promise<Result>,
): Promise<Repeated<Result>> {
  let maybeDone = false;
  const result = await repeatable(environment, call, async () => {
    try {
      return await attempt();
    } catch (error) {
      maybeDone ||= error instanceof StoreError && error.outcome === 'unknown';
      throw error;
    }
  });
  return { result, maybeDone };
}

/** Milliseconds before the next try, at most double with each. @param tries made so far. */
export function pauseBefore(tries: number, chance: Chance): number {
  const ceiling = Math.min(retryPauseMillisMin * 2 ** tries, retryPauseMillisMax);
  return retryPauseMillisMin + chance.fraction() * (ceiling - retryPauseMillisMin);
}

/** Nothing is begun for a request after its deadline: its caller may be gone, or this process
 * frozen. */
function tooLate(unknown: boolean): EngineError {
  const message = 'the time for this request was over before it was done; try again';
  return unknown ? outcomeUnknown() : new EngineError('UNAVAILABLE', message);
}

/** A definite failure of a store, for the caller of a verb. */
function gaveUp(error: StoreError): EngineError {
  return error.reason === 'throttled'
    ? new EngineError('THROTTLED', 'the store is throttling; try again later', { cause: error })
    : new EngineError('UNAVAILABLE', 'the store did not answer; try again', { cause: error });
}

/** For work of which it does not matter to the caller whether it was done: nobody has asked for
 * it. */
export function asDefinite(error: unknown): never {
  if (!(error instanceof EngineError) || error.outcome !== 'unknown') throw error;
  throw new EngineError('UNAVAILABLE', 'the store did not answer; try again', { cause: error });
}

export function outcomeUnknown(cause?: unknown): EngineError {
  const message = 'the store did not say whether this was done; it may have been, or may yet be';
  return new EngineError('OUTCOME_UNKNOWN', message, { cause });
}
