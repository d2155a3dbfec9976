// Routing: appends that the table's stream has told of become wake-ups, one for each subscription
// that runs on the topic, however many of them there were.

import { queueOf } from '../../delivery/subscription.ts';
import type { PartitionId } from '../../ids.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';
import { routesOf } from './find-subscription.ts';

/** @param appended partitions, some of them repeatedly perhaps.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again, all of it. */
export async function routeAppends(
  engine: Engine,
  call: Call,
  appended: readonly PartitionId[],
): Promise<void> {
  const partitions = new Map(appended.map((id) => [partitionPk(id), id]));
  const byTopic = Map.groupBy(partitions.values(), ({ topicId }) => topicId);
  const wakeUps: WakeUp[] = [];
  for (const [topicId, ids] of byTopic) {
    for (const { subscription, queues } of await routesOf(engine, call, topicId)) {
      for (const id of ids) {
        wakeUps.push({ subscription, ...id, queue: queueOf(id.partition, queues) });
      }
    }
  }
  if (wakeUps.length > 0) await repeatable(engine, call, () => engine.wakeUps.send(wakeUps));
}
