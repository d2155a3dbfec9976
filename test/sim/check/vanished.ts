// I20, I26: a group is given every record, at least once. When all is quiet somebody who comes last
// reads what is left; then every record of every topic that is there was given to some client of
// the group, who got the answer.

import { consumerGroup } from '../clients/group-member.ts';
import { type Checker, isGone, nameOf } from './check.ts';
import { isNameOfOne, pollsOf } from './groups.ts';

export const vanished: Checker = ({ history, logs, groups }, index) => {
  if (!history.groups.some(({ group }) => group === consumerGroup)) return [];
  if (!groups.isDrained) return ['I26: the last to come is not given all partitions to its end'];
  const given = new Set(
    pollsOf(history, consumerGroup).flatMap(({ records }) => records.map(({ id }) => id)),
  );
  const violations: string[] = [];
  for (const log of logs) {
    if (isGone(log) || !groups.topics.has(log.topic) || !isNameOfOne(index, log)) continue;
    for (const { id, offset } of log.records) {
      if (!given.has(id))
        violations.push(`I20: ${id}, ${nameOf(log)} ${offset}, was given to nobody`);
    }
  }
  return violations;
};
