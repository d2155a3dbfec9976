// I31: "nobody knows" is said only when nobody knows. A process that lost the answer to an append
// looks for it; when the append was there before it began to look, and nothing kept it from
// looking, it must have found it.

import { batchesOf, type Checker, told } from './check.ts';

export const needlessUnknown: Checker = ({ history }, { places }) => {
  const violations: string[] = [];
  for (const sent of batchesOf(history)) {
    const [attempt] = sent.request.attempts;
    const [outcome] = sent.outcomes;
    if (attempt?.lookedFrom === undefined || outcome?.kind !== 'unknown') continue;
    if (sent.request.attempts.length > 1 || outcome.code === 'lost') continue;
    // Nobody looks for what may simply be sent again.
    if (sent.batch.stamp !== undefined) continue;
    const place = places.get(sent.batch.records[0]?.id ?? '')?.[0];
    if (place === undefined) continue;
    const { log, offset } = place;
    const append = log.appends.findLast(({ baseOffset }) => baseOffset <= offset);
    if (append === undefined || append.event > attempt.lookedFrom) continue;
    // Its topic was deleted meanwhile.
    if (log.gone < attempt.returned) continue;
    violations.push(`I31: ${told(sent)} was there, and was not found: ${outcome.code}`);
  }
  return violations;
};
