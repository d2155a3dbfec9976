// I1, I26: what is stored is seen. When all is quiet, a process that knows nothing reads every
// partition that there is from its beginning to its end, and finds every record of it: but for
// those below the log start, which it is told, and those that compaction has left out.

import type { ReadRequest } from '../history.ts';
import type { Log } from '../logs.ts';
import { type Checker, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';
import { startAt } from './time-look-up.ts';

/** The client that reads everything, once all is quiet, and does it again when all is tidy. */
export const drainClient = 'drain';
export const lateDrainClient = 'late drain';

export const unseen: Checker = ({ history }, index) => {
  const violations: string[] = [];
  for (const drain of [drainClient, lateDrainClient]) {
    const drained = history.reads.filter(({ client }) => client === drain);
    for (const [name, reads] of Map.groupBy(drained, nameOf)) {
      const records = reads.flatMap(({ answer }) =>
        answer.kind === 'records' ? answer.records : [],
      );
      for (const { answer } of reads) {
        if (answer.kind === 'records' || isBelowStart(answer)) continue;
        const code = answer.kind === 'error' ? answer.code : answer.kind;
        violations.push(`I26: ${name} cannot be read when all is quiet: ${code}`);
      }
      const log = logOf(records, name, index);
      const seen = new Set(records.map(({ offset }) => offset));
      const missed = log === undefined ? [] : leftAt(log, reads).filter((one) => !seen.has(one));
      if (missed.length > 0) violations.push(`I1: of ${name} ${missed.join(', ')} are not seen`);
    }
  }
  return violations;
};

function isBelowStart(answer: ReadRequest['answer']): boolean {
  return answer.kind === 'error' && (answer.bounds?.logStart ?? 0) > 0;
}

/** The offsets that were in the log when its reading began. */
function leftAt({ records, starts, leavings }: Log, reads: readonly ReadRequest[]): number[] {
  const event = reads[0]?.invoked ?? 0;
  const start = startAt({ starts }, event);
  const isThere = (offset: number) => (leavings.get(offset)?.event ?? event) >= event;
  return records.map(({ offset }) => offset).filter((offset) => offset >= start && isThere(offset));
}
