// Wake-ups whose time has come go where those are that come at once; what came too early, since no
// queue keeps it long enough, waits again.

import type { TimedWakeUp } from '../../ports/wake-ups.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';

/** @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again, all of it. */
export async function forwardWakeUps(
  engine: Engine,
  call: Call,
  timed: readonly TimedWakeUp[],
): Promise<void> {
  const byTime = Map.groupBy(timed, ({ notBefore }) => notBefore);
  for (const [notBefore, together] of byTime) {
    const wakeUps = together.map(({ wakeUp }) => wakeUp);
    await repeatable(engine, call, () => engine.wakeUps.send(wakeUps, notBefore));
  }
}
