// I26, I34: when all is quiet, every subscription that runs has come to the end of its topic, and
// each record is accounted for: taken, given up, passed over, or before where it began.

import { accountsOf, doneAt, saidOf } from './accounts.ts';
import { type Checker, isGone } from './check.ts';

export const deliveredAll: Checker = (run, index) => {
  const { behind, subscriptions } = run.deliveries;
  if (behind.length > 0) return behind.map((what) => `I26: not delivered to the end: ${what}`);
  const last = new Map(subscriptions.map(({ name, subscription }) => [name, subscription]));
  return accountsOf(run, index)
    .filter(({ name, versions, log }) => {
      const now = last.get(name);
      const isThere = now !== undefined && now.id === versions[0]?.subscription.id;
      const isLive = run.groups.topics.has(log.topic) && !isGone(log);
      return isThere && now.topicId === log.id.topicId && isLive;
    })
    .flatMap((account) =>
      doneAt(account).flatMap((event, offset) =>
        event < Number.POSITIVE_INFINITY
          ? []
          : [`I34: ${saidOf(account)}: nothing became of ${account.log.records[offset]?.id}`],
      ),
    );
};
