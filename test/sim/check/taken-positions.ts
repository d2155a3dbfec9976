// I20: whoever takes a partition begins at what is committed of it, whatever he had read before. Of
// who went back by himself, or did not hear what he was given first, nothing is known.

import { consumerGroup } from '../clients/group-member.ts';
import { processorGroup } from '../clients/processor.ts';
import type { WatchedTake } from '../group-watch.ts';
import type { History } from '../history.ts';
import { type Checker, nameOf } from './check.ts';
import { isNameOfOne } from './groups.ts';

export const takenPositions: Checker = ({ history, groups }, index) =>
  groups.takes
    .filter(({ group }) => group === consumerGroup || group === processorGroup)
    .flatMap((take) => {
      const first = isNameOfOne(index, take) ? firstGiven(history, take, groups.takes) : undefined;
      if (first === undefined || first === take.committed) return [];
      const what = `${take.instance} took ${nameOf(take)} at ${take.committed}`;
      return [`I20: ${what}, and was given ${first} first (${take.event})`];
    });

/** The first offset that the instance was given after the take; undefined: nobody knows. */
function firstGiven(
  { groups }: History,
  take: WatchedTake,
  takes: readonly WatchedTake[],
): number | undefined {
  const next = takes.find((other) => other.event > take.event && nameOf(other) === nameOf(take));
  const until = next?.event ?? Number.POSITIVE_INFINITY;
  const own = groups
    .filter(({ group, instance, returned }) => {
      return group === take.group && instance === take.instance && returned > take.event;
    })
    .toSorted((one, other) => one.returned - other.returned);
  for (const { what, answer, returned } of own) {
    if (returned > until || what === 'seek' || what === 'create') return undefined;
    if (what !== 'poll') continue;
    if (answer.kind !== 'done') return undefined;
    const given = answer.records?.find((record) => nameOf(record) === nameOf(take));
    if (given !== undefined) return given.offset;
  }
  return undefined;
}
