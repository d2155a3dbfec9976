// I31: "nobody knows" is said only when nobody knows. A process that lost the answer to an append
// looks for it; when the append was there before it began to look, and nothing kept it from
// looking, it must have found it.

import { batchesOf, type Checker, told } from './check.ts';
import { startAt } from './time-look-up.ts';

type Stretch = { readonly baseOffset: number; readonly endOffset: number };

function covers({ baseOffset, endOffset }: Stretch, offset: number): boolean {
  return baseOffset <= offset && offset < endOffset;
}

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
    // Its topic was deleted meanwhile, or what stood there was rewritten, or is below the start.
    const { returned } = attempt;
    if (log.gone < returned || startAt(log, returned) > offset) continue;
    if (log.rewrites.some((one) => one.event < returned && covers(one, offset))) continue;
    violations.push(`I31: ${told(sent)} was there, and was not found: ${outcome.code}`);
  }
  return violations;
};
