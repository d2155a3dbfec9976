// A topic is followed while subscriptions run on it: its heads carry a mark, by which the table's
// stream tells of their appends and of no others.
//
// The mark comes before the route and goes after it. Where the one's coming meets the other's
// going, or a topic grows meanwhile, a head may be left without it: a sweep puts it there.

import type { PartitionId, TopicId } from '../../ids.ts';
import { headWritesInFlightMax } from '../../limits.ts';
import { followWrite, type Head } from '../../log/head.ts';
import type { Call, Engine } from '../engine.ts';
import { learnHead } from '../heads.ts';
import { inRuns } from '../in-runs.ts';
import { partitionGone } from '../on-topic.ts';
import { repeatableWrite } from '../retry.ts';
import { routesOf } from './find-subscription.ts';

type Partitions = { readonly topicId: TopicId; readonly partitions: number };

/** @returns the heads as they are then, by partition.
 * @throws EngineError UNKNOWN_PARTITION: the topic was deleted; THROTTLED, UNAVAILABLE; of unknown
 *   outcome, and harmless: OUTCOME_UNKNOWN */
export function followTopic(
  engine: Engine,
  call: Call,
  { topicId, partitions }: Partitions,
): Promise<readonly Head[]> {
  return inRuns([...Array(partitions).keys()], headWritesInFlightMax, (partition) =>
    followPartition(engine, call, { topicId, partition }),
  );
}

/** @returns the head as it is then. @throws EngineError as followTopic */
export async function followPartition(engine: Engine, call: Call, id: PartitionId): Promise<Head> {
  const { result } = await repeatableWrite(engine, call, followWrite(id, true));
  if (result.kind !== 'done' || result.item === undefined) throw partitionGone();
  return learnHead(engine, id, result.item);
}

/** The partitions from one on that a topic grows by, if it is followed.
 * @throws EngineError as followTopic */
export async function followGrowth(
  engine: Engine,
  call: Call,
  topicId: TopicId,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  if ((await routesOf(engine, call, topicId)).length === 0) return;
  const added = [...Array(to).keys()].slice(from);
  await inRuns(added, headWritesInFlightMax, (partition) =>
    followPartition(engine, call, { topicId, partition }),
  );
}

/** Unless somebody else follows it. A topic that is gone, or a part of it, is left as well.
 * @throws EngineError THROTTLED, UNAVAILABLE; of unknown outcome, and harmless: OUTCOME_UNKNOWN */
export async function leaveTopic(
  engine: Engine,
  call: Call,
  { topicId, partitions }: Partitions,
): Promise<void> {
  if ((await routesOf(engine, call, topicId)).length > 0) return;
  await inRuns([...Array(partitions).keys()], headWritesInFlightMax, (partition) =>
    repeatableWrite(engine, call, followWrite({ topicId, partition }, false)),
  );
}
