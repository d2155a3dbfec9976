// I19, I20: what was committed before a poll began is not given by it, whoever asks. Those who went
// back by themselves are left out.

import { consumerGroup, twinGroup } from '../clients/group-member.ts';
import { type Checker, type FinishedRun, type Index, nameOf } from './check.ts';
import { isNameOfOne, pollsOf } from './groups.ts';

export const givenAgain: Checker = (run, index) =>
  [consumerGroup, twinGroup].flatMap((group) => givenTo(group, run, index));

function givenTo(group: string, { history, groups }: FinishedRun, index: Index): string[] {
  const wentBack = new Set(
    history.groups.filter(({ what }) => what === 'seek').map(({ instance }) => instance),
  );
  const own = groups.commits.filter((commit) => commit.group === group);
  const commits = Map.groupBy(own, nameOf);
  return pollsOf(history, group).flatMap(({ request, records }) => {
    if (wentBack.has(request.instance)) return [];
    return records.flatMap((record) => {
      const before = commits
        .get(nameOf(record))
        ?.find(({ offset, event }) => offset > record.offset && event < request.invoked);
      if (before === undefined || !isNameOfOne(index, record)) return [];
      const what = `${record.id}, ${nameOf(record)} ${record.offset}`;
      return [`I19: ${what}, was given to ${request.client} after ${before.offset} was committed`];
    });
  });
}
