// The survey: every partition is looked after now and then, whatever was told of it. Time alone
// makes records too old, and what a lost message was about is found by it.

import type { PartitionId } from '../../ids.ts';
import type { UpkeepQueue } from '../../ports/upkeep-queue.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';
import { listTopics } from '../topics.ts';

/** Of all topics that are live. @throws EngineError THROTTLED, UNAVAILABLE */
export async function partitionsOfAll(engine: Engine, call: Call): Promise<readonly PartitionId[]> {
  const topics = await listTopics(engine, call);
  return topics.flatMap(({ id: topicId, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topicId, partition })),
  );
}

/** @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the next one sends all anew */
export async function surveyPartitions(
  engine: Engine,
  call: Call,
  queue: UpkeepQueue,
): Promise<void> {
  const all = await partitionsOfAll(engine, call);
  if (all.length > 0) await repeatable(engine, call, () => queue.send(all));
}
