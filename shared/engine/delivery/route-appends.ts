// Routing: appends that the table's stream has told of become wake-ups, one for each subscription
// that runs on the topic, however many of them there were.
//
// A subscription that is slower than its topic would have ever more of them wait, and the more wait
// in a FIFO queue the fewer of the others' are found in it. So each is sent with what the lease
// says, by which the queue knows those that say nothing new.

import { queueOf } from '../../delivery/subscription.ts';
import type { Route } from '../../delivery/subscription-items.ts';
import { deduplicationKeyOf } from '../../delivery/worker-lease.ts';
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
  const wakeUps: WakeUp[] = [];
  for (const [topicId, ofTopic] of byTopic) {
    for (const route of await routesOf(engine, call, topicId)) {
      const found = await inRuns(ofTopic, leasesInFlightMax, (one) =>
        wakeUpOf(engine, call, route, one),
      );
      wakeUps.push(...found);
    }
  }
  if (wakeUps.length > 0) await repeatable(engine, call, () => engine.wakeUps.send(wakeUps));
}

async function wakeUpOf(
  engine: Engine,
  call: Call,
  { subscription, group, queues }: Route,
  { topicId, partition, nextOffset }: Appended,
): Promise<WakeUp> {
  const lease = await leaseOf(engine, call, group, { topicId, partition });
  const deduplicationKey = deduplicationKeyOf(lease, nextOffset, engine.clock.now());
  const wakeUp = { subscription, topicId, partition, queue: queueOf(partition, queues) };
  return deduplicationKey === undefined ? wakeUp : { ...wakeUp, deduplicationKey };
}
