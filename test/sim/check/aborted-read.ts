// I7: of what surely failed nothing is ever seen, neither stored nor by a reader.

import { batchesOf, type Checker, told } from './check.ts';

export const abortedRead: Checker = ({ history }, { places }) => {
  const read = new Set(
    history.reads.flatMap(({ answer }) =>
      answer.kind === 'records' ? answer.records.map(({ id }) => id) : [],
    ),
  );
  const violations: string[] = [];
  for (const sent of batchesOf(history)) {
    const { outcomes, batch } = sent;
    if (!outcomes.every(({ kind }) => kind === 'refused')) continue;
    for (const { id } of batch.records) {
      if (places.has(id)) violations.push(`I7: ${told(sent)} failed for sure, and is stored`);
      else if (read.has(id)) violations.push(`I7: ${told(sent)} failed for sure, and was read`);
    }
  }
  return violations;
};
