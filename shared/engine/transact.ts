// One-shot transactions: records for many partitions of any topics, committed all or none by one
// write of the table. Nothing of one is seen before, so readers need no filter and nothing hangs.

import { EngineError } from '../errors.ts';
import { transactItemsMax } from '../limits.ts';
import { topicNameFault } from '../log/topic-name.ts';
import { commitTransaction } from './commit-transaction.ts';
import type { Call, Engine } from './engine.ts';
import { fingerprintOfRecords, hashOf } from './fingerprint.ts';
import { offsetWrites, type TransactionOffsets } from './group/transaction-offsets.ts';
import { type KeyIdentity, type Plan, plannedByKey, plannedByProducer } from './identify.ts';
import { invalidField } from './identity-errors.ts';
import { noteAppends } from './note-appends.ts';
import { onTopics } from './on-topic.ts';
import { bytesOf, passQuotas } from './producer-quota.ts';
import {
  checkCount,
  entriesOf,
  type ProducedEntry,
  type RecordsShare,
  type RecordToProduce,
  recordFault,
  sharesByPartition,
} from './records-by-partition.ts';
import type { Topic } from './topic-cache.ts';

export type Transaction = {
  readonly records: readonly (RecordToProduce & { readonly topic: string })[];
  readonly identity: TransactionIdentity;
  /** Of what a group's member read for it. */
  readonly offsets?: TransactionOffsets;
};

export type TransactionIdentity =
  | {
      readonly producer: {
        readonly id: number;
        readonly epoch: number;
        /** By topic, by partition: the sequence of the first record that goes there. */
        readonly sequences: ReadonlyMap<string, ReadonlyMap<number, number>>;
      };
    }
  | KeyIdentity;

/** @returns one entry a record, in order: all of them are stored.
 * @throws EngineError of which nothing is stored: UNKNOWN_TOPIC, UNKNOWN_PARTITION,
 *   RECORD_TOO_LARGE, INVALID_RECORD, INVALID_FIELD, REQUEST_TOO_LARGE, THROTTLED, UNAVAILABLE,
 *   OUT_OF_ORDER_SEQUENCE, PRODUCER_FENCED, KEY_REUSED, and of offsets UNKNOWN_INSTANCE,
 *   ILLEGAL_GENERATION, ILLEGAL_STATE; of unknown outcome: OUTCOME_UNKNOWN */
export async function transact(
  engine: Engine,
  call: Call,
  { records, identity, offsets }: Transaction,
): Promise<readonly ProducedEntry[]> {
  checkCount(records);
  const byTopic = Map.groupBy(
    records.keys(),
    (index) => (records[index] as { topic: string }).topic,
  );
  const names = [...byTopic.keys()];
  checkTopics(names);
  return onTopics(engine, call, names, async (topics) => {
    const shares = topics.flatMap((topic) => {
      const indexes = byTopic.get(topic.name) as readonly number[];
      for (const index of indexes) {
        const record = records[index] as RecordToProduce;
        const fault = recordFault(topic, record, `records[${index}]`);
        if (fault !== undefined) throw fault;
      }
      const plan = planFor(engine, topic, identity);
      const own = sharesByPartition(topic, { records, indexes }, plan);
      return own.map((share) => ({ ...share, partitions: topic.partitions }));
    });
    checkReach(shares, offsets);
    checkSequences(names, identity);
    await passQuotas(
      engine,
      call,
      topics.map((topic) => {
        const own = byTopic.get(topic.name) as readonly number[];
        return { topic, bytes: bytesOf(own.map((index) => records[index] as RecordToProduce)) };
      }),
    );
    const joining = async () => (offsets ? offsetWrites(engine, call, offsets) : []);
    const asked = { ...namesOf({ records, identity, offsets }, shares), shares, joining };
    const outcomes = await commitTransaction(engine, call, asked);
    noteAppends(call.tally, shares, outcomes);
    return entriesOf(records.length, shares, outcomes);
  });
}

function planFor(engine: Engine, topic: Topic, identity: TransactionIdentity): Plan {
  const now = engine.clock.now();
  const { partitions } = topic;
  if ('key' in identity) return { ...plannedByKey(identity.key, partitions), now };
  const { sequences, ...producer } = identity.producer;
  const own = sequences.get(topic.name) ?? new Map();
  return { ...plannedByProducer({ ...producer, sequences: own }), partitions, now };
}

/** What tells the transaction from others, and what it asks for. A producer's is told by its
 * sequences, which it never uses for anything else. */
function namesOf(
  {
    records,
    identity,
    offsets,
  }: Pick<Transaction, 'records' | 'identity'> & {
    readonly offsets: TransactionOffsets | undefined;
  },
  shares: readonly RecordsShare[],
) {
  const withOffsets = (fingerprint: string) =>
    offsets === undefined ? fingerprint : hashOf(fingerprint + JSON.stringify(offsets));
  if ('key' in identity) {
    const hash = hashOf(`key/${identity.key}`);
    return { hash, fingerprint: withOffsets(fingerprintOfRecords(records)) };
  }
  const { id, epoch } = identity.producer;
  const places = shares.map(({ id: { topicId, partition }, stamp, count }) =>
    [topicId, partition, stamp?.sequence, count].join('/'),
  );
  const hash = hashOf(`producer/${id}/${epoch}/${places.sort().join(' ')}`);
  return { hash, fingerprint: withOffsets(hash) };
}

/** Beside its heads a transaction writes its own item. */
const headsMax = transactItemsMax - 1;

/** Before any of them is looked for.
 * @throws EngineError REQUEST_TOO_LARGE, UNKNOWN_TOPIC: one is no name that a topic can have. */
function checkTopics(names: readonly string[]): void {
  if (names.length > headsMax) throw tooManyHeads(names.length, 'topics');
  const field = 'records';
  for (const name of names) {
    const fault = topicNameFault(name);
    if (fault !== undefined) {
      throw new EngineError('UNKNOWN_TOPIC', `${field}: a topic's name ${fault}`, { field });
    }
  }
}

/** @throws EngineError REQUEST_TOO_LARGE */
function checkReach(
  { length }: readonly RecordsShare[],
  offsets: TransactionOffsets | undefined,
): void {
  const leases = offsets?.offsets.length ?? 0;
  if (length + leases <= headsMax) return;
  const what = leases === 0 ? 'partitions' : `partitions, with ${leases} offsets`;
  throw tooManyHeads(length, what);
}

function tooManyHeads(count: number, of: string): EngineError {
  const message = `records: they go to ${count} ${of}, and ${headsMax} is the most`;
  return new EngineError('REQUEST_TOO_LARGE', message, { field: 'records', limit: headsMax });
}

/** @throws EngineError INVALID_FIELD: one is of a topic that no record goes to. */
function checkSequences(names: readonly string[], identity: TransactionIdentity): void {
  if ('key' in identity) return;
  if ([...identity.producer.sequences.keys()].every((name) => names.includes(name))) return;
  throw invalidField('sequences', 'one is of a topic that no record goes to');
}
