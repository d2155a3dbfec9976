// I10: a fetch returns the first records at or after its offset, without a gap but where compaction
// has left records out; where it says to go on it has passed over nothing else; and it returns
// something when something is there.

import type { ReadRequest } from '../history.ts';
import type { Log } from '../logs.ts';
import { type Checker, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';

export const pollSkip: Checker = ({ history }, index) =>
  history.reads.flatMap((read) => {
    const records = read.answer.kind === 'records' ? read.answer.records : [];
    const log = logOf(records, nameOf(read), index);
    // Which of them was read, nobody can say.
    const logs = log === undefined ? (index.logs.get(nameOf(read)) ?? []) : [log];
    return judge(read, logs);
  });

function judge(
  { client, offset, answer, returned, ...place }: ReadRequest,
  logs: readonly Log[],
): string[] {
  if (answer.kind !== 'records' || offset === undefined) return [];
  const { records, nextOffset, highWatermark } = answer;
  const what = `${client}'s fetch of ${nameOf(place)} from ${offset}`;
  const violations: string[] = [];
  const isGone = (one: number) =>
    logs.some(({ leavings }) => (leavings.get(one)?.event ?? returned) < returned);
  let next = offset;
  for (const record of records) {
    while (next < record.offset && isGone(next)) next++;
    if (record.offset !== next) {
      violations.push(`I10: ${what} has ${record.offset} where ${next} should be`);
      break;
    }
    next++;
  }
  while (next < nextOffset && isGone(next)) next++;
  if (nextOffset !== next && violations.length === 0) {
    violations.push(`I10: ${what} of ${records.length} records goes on at ${nextOffset}`);
  }
  if (nextOffset > highWatermark) {
    violations.push(`I10: ${what} goes past the end, ${highWatermark}`);
  }
  if (records.length === 0 && nextOffset === offset && offset < highWatermark) {
    violations.push(`I10: ${what} is empty, and the end is ${highWatermark}`);
  }
  return violations;
}
