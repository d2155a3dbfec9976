// I5, I8: a record is stored once, or not at all, whatever its producer was told and however often
// it was attempted. A topic that is made again is another: what has a stamp may be sent again after
// an unknown outcome, and then be stored in both.

import { isCopy } from '../clients/records.ts';
import { batchesOf, type Checker } from './check.ts';

export const duplicate: Checker = ({ history }, { places }) => {
  const repeatable = new Set(
    [...batchesOf(history)].flatMap(({ batch: { stamp, records } }) =>
      stamp === undefined ? [] : records.map(({ id }) => id),
    ),
  );
  for (const { records } of history.ingests) {
    for (const { id } of records) repeatable.add(id);
  }
  const violations: string[] = [];
  for (const [id, all] of places) {
    if (isCopy(id)) continue;
    const topics = new Set(all.map(({ log }) => log.id.topicId));
    if (all.length === (repeatable.has(id) ? topics.size : 1)) continue;
    const where = all.map(({ log, offset }) => {
      return `${log.topic}-${log.partition} (${log.id.topicId}) at ${offset}`;
    });
    violations.push(`I8: ${id} is stored ${all.length} times: ${where.join(', ')}`);
  }
  return violations;
};
