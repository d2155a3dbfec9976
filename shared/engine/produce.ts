// Produce: records or ready-made batches into the partitions of one topic. Everything about a
// request is checked before anything of it is stored; then each partition answers for itself.

import { EngineError } from '../errors.ts';
import { recordsPerRequestMax } from '../limits.ts';
import { partitionForKey } from '../log/partitioner.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { addOperations } from '../store/counted.ts';
import { append } from './append.ts';
import type { AppendOutcome, Submission } from './append-queue.ts';
import { batchRecords, contentFault, type ProducedRecord } from './batch-records.ts';
import { checkBatches } from './check-batches.ts';
import type { Call, Engine } from './engine.ts';
import {
  type PartitionName,
  partitionMadeAgain,
  partitionOf,
  unknownPartition,
} from './partitions.ts';
import { freshTopic, type Topic, topicNamed } from './topic-cache.ts';

export type RecordToProduce = ProducedRecord & {
  /** Absent: the key's hash picks it; no key: one drawn for the whole request. */
  readonly partition?: number;
};

/** For one record: where it is, or why it is not. */
export type ProducedEntry =
  | { readonly partition: number; readonly offset: number; readonly timestamp: number }
  | { readonly partition: number; readonly error: EngineError };

export type RecordsToProduce = {
  readonly topic: string;
  readonly records: readonly RecordToProduce[];
};

/** @returns one entry a record, in order.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION,
 * RECORD_TOO_LARGE,
 *   INVALID_RECORD, REQUEST_TOO_LARGE, THROTTLED */
export async function produceRecords(
  engine: Engine,
  call: Call,
  request: RecordsToProduce,
): Promise<readonly ProducedEntry[]> {
  const topic = await topicFor(engine, call, request);
  for (const [index, record] of request.records.entries()) {
    const fault = recordFault(topic, record, `records[${index}]`);
    if (fault !== undefined) throw fault;
  }
  return produceSound(engine, call, topic, request.records);
}

/** The same, but a record that is not sound is refused alone: its entry says why.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, REQUEST_TOO_LARGE, THROTTLED */
export async function produceEachRecord(
  engine: Engine,
  call: Call,
  request: RecordsToProduce,
): Promise<readonly ProducedEntry[]> {
  const topic = await topicFor(engine, call, request);
  const faults = request.records.map((record) => recordFault(topic, record, 'record'));
  const sound = request.records.filter((_, index) => faults[index] === undefined);
  const entries = sound.length > 0 ? await produceSound(engine, call, topic, sound) : [];
  const produced = entries[Symbol.iterator]();
  return faults.map((error, index) =>
    error === undefined
      ? (produced.next().value as ProducedEntry)
      : { partition: request.records[index]?.partition ?? noPartition, error },
  );
}

/** Of a record that was refused before one was picked for it. */
const noPartition = -1;

/** As this process knows it, unless a record names a partition that it does not have there. */
async function topicFor(
  engine: Engine,
  call: Call,
  { topic: name, records }: RecordsToProduce,
): Promise<Topic> {
  if (records.length > recordsPerRequestMax) {
    const message = `records: at most ${recordsPerRequestMax} a request`;
    const detail = { field: 'records', limit: recordsPerRequestMax };
    throw new EngineError('REQUEST_TOO_LARGE', message, detail);
  }
  const topic = await topicNamed(engine, call, name);
  const known = records.every(({ partition = 0 }) => partition < topic.partitions);
  return known ? topic : freshTopic(engine, call, name);
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

/** A partition that is gone means that the topic was deleted since this process last looked; if
 * another has its name, it is meant. */
async function produceSound(
  engine: Engine,
  call: Call,
  topic: Topic,
  records: readonly RecordToProduce[],
): Promise<readonly ProducedEntry[]> {
  const entries = await produceTo(engine, call, topic, records);
  if (!entries.every((entry) => 'error' in entry && isGone(entry.error))) return entries;
  const again = await freshTopic(engine, call, topic.name);
  if (again.id === topic.id) return entries;
  const known = records.every(({ partition = 0 }) => partition < again.partitions);
  return known ? produceTo(engine, call, again, records) : entries;
}

export type BatchesToProduce = PartitionName & {
  /** Record batches, magic 2, back to back. They are this call's from now on: some are changed in
   * place. */
  readonly bytes: Uint8Array;
};

/** @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION, CORRUPT_BATCH,
 *   RECORD_TOO_LARGE, THROTTLED; of unknown outcome: OUTCOME_UNKNOWN */
export async function produceBatches(
  engine: Engine,
  call: Call,
  { bytes, ...name }: BatchesToProduce,
): Promise<{ readonly baseOffset: number; readonly count: number }> {
  const id = await partitionOf(engine, call, name);
  const topic = await topicNamed(engine, call, name.topic);
  const checked = checkBatches(bytes, appendSettings(topic.configs), engine.clock.now());
  const { deadline } = call;
  const send = async (to: typeof id) =>
    (await appendAll(engine, call, [{ id: to, ...checked, deadline }]))[0] as AppendOutcome;
  let outcome = await send(id);
  if (outcome.kind === 'failed' && isGone(outcome.error)) {
    outcome = await send(await partitionMadeAgain(engine, call, name, id));
  }
  if (outcome.kind === 'failed') throw outcome.error;
  return { baseOffset: outcome.baseOffset, count: checked.count };
}

async function produceTo(
  engine: Engine,
  call: Call,
  topic: Topic,
  records: readonly RecordToProduce[],
): Promise<readonly ProducedEntry[]> {
  const settings = appendSettings(topic.configs);
  const now = engine.clock.now();
  const keyless = Math.floor(engine.chance.fraction() * topic.partitions);
  const byPartition = new Map<number, number[]>();
  for (const [index, { key, partition }] of records.entries()) {
    const chosen = partition ?? (key === null ? keyless : partitionForKey(key, topic.partitions));
    const indexes = byPartition.get(chosen);
    if (indexes === undefined) byPartition.set(chosen, [index]);
    else indexes.push(index);
  }
  const shares = [...byPartition].map(([partition, indexes]) => ({
    partition,
    indexes,
    batched: batchRecords(records, indexes, settings, now),
  }));
  const submissions = shares.map(({ partition, batched }) => ({
    id: { topicId: topic.id, partition },
    ...batched,
    deadline: call.deadline,
  }));
  const outcomes = await appendAll(engine, call, submissions);
  const entries = new Array<ProducedEntry>(records.length);
  for (const [at, { partition, indexes, batched }] of shares.entries()) {
    const outcome = outcomes[at] as AppendOutcome;
    for (const [position, index] of indexes.entries()) {
      entries[index] =
        outcome.kind === 'failed'
          ? { partition, error: outcome.error }
          : {
              partition,
              offset: outcome.baseOffset + position,
              timestamp: batched.timestamps[position] as number,
            };
    }
  }
  return entries;
}

async function appendAll(
  engine: Engine,
  call: Call,
  submissions: readonly Submission[],
): Promise<readonly AppendOutcome[]> {
  const { outcomes, operations } = await append(engine, submissions);
  addOperations(call.operations, operations);
  return outcomes;
}

function isGone(error: EngineError): boolean {
  return error.code === 'UNKNOWN_PARTITION';
}
