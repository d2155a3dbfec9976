// One attempt at a produce request, written down as it goes.

import type { EngineError } from '../../../shared/errors.ts';
import { type Asked, ask, type Verb } from '../ask.ts';
import type { Attempt, BatchOutcome, ProduceRequest } from '../history.ts';
import type { SimulatedProcess } from '../process.ts';
import type { SimulatedWorld } from '../world.ts';

/** @param verb answers with one outcome a batch of the request. */
export async function attempt(
  world: SimulatedWorld,
  process: SimulatedProcess,
  request: ProduceRequest,
  verb: Verb<readonly BatchOutcome[]>,
): Promise<readonly BatchOutcome[]> {
  const { history } = world;
  const all = (outcome: BatchOutcome) => request.batches.map(() => outcome);
  const made: Attempt = {
    process: process.name,
    invoked: history.next(),
    returned: Number.POSITIVE_INFINITY,
    outcomes: all({ kind: 'unknown', code: 'lost' }),
  };
  request.attempts.push(made);
  const [before, began] = [process.disturbances, world.time.now()];
  const asked = await ask(world, process, verb);
  made.returned = history.next();
  const inTime = world.time.now() - began < world.knobs.requestMillis / 2;
  const lostAt = process.lostWrites.find((event) => event > made.invoked);
  if (inTime && process.disturbances === before && lostAt !== undefined) made.lookedFrom = lostAt;
  if (asked.kind !== 'lost') made.outcomes = outcomesOf(asked, all);
  return made.outcomes;
}

function outcomesOf(
  asked: Exclude<Asked<readonly BatchOutcome[]>, { kind: 'lost' }>,
  all: (outcome: BatchOutcome) => readonly BatchOutcome[],
): readonly BatchOutcome[] {
  return asked.kind === 'answered' ? asked.answer : all(outcomeOf(asked.error));
}

export function outcomeOf({ code, outcome }: EngineError): BatchOutcome {
  return { kind: outcome === 'unknown' ? 'unknown' : 'refused', code };
}

/** Whether the same may be sent again although it is plain: nothing was stored, and it may help. */
export function mayTryAgain(outcomes: readonly BatchOutcome[]): boolean {
  return outcomes.every(
    (outcome) =>
      outcome.kind === 'refused' &&
      (outcome.code === 'THROTTLED' || outcome.code === 'UNAVAILABLE'),
  );
}
