// Produce: records or ready-made batches into the partitions of one topic. Everything about a
// request is checked before anything of it is stored; then each partition answers for itself.

import { EngineError } from '../errors.ts';
import type { PartitionName } from '../ids.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { addOperations } from '../store/counted.ts';
import { append } from './append.ts';
import type { AppendOutcome, Submission } from './append-queue.ts';
import { checkBatches } from './check-batches.ts';
import type { Call, Engine } from './engine.ts';
import { fingerprintOfBytes, fingerprintOfRecords } from './fingerprint.ts';
import { type Identity, identify, type KeyIdentity } from './identify.ts';
import { identifiedTwice } from './identity-errors.ts';
import { noteAppends } from './note-appends.ts';
import { isUnknownPartition, onTopic, unknownPartition } from './on-topic.ts';
import { bytesOf, passQuota } from './producer-quota.ts';
import {
  checkCount,
  entriesOf,
  type ProducedEntry,
  type RecordToProduce,
  recordFault,
  sharesByPartition,
} from './records-by-partition.ts';
import type { Topic } from './topic-cache.ts';

export type RecordsToProduce = {
  readonly topic: string;
  readonly records: readonly RecordToProduce[];
  /** What makes it safe to send again. */
  readonly identity?: Identity | undefined;
};

/** @returns one entry a record, in order.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION,
 *   RECORD_TOO_LARGE, INVALID_RECORD, REQUEST_TOO_LARGE, THROTTLED; as identify does; of one whose
 *   Idempotency-Key could not be claimed: UNAVAILABLE */
export async function produceRecords(
  engine: Engine,
  call: Call,
  { topic: name, records, identity }: RecordsToProduce,
): Promise<readonly ProducedEntry[]> {
  checkCount(records);
  return onTopic(engine, call, name, async (topic) => {
    for (const [index, record] of records.entries()) {
      const fault = recordFault(topic, record, `records[${index}]`);
      if (fault !== undefined) throw fault;
    }
    return appendRecords(engine, call, topic, { records, identity });
  });
}

/** The same, for records of which some are known to be bad: those, and those that are found to be,
 * are refused alone.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, REQUEST_TOO_LARGE, THROTTLED */
export async function produceEachRecord(
  engine: Engine,
  call: Call,
  request: Omit<RecordsToProduce, 'records'> & {
    readonly records: readonly (RecordToProduce | EngineError)[];
  },
): Promise<readonly ProducedEntry[]> {
  checkCount(request.records);
  return onTopic(engine, call, request.topic, async (topic, isFresh) => {
    const judged = request.records.map((record) =>
      record instanceof EngineError ? record : (recordFault(topic, record, 'record') ?? record),
    );
    const stale = isFresh ? undefined : judged.find(isUnknownPartition);
    if (stale !== undefined) throw stale;
    const sound = { records: judged.filter(isRecord), identity: request.identity };
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
   * set in place, and they may be kept. Those of a producer are its next in that partition. */
  readonly bytes: Uint8Array;
  readonly identity?: KeyIdentity | undefined;
};

export type ProducedBatches = {
  /** -1: as in ProducedEntry. */
  readonly baseOffset: number;
  readonly count: number;
  readonly duplicate?: true;
};

/** @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION, CORRUPT_BATCH,
 *   INVALID_RECORD, RECORD_TOO_LARGE, THROTTLED, OUT_OF_ORDER_SEQUENCE, PRODUCER_FENCED,
 *   KEY_REUSED, KEY_TOO_OLD; of unknown outcome: OUTCOME_UNKNOWN */
export async function produceBatches(
  engine: Engine,
  call: Call,
  { topic: name, partition, bytes, identity }: BatchesToProduce,
): Promise<ProducedBatches> {
  return onTopic(engine, call, name, async (topic) => {
    if (partition >= topic.partitions) throw unknownPartition(topic, partition);
    const checked = checkBatches(bytes, appendSettings(topic.configs), engine.clock.now());
    if (checked.stamp !== undefined && identity !== undefined) throw identifiedTwice();
    await passQuota(engine, call, topic, bytes.length);
    const fingerprint = () => fingerprintOfBytes(`batches/${partition}/`, bytes);
    const plan = await identify(engine, call, topic, { identity, fingerprint });
    const share = { id: { topicId: topic.id, partition }, ...plan.stampOf(partition), ...checked };
    const [outcome] = await appendShares(engine, call, [share]);
    if (outcome?.kind !== 'appended') throw outcome?.error;
    const { kind: _, ...appended } = outcome;
    return { ...appended, count: checked.count };
  });
}

/** @throws EngineError UNKNOWN_PARTITION: nothing was stored, since the topic is gone. */
async function appendRecords(
  engine: Engine,
  call: Call,
  topic: Topic,
  { records, identity }: Pick<RecordsToProduce, 'records' | 'identity'>,
): Promise<readonly ProducedEntry[]> {
  if (records.length === 0) return [];
  await passQuota(engine, call, topic, bytesOf(records));
  const fingerprint = () => fingerprintOfRecords(records);
  const plan = await identify(engine, call, topic, { identity, fingerprint });
  const all = { records, indexes: [...records.keys()] };
  const shares = sharesByPartition(topic, all, plan);
  const outcomes = await appendShares(engine, call, shares);
  return entriesOf(records.length, shares, outcomes);
}

/** @throws EngineError THROTTLED; UNKNOWN_PARTITION when no partition was there. */
async function appendShares(
  engine: Engine,
  call: Call,
  shares: readonly Omit<Submission, 'deadline'>[],
): Promise<readonly AppendOutcome[]> {
  if (shares.length === 0) return [];
  const { deadline } = call;
  const submissions = shares.map(({ id, batches, count, timestampMax, stamp }) => {
    const submission = { id, batches, count, timestampMax, deadline };
    return stamp === undefined ? submission : { ...submission, stamp };
  });
  const { outcomes, operations } = await append(engine, submissions);
  addOperations(call.operations, operations);
  noteAppends(call.tally, shares, outcomes);
  const gone = outcomes.map((outcome) => outcome.kind === 'failed' && outcome.error);
  if (gone.every(isUnknownPartition)) throw gone[0];
  return outcomes;
}
