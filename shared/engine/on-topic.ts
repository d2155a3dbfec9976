// Work on a topic by name, when what this process knows of it may be old. An attempt that meets a
// partition that is not there has stored nothing, and is made once more on the topic as it is now:
// it may have grown, or been deleted and made again.

import { EngineError } from '../errors.ts';
import type { PartitionId, PartitionName } from '../ids.ts';
import type { Call, Engine } from './engine.ts';
import { freshTopic, type Topic, topicNamed } from './topic-cache.ts';

/** @param attempt throws UNKNOWN_PARTITION only if nothing was stored. `isFresh`: the topic is not
 *   older than this call.
 * @throws EngineError UNKNOWN_TOPIC, and what the attempt throws. */
export function onTopic<Answer>(
  engine: Engine,
  call: Call,
  name: string,
  attempt: (topic: Topic, isFresh: boolean) => Promise<Answer>,
): Promise<Answer> {
  return onTopics(engine, call, [name], ([topic], isFresh) => attempt(topic as Topic, isFresh));
}

/** The same on many at once. @param attempt is given them in the order of their names. */
export async function onTopics<Answer>(
  engine: Engine,
  call: Call,
  names: readonly string[],
  attempt: (topics: readonly Topic[], isFresh: boolean) => Promise<Answer>,
): Promise<Answer> {
  const find = (one: typeof topicNamed) =>
    Promise.all(names.map((name) => one(engine, call, name)));
  try {
    return await attempt(await find(topicNamed), false);
  } catch (error) {
    if (!isUnknownPartition(error)) throw error;
    return attempt(await find(freshTopic), true);
  }
}

/** The same for one partition. @throws EngineError UNKNOWN_PARTITION too. */
export function onPartition<Answer>(
  engine: Engine,
  call: Call,
  { topic: name, partition }: PartitionName,
  attempt: (id: PartitionId) => Promise<Answer>,
): Promise<Answer> {
  return onTopic(engine, call, name, async (topic) => {
    if (partition >= topic.partitions) throw unknownPartition(topic, partition);
    return attempt({ topicId: topic.id, partition });
  });
}

/** @param field where the request named it. */
export function unknownPartition(
  topic: Topic,
  partition: number,
  field = 'partition',
): EngineError {
  const has = `topic ${topic.name} has ${topic.partitions} partitions`;
  const message = `${field}: ${has}, and no ${partition}`;
  const detail = { field, limit: topic.partitions - 1 };
  return new EngineError('UNKNOWN_PARTITION', message, detail);
}

/** A head that is absent is absent for good: its topic was deleted. */
export function partitionGone(): EngineError {
  const message = 'the partition does not exist: its topic was deleted';
  return new EngineError('UNKNOWN_PARTITION', message);
}

export function isUnknownPartition(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === 'UNKNOWN_PARTITION';
}
