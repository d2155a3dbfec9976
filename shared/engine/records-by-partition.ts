// The records of one request, each in the share of its partition, and what became of the shares as
// what became of the records.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { recordsPerRequestMax } from '../limits.ts';
import type { Stamp } from '../log/stamp.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { partitionForKey } from '../partitioner.ts';
import type { AppendOutcome } from './append-queue.ts';
import {
  type BatchedRecords,
  batchRecords,
  contentFault,
  type ProducedRecord,
} from './batch-records.ts';
import type { Plan } from './identify.ts';
import { unknownPartition } from './on-topic.ts';
import type { Topic } from './topic-cache.ts';

export type RecordToProduce = ProducedRecord & {
  /** Absent: the key's hash picks it; no key: one drawn for the whole request. */
  readonly partition?: number;
};

/** For one record: where it is, or why it is not. */
export type ProducedEntry =
  | {
      readonly partition: number;
      /** -1: it was stored some time ago, and its place is not known any more. */
      readonly offset: number;
      readonly timestamp: number;
      /** An earlier request had stored it. */
      readonly duplicate?: true;
    }
  | { readonly partition?: number; readonly error: EngineError };

/** @throws EngineError REQUEST_TOO_LARGE */
export function checkCount(records: readonly unknown[]): void {
  if (records.length <= recordsPerRequestMax) return;
  const message = `records: at most ${recordsPerRequestMax} a request`;
  const detail = { field: 'records', limit: recordsPerRequestMax };
  throw new EngineError('REQUEST_TOO_LARGE', message, detail);
}

/** @param field what the record is called in the request. */
export function recordFault(
  topic: Topic,
  record: RecordToProduce,
  field: string,
): EngineError | undefined {
  const { partition = 0 } = record;
  return partition >= 0 && partition < topic.partitions
    ? contentFault(record, appendSettings(topic.configs), field)
    : unknownPartition(topic, partition, `${field}.partition`);
}

/** Records of one request for one partition. */
export type RecordsShare = BatchedRecords & {
  readonly id: PartitionId;
  readonly stamp?: Stamp;
  /** Which of the request's, in order. */
  readonly indexes: readonly number[];
};

/** @param own the records that go to this topic, by their indexes in the request.
 * @throws EngineError INVALID_FIELD: the plan has no place for one. */
export function sharesByPartition(
  topic: Topic,
  {
    records,
    indexes: own,
  }: { readonly records: readonly RecordToProduce[]; readonly indexes: readonly number[] },
  plan: Plan,
): readonly RecordsShare[] {
  const settings = appendSettings(topic.configs);
  const partitionFor = (index: number) => {
    const { key, partition } = records[index] as RecordToProduce;
    if (partition !== undefined) return partition;
    return key === null ? plan.keyless(index) : partitionForKey(key, plan.partitions);
  };
  const byPartition = Map.groupBy(own, partitionFor);
  plan.checkReached([...byPartition.keys()]);
  return [...byPartition].map(([partition, indexes]) => {
    const stamped = plan.stampOf(partition);
    const batched = batchRecords(records, indexes, {
      settings,
      now: plan.now,
      producer: plan.producerOf(partition),
    });
    return { id: { topicId: topic.id, partition }, indexes, ...stamped, ...batched };
  });
}

/** @param outcomes one a share. @returns one entry a record of the request. */
export function entriesOf(
  records: number,
  shares: readonly RecordsShare[],
  outcomes: readonly AppendOutcome[],
): readonly ProducedEntry[] {
  const entries = new Array<ProducedEntry>(records);
  for (const [at, { id, indexes, timestamps }] of shares.entries()) {
    const { partition } = id;
    const outcome = outcomes[at] as AppendOutcome;
    for (const [position, index] of indexes.entries()) {
      const timestamp = timestamps[position] as number;
      entries[index] =
        outcome.kind === 'failed'
          ? { partition, error: outcome.error }
          : { partition, timestamp, ...placeIn(outcome, position) };
    }
  }
  return entries;
}

function placeIn(
  { baseOffset, duplicate }: Extract<AppendOutcome, { readonly kind: 'appended' }>,
  position: number,
) {
  const offset = baseOffset < 0 ? baseOffset : baseOffset + position;
  return duplicate === undefined ? { offset } : { offset, duplicate };
}
