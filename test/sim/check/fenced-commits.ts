// I18: whoever commits has the partition: what is committed while an instance has it was asked for
// by that instance, or it commits of itself, and was given it.

import { consumerGroup } from '../clients/group-member.ts';
import type { WatchedCommit } from '../group-watch.ts';
import type { GroupRequest, History } from '../history.ts';
import { type Checker, nameOf } from './check.ts';

export const fencedCommits: Checker = ({ history, groups }) =>
  groups.commits
    .filter(({ group, offset }) => group === consumerGroup && offset > 0)
    .filter((commit) => !isOwn(history, commit))
    .map(({ instance, offset, event, ...place }) => {
      const what = `${nameOf(place)}, which ${instance} has, was committed up to ${offset}`;
      return `I18: ${what} by another (${event})`;
    });

function isOwn({ groups }: History, commit: WatchedCommit): boolean {
  const own = groups.filter(
    ({ group, instance, invoked }) =>
      group === commit.group && instance === commit.instance && invoked < commit.event,
  );
  return own.some((request) => {
    if (request.what === 'commit' && request.offsets !== undefined) {
      return request.offsets.some(
        (one) => nameOf(one) === nameOf(commit) && one.offset === commit.offset,
      );
    }
    const commitsAll = request.what === 'commit' || request.commitsOfItself;
    return commitsAll && own.some((poll) => mayHaveGiven(poll, commit));
  });
}

function mayHaveGiven({ what, answer, returned }: GroupRequest, commit: WatchedCommit): boolean {
  if (what !== 'poll') return false;
  if (answer.kind !== 'done') return true;
  if (returned > commit.event) return false;
  const { records = [] } = answer;
  return records.some(
    (record) => nameOf(record) === nameOf(commit) && record.offset + 1 >= commit.offset,
  );
}
