// I9, I4, I14: what one client sees of a partition never goes back: neither the end nor the start.
// Of a topic that was made again it may; which of the two a look was at, nobody can say, so names
// that were used twice are left to the others.

import type { Bounds, ReadRequest } from '../history.ts';
import { type Checker, nameOf } from './check.ts';

export const nonMonotonicPoll: Checker = ({ history }, { logs }) => {
  const seen = new Map<string, Bounds & { readonly returned: number }>();
  const violations: string[] = [];
  for (const read of history.reads.toSorted((one, other) => one.returned - other.returned)) {
    const bounds = boundsIn(read);
    if (bounds === undefined || (logs.get(nameOf(read))?.length ?? 0) > 1) continue;
    const key = `${read.client} ${nameOf(read)}`;
    const before = seen.get(key);
    if (before !== undefined && before.returned < read.invoked) {
      const what = `${read.client} saw ${nameOf(read)}`;
      if (bounds.highWatermark < before.highWatermark) {
        violations.push(`I9: ${what} end at ${before.highWatermark}, then ${bounds.highWatermark}`);
      }
      if (bounds.logStart < before.logStart) {
        violations.push(`I14: ${what} start at ${before.logStart}, then ${bounds.logStart}`);
      }
    }
    seen.set(key, { ...bounds, returned: read.returned });
  }
  return violations;
};

/** What an answer says of where the log begins and ends. */
export function boundsIn({ answer }: ReadRequest): Bounds | undefined {
  if (answer.kind === 'records' || answer.kind === 'bounds') return answer;
  return answer.kind === 'error' ? answer.bounds : undefined;
}
