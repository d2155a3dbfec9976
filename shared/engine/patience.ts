// How long what carries a stamp goes on: how often it may be refused, and how long it waits for
// what comes before it.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { rollOddsWhenFull, sequenceWaitMillisMax, triesMax } from '../limits.ts';
import type { Head } from '../log/head.ts';
import type { Call, Engine } from './engine.ts';
import { pauseBefore } from './retry.ts';
import { roll } from './roll.ts';

export type Patience = { refusals: number; waits: number; waitsUntil: number };

export function newPatience(): Patience {
  return { refusals: 0, waits: 0, waitsUntil: Number.POSITIVE_INFINITY };
}

/** What is refused since heads are full goes again after a pause, or once one of the writers has
 * rolled them; what is refused for another reason, at once.
 * @param full the heads of which a roll is far behind.
 * @throws EngineError THROTTLED, UNAVAILABLE: it was refused too often. */
export async function afterRefusal(
  engine: Engine,
  call: Call,
  patience: Patience,
  full: readonly { readonly id: PartitionId; readonly head: Head }[],
): Promise<void> {
  patience.refusals++;
  if (patience.refusals >= triesMax) {
    const code = full.length > 0 ? 'THROTTLED' : 'UNAVAILABLE';
    throw new EngineError(code, 'too many were in the way; try again');
  }
  if (full.length === 0) return;
  if (engine.chance.fraction() < rollOddsWhenFull * 2 ** (patience.refusals - 1)) {
    await Promise.all(full.map(({ id, head }) => roll(engine, call, id, head)));
    return;
  }
  await engine.clock.sleep(pauseBefore(patience.refusals, engine.chance));
}

/** @returns false: it has waited long enough. */
export async function waitForPredecessor(
  engine: Engine,
  call: Call,
  patience: Patience,
): Promise<boolean> {
  const now = engine.clock.now();
  patience.waitsUntil = Math.min(patience.waitsUntil, now + sequenceWaitMillisMax, call.deadline);
  patience.waits++;
  if (now >= patience.waitsUntil) return false;
  const pause = pauseBefore(patience.waits, engine.chance);
  await engine.clock.sleep(Math.min(pause, patience.waitsUntil - now));
  return true;
}
