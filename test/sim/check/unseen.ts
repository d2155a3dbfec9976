// I1, I26: what is stored is seen. When all is quiet, a process that knows nothing reads every
// partition that there is from its beginning to its end, and finds every record of it.

import { type Checker, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';

/** The client that reads everything, once all is quiet. */
export const drainClient = 'drain';

export const unseen: Checker = ({ history }, index) => {
  const violations: string[] = [];
  const drained = history.reads.filter(({ client }) => client === drainClient);
  for (const [name, reads] of Map.groupBy(drained, nameOf)) {
    const records = reads.flatMap(({ answer }) =>
      answer.kind === 'records' ? answer.records : [],
    );
    for (const { answer } of reads) {
      if (answer.kind === 'records') continue;
      const code = answer.kind === 'error' ? answer.code : answer.kind;
      violations.push(`I26: ${name} cannot be read when all is quiet: ${code}`);
    }
    const log = logOf(records, name, index);
    if (log !== undefined && records.length !== log.records.length) {
      violations.push(`I1: ${name} has ${log.records.length} records, ${records.length} are seen`);
    }
  }
  return violations;
};
