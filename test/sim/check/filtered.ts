// I24, I3: a receiver is given what a filter of its subscription lets through, and is for it, and
// each record as it is stored.

import { letsThrough } from '../triggers/filters.ts';
import { type Account, accountsOf, isForAnother, saidOf } from './accounts.ts';
import type { Checker } from './check.ts';
import { sameBytes } from './lost-write.ts';

export const filtered: Checker = (run, index) => {
  const accounts = accountsOf(run, index);
  const known = new Set(accounts.flatMap(({ calls }) => calls));
  const strangers = run.history.calls
    .filter((call) => !known.has(call))
    .map(({ receiver, records }) => `I3: ${receiver} was given ${records[0]?.id}: it is nowhere`);
  return [...strangers, ...accounts.flatMap(judge)];
};

function judge(account: Account): string[] {
  const { name, versions, log, calls } = account;
  return calls.flatMap(({ records, invoked }) => {
    const known = versions.filter(({ event }) => event < invoked);
    return records.flatMap((record) => {
      const say = (what: string) => `${saidOf(account)} was given ${record.id}, ${what}`;
      if (isForAnother(record, name)) return [`I24: ${say('which is for another')}`];
      if (!known.some(({ subscription }) => letsThrough(subscription.settings, record))) {
        return [`I24: ${say('which no filter lets through')}`];
      }
      const stored = log.records[record.offset];
      const isSame =
        stored?.id === record.id &&
        stored.timestamp === record.timestamp &&
        sameBytes(stored.key, record.key) &&
        sameBytes(stored.value, record.value) &&
        stored.headers.length === record.headers.length;
      return isSame ? [] : [`I3: ${say(`and ${stored?.id} is stored at ${record.offset}`)}`];
    });
  });
}
