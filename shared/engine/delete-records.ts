// Deleting records from the front of a partition: its log start is raised at once, to any offset,
// and what lies below is out of range from then on. Housekeeping clears it away later.

import { EngineError } from '../errors.ts';
import type { PartitionName } from '../ids.ts';
import { dropsRecords, raiseLogStart } from '../log/retention.ts';
import { type Bounds, boundsOf, offsetOutOfRange } from './bounds.ts';
import type { Call, Engine } from './engine.ts';
import { headOf, learnHead } from './heads.ts';
import { partitionGone, unknownPartition } from './on-topic.ts';
import { repeatableWrite } from './retry.ts';
import { freshTopic } from './topic-cache.ts';

/** As `before`: all that there is now. Source: Kafka's DeleteRecordsRequest. */
export const logEnd = -1;

export type RecordsToDelete = PartitionName & {
  /** The first offset that stays; logEnd: none that there is now does. */
  readonly before: number;
};

/** Done again it does nothing more. Below the log start it does nothing.
 * @returns where the log is then: it starts at what Kafka calls the low watermark.
 * @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION, POLICY_VIOLATION: the topic only compacts;
 *   OFFSET_OUT_OF_RANGE: above the end; THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN
 * Source: Kafka's AdminClient.deleteRecords (KIP-107). */
export async function deleteRecords(
  engine: Engine,
  call: Call,
  { topic: name, partition, before }: RecordsToDelete,
): Promise<Bounds> {
  const topic = await freshTopic(engine, call, name);
  if (partition >= topic.partitions) throw unknownPartition(topic, partition);
  if (!dropsRecords(topic.configs)) {
    const message = `records of topic ${name} are not deleted: its cleanup.policy is compact alone`;
    throw new EngineError('POLICY_VIOLATION', message);
  }
  const id = { topicId: topic.id, partition };
  const head = await headOf(engine, call, id);
  const to = before === logEnd ? head.nextOffset : before;
  if (to > head.nextOffset) throw offsetOutOfRange(head, to, 'before_offset');
  if (to <= head.logStart) return boundsOf(head);
  const { result } = await repeatableWrite(engine, call, raiseLogStart(id, to));
  // Refused: it starts there or above already, by another's doing or an earlier try's.
  const item = result.kind === 'done' ? result.item : result.current;
  if (item === undefined) throw partitionGone();
  return boundsOf(learnHead(engine, id, item));
}
