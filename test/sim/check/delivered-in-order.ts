// I23: of each partition a receiver is given nothing before all that stands before it is done with:
// taken, given up, or passed over. What it was given before it may be given again.

import { type Account, accountsOf, doneAt, saidOf } from './accounts.ts';
import type { Checker } from './check.ts';

export const deliveredInOrder: Checker = (run, index) => accountsOf(run, index).flatMap(judge);

function judge(account: Account): string[] {
  const { calls } = account;
  const done = doneAt(account);
  // Up to each offset, exclusive: when the last of those before it was done with.
  const before = [0];
  for (const [offset, event] of done.entries()) {
    before.push(Math.max(before[offset] as number, event));
  }
  return calls.flatMap(({ records, invoked }) => {
    const offsets = records.map(({ offset }) => offset);
    const isRising = offsets.every((offset, at) => at === 0 || offset > (offsets[at - 1] ?? 0));
    const say = (what: string) => `I23: ${saidOf(account)} was given ${offsets}: ${what}`;
    if (!isRising) return [say('they do not rise')];
    const first = offsets[0] as number;
    if ((before[first] as number) >= invoked) {
      const missing = done.findIndex((event, offset) => offset < first && event >= invoked);
      return [say(`${missing} was not done with (${invoked})`)];
    }
    const own = new Set(offsets);
    for (let offset = first; offset < (offsets.at(-1) as number); offset++) {
      if (!own.has(offset) && (done[offset] as number) >= invoked) {
        return [say(`${offset} is missing (${invoked})`)];
      }
    }
    return [];
  });
}
