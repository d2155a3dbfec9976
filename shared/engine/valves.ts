// Valves: taking a portion from one, and giving back what is not used. Taking is one write, and one
// more where another process has used it since, or this one does not know it yet.

import {
  type Portion,
  planPortion,
  readValve,
  returnWrite,
  turnOf,
  type ValveState,
} from '../delivery/valve.ts';
import { EngineError } from '../errors.ts';
import type { EpochMillis } from '../ids.ts';
import { conflictTriesMax } from '../limits.ts';
import { StoreError } from '../store/store-error.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableWrite } from './retry.ts';

export type PortionTaken =
  /** Its turn is then. */
  | { readonly kind: 'taken'; readonly at: EpochMillis }
  | { readonly kind: 'closed'; readonly until: EpochMillis };

/** @throws EngineError THROTTLED, UNAVAILABLE; OUTCOME_UNKNOWN: it may be taken, and is not given
 *   back */
export async function takePortion(
  engine: Engine,
  call: Call,
  portion: Portion,
): Promise<PortionTaken> {
  const now = (engine.clock.now() + (portion.leadMillis ?? 0)) as EpochMillis;
  // As this process has left it; else in use, most likely.
  let state: ValveState = engine.valves.get(portion.valve) ?? { openAtMicros: now * 1_000 };
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const plan = planPortion(state, portion, now);
    if (plan.kind === 'closed') return plan;
    const { result } = await repeatableWrite(engine, call, plan.write);
    state = readValve(result.kind === 'done' ? result.item : result.current);
    if (state !== undefined) engine.valves.set(portion.valve, state);
    if (result.kind === 'done') return { kind: 'taken', at: turnOf(state, portion, now) };
  }
  throw new EngineError('UNAVAILABLE', 'too many want to go through at once; try again');
}

/** A portion that was taken and is not used. It is tried once: done twice, it would let more
 * through than the rate. */
export async function giveBack(engine: Engine, call: Call, portion: Portion): Promise<void> {
  engine.valves.delete(portion.valve);
  try {
    await call.table.write(returnWrite(portion));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
