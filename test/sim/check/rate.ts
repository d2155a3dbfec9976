// A subscription's rate: in no stretch of time is its receiver given more than its share of it and
// one delivery. A turn that was taken may be used late, by as long as the answer to taking it was
// under way.

import { tableCallMillisMax } from '../../../shared/limits.ts';
import type { History, TargetCall } from '../history.ts';
import { type Account, accountsOf } from './accounts.ts';
import type { Checker } from './check.ts';

export const rate: Checker = (run, index) => {
  if (!run.deliveries.isUndisturbed) return [];
  const byId = Map.groupBy(accountsOf(run, index), ({ versions }) => {
    return versions[0]?.subscription.id;
  });
  return [...byId.values()].flatMap((accounts) => judge(accounts, run.history));
};

/** @param accounts of one subscription. */
function judge(accounts: readonly Account[], history: History): string[] {
  const versions = accounts[0]?.versions ?? [];
  const rates = new Set(
    versions.map(({ subscription }) => subscription.settings.recordsPerSecondMax),
  );
  const [perSecond] = rates;
  if (perSecond === undefined || rates.size > 1) return [];
  const timeOf = ({ invoked }: TargetCall) => history.timeOf(invoked) ?? invoked;
  const calls = accounts.flatMap((account) => account.calls);
  const inOrder = calls.toSorted((one, other) => one.invoked - other.invoked);
  const largest = Math.max(0, ...calls.map(({ records }) => records.length));
  for (const [at, first] of inOrder.entries()) {
    let sum = 0;
    for (const call of inOrder.slice(at)) {
      sum += call.records.length;
      const millis = timeOf(call) - timeOf(first) + tableCallMillisMax;
      const most = largest + (perSecond * millis) / 1_000;
      if (sum <= most) continue;
      const stretch = `from ${first.invoked} to ${call.invoked}`;
      return [`I27: ${call.receiver} takes ${perSecond} a second, and got ${sum} ${stretch}`];
    }
  }
  return [];
}
