// I26, I27: once no store fails any more, requests succeed. Only throttling may still be said (a
// tail that is full has to be rolled), and a producer that tries again gets through.

import type { BatchOutcome } from '../history.ts';
import { type Checker, type FinishedRun, isAcknowledged, nameOf } from './check.ts';

export const progress: Checker = (run) => {
  const { history, liveness } = run;
  if (!liveness) return [];
  const allowed = allowedCodes(run);
  const violations: string[] = [];
  for (const { client, batches, attempts } of history.produces) {
    const [first] = attempts;
    if (first === undefined || first.invoked < history.healed) continue;
    for (const [at, outcome] of (attempts.at(-1)?.outcomes ?? []).entries()) {
      if (!('code' in outcome) || allowed.has(outcome.code)) continue;
      // Two tries at once stand in each other's way.
      const isStored = attempts.some(({ outcomes }) =>
        isAcknowledged(outcomes[at] as BatchOutcome),
      );
      if (isStored && outcome.code === 'UNAVAILABLE') continue;
      const what = `${client}'s ${batches[0]?.records[0]?.id}`;
      violations.push(`I26: ${what} failed though nothing fails: ${outcome.code}`);
    }
  }
  for (const { client, answer, invoked, ...place } of history.reads) {
    if (invoked < history.healed || answer.kind === 'offset' || 'logStart' in answer) continue;
    const code = answer.kind === 'error' ? answer.code : answer.kind;
    if (allowed.has(code)) continue;
    violations.push(`I26: ${client} could not read ${nameOf(place)}: ${code}`);
  }
  for (const { client, what, answer, invoked } of history.upkeep) {
    if (invoked < history.healed || answer === 'done') continue;
    violations.push(`I26: ${client} could not ${what}: ${answer}`);
  }
  return violations;
};

/** Of topics that come and go, and of names that others take, nobody is owed anything; nor is who
 * slept longer than his session lasted. */
function allowedCodes({ history }: FinishedRun): ReadonlySet<string> {
  const always = [
    'OFFSET_OUT_OF_RANGE',
    'THROTTLED',
    'PRODUCER_FENCED',
    'UNKNOWN_INSTANCE',
    'ILLEGAL_GENERATION',
  ];
  const changing = ['UNKNOWN_TOPIC', 'UNKNOWN_PARTITION', 'OUT_OF_ORDER_SEQUENCE'];
  return new Set(history.topics.length === 0 ? always : [...always, ...changing]);
}
