// I23, I34: what a worker commits is done with: every record that it goes past was taken by the
// receiver before that, or given up, or passed over by a filter.

import { type Account, accountsOf, doneAt, saidOf } from './accounts.ts';
import type { Checker } from './check.ts';

export const committedAfterSuccess: Checker = (run, index) => accountsOf(run, index).flatMap(judge);

function judge(account: Account): string[] {
  const done = doneAt(account);
  return account.moves.flatMap(({ from, to, by, event }) => {
    if (by === 'placed') return [];
    const lost = done.slice(from, to).findIndex((when) => when >= event);
    if (lost < 0) return [];
    const what = `${saidOf(account)} was committed up to ${to}`;
    return [`I23: ${what}, and ${from + lost} is not done with (${event})`];
  });
}
