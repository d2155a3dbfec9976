// Carries out a roll. Each write is safe to send again by its own condition, and each may be left
// undone: the next writer that fills the head rolls what this one did not.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { type Append, type Head, readHead } from '../log/head.ts';
import { planRoll, rollIsDue } from '../log/roll.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableWrite } from './retry.ts';

/** In the background, when this append is the one after which a roll is due. @param head as the
 * append left it. */
export function rollIfDue(engine: Engine, call: Call, { id, refs, stamps }: Append, head: Head) {
  const newcomers = stamps.filter(({ absentAt }) => absentAt !== undefined);
  if (!rollIsDue(head, { refs: refs.length, producers: newcomers.length })) return;
  engine.background.run(roll(engine, call, id, head));
}

/** Moves every whole chunk of refs, and every producer too many, out of the head. A store's failure
 * ends it, and is not thrown. */
export async function roll(engine: Engine, call: Call, id: PartitionId, head: Head): Promise<void> {
  try {
    let plan = planRoll(id, head, engine.clock.now());
    while (plan !== undefined) {
      // Refused: another roller has put it, or what is newer.
      await Promise.all(plan.puts.map((put) => repeatableWrite(engine, call, put)));
      const { result } = await repeatableWrite(engine, call, plan.cut);
      const now = result.kind === 'done' ? result.item : result.current;
      plan = now === undefined ? undefined : planRoll(id, readHead(now), engine.clock.now());
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}
