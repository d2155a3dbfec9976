// From a topic's name and a partition's number to its head, even when the topic was deleted and
// made again since this process last looked: a head that is absent says so for good.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { type Head, readHead } from '../log/head.ts';
import { headKey, partitionPk } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { learnHead } from './known-heads.ts';
import { retry } from './retry.ts';
import { freshTopic, type Topic, topicNamed } from './topic-cache.ts';

export type PartitionName = { readonly topic: string; readonly partition: number };

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
export async function partitionOf(
  engine: Engine,
  call: Call,
  { topic: name, partition }: PartitionName,
): Promise<PartitionId> {
  const cached = await topicNamed(engine, call, name);
  const topic = partition < cached.partitions ? cached : await freshTopic(engine, call, name);
  if (partition >= topic.partitions) throw unknownPartition(topic, partition);
  return { topicId: topic.id, partition };
}

/** A strong read. undefined: that partition does not exist, for good. */
export async function headOf(
  engine: Engine,
  call: Call,
  id: PartitionId,
): Promise<Head | undefined> {
  const item = await retry(engine, { deadline: call.deadline, after: 'any' }, () =>
    call.table.get(headKey(id), { strong: true }),
  );
  if (item === undefined) return undefined;
  learnHead(engine, partitionPk(id), item);
  return readHead(item);
}

/** After a head was found absent.
 * @returns the partition of the topic that has the name now.
 * @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION when there is none. */
export async function partitionMadeAgain(
  engine: Engine,
  call: Call,
  name: PartitionName,
  gone: PartitionId,
): Promise<PartitionId> {
  const topic = await freshTopic(engine, call, name.topic);
  if (topic.id === gone.topicId || name.partition >= topic.partitions) {
    throw unknownPartition(topic, name.partition);
  }
  return { topicId: topic.id, partition: name.partition };
}

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
export async function readPartition(
  engine: Engine,
  call: Call,
  name: PartitionName,
): Promise<{ readonly id: PartitionId; readonly head: Head }> {
  let id = await partitionOf(engine, call, name);
  for (;;) {
    const head = await headOf(engine, call, id);
    if (head !== undefined) return { id, head };
    id = await partitionMadeAgain(engine, call, name, id);
  }
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
