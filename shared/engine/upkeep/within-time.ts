// Housekeeping that is larger than a run: what the end of its time has cut off has not failed.

import { EngineError } from '../../errors.ts';
import { retryPauseMillisMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';

/** Whether the work was only not done, since its time is over, or has none left for another try:
 * it is not known then what the next would have said. */
export function isCutOff(engine: Engine, call: Call, error: unknown): boolean {
  if (!(error instanceof EngineError) || error.outcome === 'definite') return false;
  return engine.clock.now() + retryPauseMillisMax >= call.deadline;
}

/** The next run goes on where this one was.
 * @throws what the work throws, unless it was cut off. */
export async function withinTime(
  engine: Engine,
  call: Call,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCutOff(engine, call, error)) throw error;
  }
}
