// A search for a time finds the first record of that time or later, or the end of the log when
// there is none. (That what it takes for the end was one, linearizable.ts holds.)

import { type Checker, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';

export const timeLookUp: Checker = ({ history }, index) =>
  history.reads.flatMap(({ client, answer, timestamp, ...place }) => {
    if (answer.kind !== 'offset' || timestamp === undefined) return [];
    const log = logOf([], nameOf(place), index);
    if (log === undefined) return [];
    const first = log.records.findIndex((record) => record.timestamp >= timestamp);
    if (answer.offset === first || first < 0 || answer.offset < first) return [];
    const what = `${client} searched ${nameOf(place)} for ${timestamp}`;
    return [`${what}: told ${answer.offset}, and ${first} has it`];
  });
