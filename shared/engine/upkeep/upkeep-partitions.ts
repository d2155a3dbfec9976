// Looking after partitions, one after the other. Of more than there is time for, others come first
// the next time, and the rest waits for it: nothing of it is urgent.

import { EngineError } from '../../errors.ts';
import type { PartitionId } from '../../ids.ts';
import type { Call, Engine } from '../engine.ts';
import { findTopic, type Topic } from '../topic-cache.ts';
import { listTopics } from '../topics.ts';
import { fromAnywhere } from './from-anywhere.ts';
import { upkeepPartition } from './upkeep-partition.ts';
import { withinTime } from './within-time.ts';

/** Of all topics that are live. @throws EngineError THROTTLED, UNAVAILABLE */
export async function partitionsOfAll(engine: Engine, call: Call): Promise<readonly PartitionId[]> {
  const topics = await listTopics(engine, call);
  return topics.flatMap(({ id: topicId, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topicId, partition })),
  );
}

export type DuePartition = {
  readonly id: PartitionId;
  /** Not since it was rolled, but now and then: so what goes by time and by size is due, too. To
   * see that nothing is too much, the whole index of a partition is read. */
  readonly byClock: boolean;
};

/** Until nothing is due, or the call's time is over. One that fails keeps no other waiting.
 * @throws what one failed with, once the others are done: EngineError DAMAGED: something that is
 *   stored cannot be read; THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again */
export async function upkeepPartitions(
  engine: Engine,
  call: Call,
  due: readonly DuePartition[],
): Promise<void> {
  const names = new Map((await listTopics(engine, call)).map(({ id, name }) => [id, name]));
  const failures: unknown[] = [];
  let left = due.length;
  for (const { id, byClock } of fromAnywhere(engine, due)) {
    if (engine.clock.now() >= call.deadline) break;
    const name = names.get(id.topicId);
    try {
      await withinTime(engine, call, async () => {
        const topic = name === undefined ? undefined : await topicNow(engine, call, name);
        if (topic?.id !== id.topicId || id.partition >= topic.partitions) return;
        await upkeepPartition(engine, call, topic, { partition: id.partition, byClock });
      });
    } catch (error) {
      failures.push(error);
    }
    // Who stands at the end of his time may have had too little of it.
    if (engine.clock.now() < call.deadline) left--;
  }
  call.tally.backlog = left;
  if (failures.length > 0) throw failures.find(isDefinite) ?? failures[0];
}

/** What does not pass by itself is to be heard of first. */
function isDefinite(failure: unknown): boolean {
  return !(failure instanceof EngineError) || failure.outcome === 'definite';
}

/** With the settings that hold when its turn comes: of what they let go, nothing comes back.
 * @returns undefined: it is deleted. */
async function topicNow(engine: Engine, call: Call, name: string): Promise<Topic | undefined> {
  const topic = await findTopic(engine, call, name);
  return topic?.state === 'live' ? topic : undefined;
}
