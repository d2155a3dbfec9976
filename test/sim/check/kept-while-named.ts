// What a member names in its fetches is not taken from it while it is there: whoever is at work on
// a partition can commit it before another begins.

import type { WatchedTake } from '../group-watch.ts';
import type { GroupRequest, History } from '../history.ts';
import { type Checker, nameOf } from './check.ts';

export const keptWhileNamed: Checker = ({ history, groups }) =>
  groups.takes.flatMap((take, index) => {
    const before = groups.takes
      .slice(0, index)
      .findLast((one) => one.group === take.group && isSame(one, take));
    if (before === undefined || !isNamedUntil(history, before, take.event)) return [];
    const isOver = groups.ends.some(({ group, instance, event }) => {
      const isOwn = group === before.group && instance === before.instance;
      return isOwn && event > before.event && event < take.event;
    });
    if (isOver) return [];
    const what = `${take.instance} took ${nameOf(take)} from ${before.instance}`;
    return [`I21: ${what}, who named it in all that it asked (${take.event})`];
  });

/** What was named of a topic that is deleted is nobody's, and what has its name is another. */
function isSame(one: WatchedTake, other: WatchedTake): boolean {
  return one.topicId === other.topicId && one.partition === other.partition;
}

/** It was told that it has it, and whatever it asked that was not over by then names it. */
function isNamedUntil({ groups }: History, held: WatchedTake, event: number): boolean {
  const own = groups.filter(({ group, instance, invoked }) => {
    return group === held.group && instance === held.instance && invoked < event;
  });
  const told = own.filter((request) => request.returned > held.event && hears(request, held));
  const since = Math.min(...told.map(({ returned }) => returned));
  if (since > event) return false;
  return own.filter(({ returned }) => returned > since).every((one) => names(one, held));
}

function hears({ answer }: GroupRequest, held: WatchedTake): boolean {
  return answer.kind === 'done' && (answer.held ?? []).some((one) => nameOf(one) === nameOf(held));
}

/** A commit gives nothing up. */
function names({ what, named }: GroupRequest, held: WatchedTake): boolean {
  return what === 'commit' || (named ?? []).some((one) => nameOf(one) === nameOf(held));
}
