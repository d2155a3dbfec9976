// The sweep: whatever a lost wake-up, a lost mark or a topic that was made anew has left behind is
// found by looking at what is committed and what is there. It changes nothing that goes well.

import { type Subscription, wakeUpFor } from '../../delivery/subscription.ts';
import { replaceWrite, routeOf } from '../../delivery/subscription-items.ts';
import { progressIn } from '../../delivery/worker-lease.ts';
import type { EpochMillis } from '../../ids.ts';
import { leasesInFlightMax } from '../../limits.ts';
import { routeKey } from '../../store/trigger-items.ts';
import type { Call, Engine } from '../engine.ts';
import { leasesByPartition } from '../group/read-group.ts';
import { headIfThere } from '../heads.ts';
import { inRuns } from '../in-runs.ts';
import { repeatableTransaction } from '../retry.ts';
import { findTopic, type Topic } from '../topic-cache.ts';
import { unlessDoomed } from '../topic-heads.ts';
import { allSubscriptions } from './find-subscription.ts';
import { followPartition, followTopic } from './follow-topic.ts';
import { heldByAnother } from './turn.ts';
import { wake, wakeAll } from './wake.ts';

/** A read of each subscription, and of the leases and heads of its partitions.
 * @throws EngineError THROTTLED, UNAVAILABLE; UNKNOWN_PARTITION: a topic was deleted meanwhile; of
 *   unknown outcome, and harmless: OUTCOME_UNKNOWN. The next one goes on somewhere else. */
export async function sweepSubscriptions(engine: Engine, call: Call): Promise<void> {
  const all = await allSubscriptions(engine, call);
  const running = all.filter(({ state }) => state === 'running');
  // If there is no time for all, none is always the last.
  const first = Math.floor(engine.chance.fraction() * running.length);
  for (const one of [...running.slice(first), ...running.slice(0, first)]) {
    const topic = await findTopic(engine, call, one.topic);
    if (topic?.state !== 'live') continue;
    if (topic.id === one.topicId) await sweep(engine, call, one, topic);
    else await adoptTopic(engine, call, one, topic);
  }
}

async function sweep(
  engine: Engine,
  call: Call,
  subscription: Subscription,
  { id: topicId, partitions }: Topic,
): Promise<void> {
  const byPartition = await leasesByPartition(engine, call, subscription.group, topicId);
  const all = [...Array(partitions).keys()];
  const behind = await inRuns(all, leasesInFlightMax, async (partition) => {
    const id = { topicId, partition };
    const found = await headIfThere(engine, call, id);
    if (found === undefined) return [];
    const head = found.isFollowed ? found : await followPartition(engine, call, id);
    const lease = byPartition.get(partition);
    const { at, notBefore, gatherUntil } = progressIn(lease, subscription, head.logStart);
    const isHeld = heldByAnother(engine, lease, engine.clock.now()) !== undefined;
    if (at >= head.nextOffset || isHeld) return [];
    const due = Math.max(notBefore, gatherUntil) as EpochMillis;
    return [{ due, wakeUp: wakeUpFor(subscription, partition) }];
  });
  for (const [due, together] of Map.groupBy(behind.flat(), (one) => one.due)) {
    const wakeUps = together.map(({ wakeUp }) => wakeUp);
    await wake(engine, wakeUps, due);
  }
}

/** Of a topic of that name that was made since all is new to the subscription. */
async function adoptTopic(
  engine: Engine,
  call: Call,
  before: Subscription,
  { id: topicId, partitions }: Topic,
): Promise<void> {
  const after = { ...before, topicId, version: before.version + 1 };
  await followTopic(engine, call, { topicId, partitions });
  const { result } = await repeatableTransaction(engine, call, [
    replaceWrite(before, after),
    { put: routeOf(after) },
    { delete: routeKey(before.topicId, before.name) },
    unlessDoomed(topicId),
  ]);
  // Else somebody has changed it, and the next sweep sees to it.
  if (result.kind === 'done') await wakeAll(engine, after, partitions);
}
