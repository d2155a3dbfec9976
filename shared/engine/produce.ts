// Produce: records or ready-made batches into the partitions of one topic. Everything about a
// request is checked before anything of it is stored; then each partition answers for itself.

import { EngineError } from '../errors.ts';
import type { PartitionName } from '../ids.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { addOperations } from '../store/counted.ts';
import { append } from './append.ts';
import type { AppendOutcome, Submission } from './append-queue.ts';
import { checkBatches, wholeRequest } from './check-batches.ts';
import type { Call, Engine } from './engine.ts';
import { fingerprintOfRecords, fingerprintOfShares } from './fingerprint.ts';
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

export type BatchesToProduce = PartitionName & BatchesOf & SentAgain;

export type ProducedBatches = {
  /** -1: as in ProducedEntry. */
  readonly baseOffset: number;
  readonly count: number;
  readonly duplicate?: true;
};

/** @throws EngineError as produceShares, and as it tells of a share. */
export async function produceBatches(
  engine: Engine,
  call: Call,
  { topic, identity, ...share }: BatchesToProduce,
): Promise<ProducedBatches> {
  const request = { topic, shares: [share], identity };
  const [produced] = (await produceShares(engine, call, request)) as [ProducedShare];
  if ('error' in produced) throw produced.error;
  const { partition: _, ...batches } = produced;
  return batches;
}

export type SharesToProduce = SentAgain & {
  readonly topic: string;
  /** One a partition, and at least one. */
  readonly shares: readonly BatchesShare[];
};

type SentAgain = { readonly identity?: KeyIdentity | undefined };

export type BatchesShare = BatchesOf & { readonly partition: number };

type BatchesOf = {
  /** Record batches, magic 2, back to back. They are the engine's from now on: their offsets are
   * set in place, and they may be kept. Those of a producer are its next in that partition. */
  readonly bytes: Uint8Array;
};

/** For one share: where it is, or why it is not. */
export type ProducedShare = { readonly partition: number } & (
  | ProducedBatches
  | { readonly error: EngineError }
);

/** @returns one a share, in order.
 * @throws EngineError before anything is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION, CORRUPT_BATCH,
 *   INVALID_RECORD, RECORD_TOO_LARGE, REQUEST_TOO_LARGE, THROTTLED, KEY_REUSED, KEY_TOO_OLD; a
 *   share is told OUT_OF_ORDER_SEQUENCE, PRODUCER_FENCED, THROTTLED, UNAVAILABLE and, of unknown
 *   outcome, OUTCOME_UNKNOWN */
export async function produceShares(
  engine: Engine,
  call: Call,
  { topic: name, shares: asked, identity }: SharesToProduce,
): Promise<readonly ProducedShare[]> {
  return onTopic(engine, call, name, async (topic) => {
    const left = wholeRequest();
    const settings = appendSettings(topic.configs);
    const checked = asked.map(({ partition, bytes }) => {
      if (partition >= topic.partitions) throw unknownPartition(topic, partition);
      const batches = checkBatches(bytes, settings, engine.clock.now(), left);
      if (batches.stamp !== undefined && identity !== undefined) throw identifiedTwice();
      return { id: { topicId: topic.id, partition }, ...batches };
    });
    await passQuota(engine, call, topic, bytesIn(asked));
    const fingerprint = () => fingerprintOfShares(asked);
    const plan = await identify(engine, call, topic, { identity, fingerprint });
    const shares = checked.map((share) => ({ ...share, ...plan.stampOf(share.id.partition) }));
    const outcomes = await appendShares(engine, call, shares);
    return shares.map(({ id: { partition }, count }, at) => {
      const outcome = outcomes[at] as AppendOutcome;
      if (outcome.kind === 'failed') return { partition, error: outcome.error };
      const { kind: _, ...appended } = outcome;
      return { partition, count, ...appended };
    });
  });
}

function bytesIn(shares: readonly BatchesShare[]): number {
  return shares.reduce((sum, { bytes }) => sum + bytes.length, 0);
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
