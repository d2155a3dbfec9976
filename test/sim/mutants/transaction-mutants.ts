// Bugs of one-shot transactions.

import type { Mutant } from '../mutants.ts';

const commit = 'shared/engine/commit-transaction.ts';

export const transactionMutants: readonly Mutant[] = [
  {
    name: 'a transaction without its txn item',
    patches: [{ file: 'shared/log/transaction.ts', find: '    if: ifFree(now),\n', replace: '' }],
  },
  {
    name: 'a transaction in two writes',
    patches: [
      {
        file: commit,
        find: 'await repeatableTransaction(engine, call, writes);',
        replace: `await (async () => {
    const first = await repeatableTransaction(engine, call, writes.slice(0, 2));
    if (first.result.kind === 'refused' || writes.length < 3) return first;
    const rest = await repeatableTransaction(engine, call, writes.slice(2));
    if (rest.result.kind === 'done') return rest;
    const refusals = [undefined, undefined, ...rest.result.refusals];
    return { ...rest, result: { ...rest.result, refusals } };
  })();`,
      },
    ],
  },
  {
    name: 'a transaction that forgets a try of unknown outcome',
    patches: [{ file: commit, find: '  work.unsure ||= maybeDone;\n', replace: '' }],
  },
  {
    name: 'a transaction in part taken for another’s',
    isRare: true,
    patches: [
      {
        file: commit,
        find: 'if (committed !== undefined) return answerAgain(work, parts, committed);',
        replace: '',
      },
    ],
  },
  {
    name: 'the offsets of a transaction read before it',
    patches: [
      {
        file: 'shared/engine/transaction-places.ts',
        find: 'return findRef(engine, call, { id, head, offset: from }, packed);',
        replace: 'return from;',
      },
    ],
  },
];
