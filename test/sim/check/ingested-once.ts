// I5: what a source brings is stored once, however often it is brought (duplicate.ts); what it is
// told is stored, is; and what a shard brings stands in each partition in the shard's order.

import type { IngestRequest } from '../history.ts';
import { type Checker, type Index, nameOf } from './check.ts';

export const ingestedOnce: Checker = ({ history }, index) => {
  const violations = history.ingests.flatMap((request) => lost(request, index));
  const brought = history.ingests.flatMap(({ records }) => records);
  const byShard = Map.groupBy(brought, ({ shard }) => shard);
  for (const [shard, records] of byShard) {
    if (shard === undefined) continue;
    const ids = [...new Set(records.map(({ id }) => id))];
    violations.push(...outOfOrder(shard, ids, index));
  }
  return violations;
};

function lost({ client, answer, records }: IngestRequest, { places }: Index): string[] {
  if (typeof answer === 'string') return [];
  return records
    .filter(({ id }) => !answer.has(id) && !places.has(id))
    .map(({ id }) => `I1: ${client} was told that ${id} is stored, and it is lost`);
}

/** @param ids in the shard's order. */
function outOfOrder(shard: string, ids: readonly string[], { places }: Index): string[] {
  const last = new Map<string, number>();
  return ids.flatMap((id) =>
    (places.get(id) ?? []).flatMap(({ log, offset }) => {
      const place = `${log.id.topicId} ${nameOf(log)}`;
      const before = last.get(place) ?? -1;
      last.set(place, offset);
      if (offset > before) return [];
      return [`I6: ${id} of ${shard} is at ${offset} of ${nameOf(log)}, after ${before}`];
    }),
  );
}
