// I10: a fetch returns the first records at or after its offset, without a gap; where it says to go
// on is one past the last of them; and it returns something when something is there.

import type { ReadRequest } from '../history.ts';
import { type Checker, nameOf } from './check.ts';

export const pollSkip: Checker = ({ history }) => history.reads.flatMap(judge);

function judge({ client, offset, answer, ...place }: ReadRequest): string[] {
  if (answer.kind !== 'records' || offset === undefined) return [];
  const { records, nextOffset, highWatermark } = answer;
  const what = `${client}'s fetch of ${nameOf(place)} from ${offset}`;
  const violations: string[] = [];
  for (const [at, record] of records.entries()) {
    if (record.offset === offset + at) continue;
    violations.push(`I10: ${what} has ${record.offset} where ${offset + at} should be`);
    break;
  }
  if (nextOffset !== offset + records.length) {
    violations.push(`I10: ${what} of ${records.length} records goes on at ${nextOffset}`);
  }
  if (nextOffset > highWatermark) {
    violations.push(`I10: ${what} goes past the end, ${highWatermark}`);
  }
  if (records.length === 0 && offset < highWatermark) {
    violations.push(`I10: ${what} is empty, and the end is ${highWatermark}`);
  }
  return violations;
}
