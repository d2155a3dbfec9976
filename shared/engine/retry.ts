// Trying again, for those that may. A store says of a failure whether it is definite ('not-done')
// or 'unknown'; what may be sent again after which is the caller's to say, and wrong answers there
// lose or double records. Pauses grow and are drawn by chance, so that writers that met do not meet
// again.

import { EngineError } from '../errors.ts';
import type { EpochMillis } from '../ids.ts';
import { retryPauseMillisMax, retryPauseMillisMin, triesMax } from '../limits.ts';
import { StoreError } from '../store/store-error.ts';
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

/** Milliseconds before the next try, at most double with each. @param tries made so far. */
export function pauseBefore(tries: number, chance: Chance): number {
  const ceiling = Math.min(retryPauseMillisMin * 2 ** tries, retryPauseMillisMax);
  return retryPauseMillisMin + chance.fraction() * (ceiling - retryPauseMillisMin);
}

/** A definite failure of a store, for the caller of a verb. */
export function gaveUp(error: StoreError): EngineError {
  return error.reason === 'throttled'
    ? new EngineError('THROTTLED', 'the store is throttling; try again later', { cause: error })
    : new EngineError('UNAVAILABLE', 'the store did not answer; try again', { cause: error });
}

export function outcomeUnknown(cause: unknown): EngineError {
  const message = 'the store did not say whether this was done; it may have been, or may yet be';
  return new EngineError('OUTCOME_UNKNOWN', message, { cause });
}
