// A change that is begun anew while others are in its way. Once a try of it may have been done, no
// failure says that it was not.

import { EngineError } from '../errors.ts';
import { conflictTriesMax } from '../limits.ts';
import type { Engine } from './engine.ts';
import { outcomeUnknown, pauseBefore } from './retry.ts';

export type Tried<Answer> =
  | { readonly answer: Answer }
  /** Others were in its way, or this try itself, if it may have been done. */
  | { readonly maybeDone: boolean };

/** @param attempt finds what an earlier one has done.
 * @throws EngineError as the attempt, UNAVAILABLE, OUTCOME_UNKNOWN */
export async function untilDone<Answer>(
  engine: Engine,
  attempt: () => Promise<Tried<Answer>>,
): Promise<Answer> {
  let unsure = false;
  try {
    for (let tries = 1; tries <= conflictTriesMax; tries++) {
      const tried = await attempt();
      if ('answer' in tried) return tried.answer;
      unsure ||= tried.maybeDone;
      await engine.clock.sleep(pauseBefore(tries, engine.chance));
    }
    throw new EngineError('UNAVAILABLE', 'it changed too often meanwhile; try again');
  } catch (error) {
    const isOpen = unsure && error instanceof EngineError && error.outcome === 'retriable';
    throw isOpen ? outcomeUnknown(error) : error;
  }
}
