// Produce: records or ready-made batches into the partitions of one topic. Everything about a
// request is checked before anything of it is stored; then each partition answers for itself.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { recordsPerRequestMax } from '../limits.ts';
import { partitionForKey } from '../log/partitioner.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { addOperations } from '../store/counted.ts';
import { append } from './append.ts';
import type { AppendOutcome, Batches } from './append-queue.ts';
import { batchRecords, contentFault, type ProducedRecord } from './batch-records.ts';
import { checkBatches } from './check-batches.ts';
import type { Call, Engine } from './engine.ts';
import { isUnknownPartition, onTopic, type PartitionName, unknownPartition } from './on-topic.ts';
import type { Topic } from './topic-cache.ts';

export type RecordToProduce = ProducedRecord & {
  /** Absent: the key's hash picks it; no key: one drawn for the whole request. */
  readonly partition?: number;
};

/** For one record: where it is, or why it is not. */
export type ProducedEntry =
  | { readonly partition: number; readonly offset: number; readonly timestamp: number }
  | { readonly partition?: number; readonly error: EngineError };

/** @returns one entry a record, in order.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION,
 *   RECORD_TOO_LARGE, INVALID_RECORD, REQUEST_TOO_LARGE, THROTTLED */
export async function produceRecords(
  engine: Engine,
  call: Call,
  {
    topic: name,
    records,
  }: { readonly topic: string; readonly records: readonly RecordToProduce[] },
): Promise<readonly ProducedEntry[]> {
  checkCount(records);
  return onTopic(engine, call, name, async (topic) => {
    for (const [index, record] of records.entries()) {
      const fault = recordFault(topic, record, `records[${index}]`);
      if (fault !== undefined) throw fault;
    }
    return appendRecords(engine, call, topic, records);
  });
}

/** The same, for records of which some are known to be bad: those, and those that are found to be,
 * are refused alone.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, REQUEST_TOO_LARGE, THROTTLED */
export async function produceEachRecord(
  engine: Engine,
  call: Call,
  request: { readonly topic: string; readonly records: readonly (RecordToProduce | EngineError)[] },
): Promise<readonly ProducedEntry[]> {
  checkCount(request.records);
  return onTopic(engine, call, request.topic, async (topic, isFresh) => {
    const judged = request.records.map((record) =>
      record instanceof EngineError ? record : (recordFault(topic, record, 'record') ?? record),
    );
    const stale = isFresh ? undefined : judged.find(isUnknownPartition);
    if (stale !== undefined) throw stale;
    const sound = judged.filter(isRecord);
    const entries = await appendRecords(engine, call, topic, sound);
    const appended = entries[Symbol.iterator]();
    return judged.map((record) =>
      record instanceof EngineError ? { error: record } : (appended.next().value as ProducedEntry),
    );
  });
}

function isRecord(judged: RecordToProduce | EngineError): judged is RecordToProduce {
  return !(judged instanceof EngineError);
}

export type BatchesToProduce = PartitionName & {
  /** Record batches, magic 2, back to back. They are the engine's from now on: their offsets are
   * set in place, and they may be kept. */
  readonly bytes: Uint8Array;
};

/** @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION, CORRUPT_BATCH,
 *   RECORD_TOO_LARGE, THROTTLED; of unknown outcome: OUTCOME_UNKNOWN */
export async function produceBatches(
  engine: Engine,
  call: Call,
  { topic: name, partition, bytes }: BatchesToProduce,
): Promise<{ readonly baseOffset: number; readonly count: number }> {
  return onTopic(engine, call, name, async (topic) => {
    if (partition >= topic.partitions) throw unknownPartition(topic, partition);
    const checked = checkBatches(bytes, appendSettings(topic.configs), engine.clock.now());
    const share = { id: { topicId: topic.id, partition }, ...checked };
    const [outcome] = await appendShares(engine, call, [share]);
    if (outcome?.kind !== 'appended') throw outcome?.error;
    return { baseOffset: outcome.baseOffset, count: checked.count };
  });
}

/** @throws EngineError REQUEST_TOO_LARGE */
function checkCount(records: readonly unknown[]): void {
  if (records.length <= recordsPerRequestMax) return;
  const message = `records: at most ${recordsPerRequestMax} a request`;
  const detail = { field: 'records', limit: recordsPerRequestMax };
  throw new EngineError('REQUEST_TOO_LARGE', message, detail);
}

/** @param field what the record is called in the request. */
function recordFault(
  topic: Topic,
  record: RecordToProduce,
  field: string,
): EngineError | undefined {
  const { partition = 0 } = record;
  return partition >= 0 && partition < topic.partitions
    ? contentFault(record, appendSettings(topic.configs), field)
    : unknownPartition(topic, partition, `${field}.partition`);
}

/** @throws EngineError UNKNOWN_PARTITION: nothing was stored, since the topic is gone. */
async function appendRecords(
  engine: Engine,
  call: Call,
  topic: Topic,
  records: readonly RecordToProduce[],
): Promise<readonly ProducedEntry[]> {
  const settings = appendSettings(topic.configs);
  const now = engine.clock.now();
  const keyless = Math.floor(engine.chance.fraction() * topic.partitions);
  const partitionFor = ({ key, partition }: RecordToProduce) =>
    partition ?? (key === null ? keyless : partitionForKey(key, topic.partitions));
  const byPartition = Map.groupBy(records.keys(), (index) =>
    partitionFor(records[index] as RecordToProduce),
  );
  const shares = [...byPartition].map(([partition, indexes]) => {
    const batched = batchRecords(records, indexes, settings, now);
    return { id: { topicId: topic.id, partition }, indexes, ...batched };
  });
  const outcomes = await appendShares(engine, call, shares);
  const entries = new Array<ProducedEntry>(records.length);
  for (const [at, { id, indexes, timestamps }] of shares.entries()) {
    const { partition } = id;
    const outcome = outcomes[at] as AppendOutcome;
    for (const [position, index] of indexes.entries()) {
      const timestamp = timestamps[position] as number;
      entries[index] =
        outcome.kind === 'failed'
          ? { partition, error: outcome.error }
          : { partition, offset: outcome.baseOffset + position, timestamp };
    }
  }
  return entries;
}

/** @throws EngineError THROTTLED; UNKNOWN_PARTITION when no partition was there. */
async function appendShares(
  engine: Engine,
  call: Call,
  shares: readonly (Batches & { readonly id: PartitionId })[],
): Promise<readonly AppendOutcome[]> {
  if (shares.length === 0) return [];
  const { deadline } = call;
  const submissions = shares.map(({ id, batches, count, timestampMax }) => {
    return { id, batches, count, timestampMax, deadline };
  });
  const { outcomes, operations } = await append(engine, submissions);
  addOperations(call.operations, operations);
  const gone = outcomes.map((outcome) => outcome.kind === 'failed' && outcome.error);
  if (gone.every(isUnknownPartition)) throw gone[0];
  return outcomes;
}
