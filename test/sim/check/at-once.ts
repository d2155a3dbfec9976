// While no worker freezes or dies, there are never two deliveries of one partition at once, and of
// a subscription never more than it may have.

import { type Account, accountsOf } from './accounts.ts';
import { type Checker, nameOf } from './check.ts';

export const atOnce: Checker = (run, index) => {
  if (!run.deliveries.isUndisturbed) return [];
  const byId = Map.groupBy(accountsOf(run, index), ({ versions }) => {
    return versions[0]?.subscription.id;
  });
  return [...byId.values()].flatMap(judge);
};

/** @param accounts of one subscription. */
function judge(accounts: readonly Account[]): string[] {
  const versions = accounts[0]?.versions ?? [];
  const bounds = new Set(versions.map(({ subscription }) => subscription.settings.deliveriesMax));
  // Whoever began by the old bound ends by it.
  if (bounds.size > 1) return [];
  const [most = Number.POSITIVE_INFINITY] = bounds;
  const calls = accounts.flatMap(({ log, calls }) => calls.map((call) => ({ log, ...call })));
  let underWay: (typeof calls)[number][] = [];
  return calls
    .toSorted((one, other) => one.invoked - other.invoked)
    .flatMap(({ log, ...call }) => {
      underWay = underWay.filter(({ returned }) => returned > call.invoked);
      const same = underWay.find((other) => other.log === log);
      underWay.push({ log, ...call });
      const what = `${call.receiver} is given ${nameOf(call)} (${call.invoked})`;
      if (same !== undefined) return [`I21: ${what}, and it is under way yet (${same.invoked})`];
      return underWay.length > most ? [`I27: ${what}, the ${underWay.length}th at once`] : [];
    });
}
