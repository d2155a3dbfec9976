// Read, process and write: of what is committed each record was made one record of, and of what is
// not committed, none.

import { derivedTopic, sourceMark } from '../clients/processor.ts';
import { type Checker, nameOf } from './check.ts';
import { isNameOfOne } from './groups.ts';

export const exactlyOnce: Checker = ({ logs, groups }, index) => {
  const made = new Map<string, number>();
  for (const log of logs.filter(({ topic }) => topic === derivedTopic)) {
    for (const { value } of log.records) {
      const source = sourceIn(value);
      made.set(source, (made.get(source) ?? 0) + 1);
    }
  }
  const violations: string[] = [];
  for (const [source, times] of made) {
    const [topic = '', partition] = source.replace(/:.*/, '').split(/-(?=\d+$)/);
    const isKnown = isNameOfOne(index, { topic, partition: Number(partition) });
    if (times > 1 && isKnown) violations.push(`${source} was made ${times} records of`);
  }
  for (const [place, committed] of groups.processed) {
    const [log] = index.logs.get(place) ?? [];
    if (log === undefined || !isNameOfOne(index, log)) continue;
    for (const { offset } of log.records) {
      const isMade = made.has(`${nameOf(log)}:${offset}`);
      if (isMade === offset < committed) continue;
      const what = isMade ? 'was made a record of' : 'was made nothing of';
      violations.push(`${place}:${offset} ${what}, and ${committed} is committed`);
    }
  }
  return violations;
};

function sourceIn(value: Uint8Array | null): string {
  const text = Buffer.from(value ?? '').toString('latin1');
  return text.slice(text.indexOf(`|${sourceMark}`) + 2);
}
