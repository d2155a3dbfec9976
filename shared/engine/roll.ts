// Carries out a roll. Each write is safe to send again by its own condition, and each may be left
// undone: the next writer that fills the head rolls what this one did not.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { type Head, readHead } from '../log/head.ts';
import { planRoll } from '../log/roll.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableWrite } from './retry.ts';

/** Moves every whole chunk of refs out of the head. A store's failure ends it, and is not
 * thrown. */
export async function roll(engine: Engine, call: Call, id: PartitionId, head: Head): Promise<void> {
  try {
    let plan = planRoll(id, head);
    while (plan !== undefined) {
      // Refused: another roller has put it, with the same bytes.
      await Promise.all(
        plan.chunks.map((put) => repeatableWrite(engine, call, { put, if: { item: 'absent' } })),
      );
      const { result } = await repeatableWrite(engine, call, plan.cut);
      const now = result.kind === 'done' ? result.item : result.current;
      plan = now === undefined ? undefined : planRoll(id, readHead(now));
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}
