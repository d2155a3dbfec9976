// Routing: appends that the table's stream has told of become wake-ups, one for each subscription
// that runs on the topic, however many of them there were.
//
// A subscription that is slower than its topic would have ever more of them wait, and the more wait
// in a FIFO queue the fewer of the others' are found in it. So each is sent with what the lease
// says, by which the queue knows those that say nothing new.

import { queueOf } from '../../delivery/subscription.ts';
import type { Route } from '../../delivery/subscription-items.ts';
import { deduplicationKeyOf } from '../../delivery/worker-lease.ts';
import { EngineError } from '../../errors.ts';
import type { Lease, OfGroup } from '../../group/lease.ts';
import type { PartitionId } from '../../ids.ts';
import { leasesInFlightMax } from '../../limits.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { leaseOf } from '../group/read-group.ts';
import { inRuns } from '../in-runs.ts';
import { repeatable } from '../retry.ts';
import { routesOf } from './find-subscription.ts';

export type Appended = PartitionId & {
  /** Of the head, as the append left it; absent: it is not known. */
  readonly nextOffset?: number;
};

/** @param appended in their order, to one partition repeatedly perhaps.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again, all of it. */
export async function routeAppends(
  engine: Engine,
  call: Call,
  appended: readonly Appended[],
): Promise<void> {
  const partitions = new Map(appended.map((one) => [partitionPk(one), one]));
  const byTopic = Map.groupBy(partitions.values(), ({ topicId }) => topicId);
  const told: (readonly [Route, Appended])[] = [];
  for (const [topicId, ofTopic] of byTopic) {
    for (const route of await routesOf(engine, call, topicId)) {
      told.push(...ofTopic.map((one) => [route, one] as const));
    }
  }
  const wakeUps = await inRuns(told, leasesInFlightMax, ([route, one]) =>
    wakeUpOf(engine, call, route, one),
  );
  if (wakeUps.length > 0) await repeatable(engine, call, () => engine.wakeUps.send(wakeUps));
}

async function wakeUpOf(
  engine: Engine,
  call: Call,
  { subscription, group, queues }: Route,
  { nextOffset, ...id }: Appended,
): Promise<WakeUp> {
  const wakeUp = { subscription, ...id, queue: queueOf(id.partition, queues) };
  const read = group && (await readLeaseOf(engine, call, group, id));
  if (group === undefined || read === undefined) return wakeUp;
  const known = { life: group.life, nextOffset };
  const deduplicationKey = deduplicationKeyOf(read.lease, known, engine.clock.now());
  const fence = read.lease?.fence ?? 0;
  return { ...wakeUp, fence, ...(deduplicationKey !== undefined && { deduplicationKey }) };
}

/** @returns undefined: it cannot be read. It keeps nobody asleep: its wake-up is like no other
 *   then. */
async function readLeaseOf(
  engine: Engine,
  call: Call,
  { name }: OfGroup,
  id: PartitionId,
): Promise<{ readonly lease: Lease | undefined } | undefined> {
  try {
    return { lease: await leaseOf(engine, call, name, id) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return undefined;
  }
}
