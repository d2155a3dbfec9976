// Housekeeping that is larger than a run: what the end of its time has cut off has not failed.

import { EngineError } from '../../errors.ts';
import type { Call, Engine } from '../engine.ts';

/** The next run goes on where this one was.
 * @throws what the work throws, unless its time is over and it only was not done. */
export async function withinTime(
  engine: Engine,
  call: Call,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const wasCutOff = error instanceof EngineError && error.outcome !== 'definite';
    if (!wasCutOff || engine.clock.now() < call.deadline) throw error;
  }
}
