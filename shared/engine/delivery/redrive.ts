// Redriving: dead letters are put back where they came from, for their subscription alone. What is
// appended and how far the dead-letter topic was gone through are one transaction: each letter is
// put back once, however often and by however many that is asked for.
//
// How far it was gone through is a lease of the subscription's group, on the dead-letter topic: so
// the group's lag there is what may yet be put back.

import { type DeadLetter, readDeadLetter, redriven } from '../../delivery/dead-letter.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { commitIn, freeCommitWrite, type Lease } from '../../group/lease.ts';
import type { PartitionId } from '../../ids.ts';
import { appendSettings } from '../../log/topic-configs.ts';
import { encodedRecordBytes } from '../../record/encode-batch.ts';
import type { LogRecord } from '../../record/record.ts';
import type { Write } from '../../store/algebra.ts';
import {
  deliveryFetchBytes,
  deliverySeenBytesMax,
  redrivenPerRequestMax,
  redrivenPerTransaction,
} from '../../trigger-limits.ts';
import { batchRecords } from '../batch-records.ts';
import { commitTransaction, type TransactionShare } from '../commit-transaction.ts';
import type { Call, Engine } from '../engine.ts';
import { fetchBelowEnd } from '../fetch.ts';
import { hashOf } from '../fingerprint.ts';
import { leaseOf } from '../group/read-group.ts';
import { headOf } from '../heads.ts';
import { recordsOf } from '../ranges.ts';
import { repeatableWrite } from '../retry.ts';
import { freshTopic, type Topic } from '../topic-cache.ts';
import { subscriptionNamed } from './find-subscription.ts';

export type Redriven = {
  /** Records that were put back. */
  readonly redriven: number;
  /** Whether there was nothing more to be put back. */
  readonly isDone: boolean;
};

/** @param limit records, at most redrivenPerRequestMax.
 * @throws EngineError UNKNOWN_SUBSCRIPTION, UNKNOWN_TOPIC, INVALID_FIELD: it has no dead-letter
 *   topic; THROTTLED, UNAVAILABLE: of some it may be done; of unknown outcome, and safe to ask for
 *   again: OUTCOME_UNKNOWN */
export async function redrive(
  engine: Engine,
  call: Call,
  name: string,
  limit: number = redrivenPerRequestMax,
): Promise<Redriven> {
  let done = 0;
  for await (const place of deadLetterPlaces(engine, call, name)) {
    for (let from = place.from; from < place.end; ) {
      if (done >= limit) return { redriven: done, isDone: false };
      const most = Math.min(redrivenPerTransaction, limit - done);
      const letters = await lettersFrom(engine, call, place, { from, most });
      await putBack(engine, call, place, letters);
      done += letters.found.length;
      from = letters.end;
    }
  }
  return { redriven: done, isDone: true };
}

export type FoundLetter = {
  readonly letter: DeadLetter;
  /** Of the dead-letter topic, as the record is. */
  readonly partition: number;
  readonly record: LogRecord;
};

/** What may yet be put back, oldest first in each partition.
 * @param limit letters; fewer when they are large, or behind many of others: what is looked at for
 *   one request is bounded, and redriving goes past those.
 * @throws EngineError as redrive */
export async function deadLettersOf(
  engine: Engine,
  call: Call,
  name: string,
  limit: number,
): Promise<readonly FoundLetter[]> {
  const all: FoundLetter[] = [];
  let bytes = 0;
  for await (const place of deadLetterPlaces(engine, call, name)) {
    for (let from = place.from; from < place.end && all.length < limit; ) {
      if (bytes >= deliveryFetchBytes) return all;
      const most = limit - all.length;
      const letters = await lettersFrom(engine, call, place, { from, most });
      all.push(...letters.found);
      bytes += letters.bytes;
      from = letters.end;
    }
  }
  return all;
}

/** A partition of the dead-letter topic, and how far it was gone through. */
type LetterPlace = {
  readonly subscription: Subscription;
  readonly topic: Topic;
  readonly id: PartitionId;
  readonly from: number;
  readonly end: number;
};

async function* deadLetterPlaces(
  engine: Engine,
  call: Call,
  name: string,
): AsyncGenerator<LetterPlace> {
  const subscription = await subscriptionNamed(engine, call, name);
  const { deadLetterTopic } = subscription.settings;
  if (deadLetterTopic === undefined) {
    const field = 'dead_letter_topic';
    throw new EngineError('INVALID_FIELD', `${field}: the subscription has none`, { field });
  }
  const [topic, letters] = await Promise.all([
    freshTopic(engine, call, subscription.topic),
    freshTopic(engine, call, deadLetterTopic),
  ]);
  for (let partition = 0; partition < letters.partitions; partition++) {
    const id = { topicId: letters.id, partition };
    const [head, lease] = await Promise.all([
      headOf(engine, call, id),
      leaseOf(engine, call, subscription.group, id),
    ]);
    const committed = commitIn(lease, subscription.life)?.offset ?? 0;
    const from = Math.max(committed, head.logStart);
    yield { subscription, topic, id, from, end: head.nextOffset };
  }
}

type Letters = {
  readonly found: readonly FoundLetter[];
  readonly from: number;
  readonly end: number;
  /** Of all that was looked at. */
  readonly bytes: number;
};

/** @returns at most so many, and where to go on. */
async function lettersFrom(
  engine: Engine,
  call: Call,
  { subscription, id }: LetterPlace,
  { from, most }: { readonly from: number; readonly most: number },
): Promise<Letters> {
  const head = await headOf(engine, call, id);
  const wanted = { offset: from, maxBytes: deliveryFetchBytes };
  const { batches, nextOffset } = await fetchBelowEnd(engine, call, wanted, { id, head });
  const found: FoundLetter[] = [];
  let bytes = 0;
  for (const record of recordsOf(batches)) {
    if (record.offset < from) continue;
    if (bytes >= deliverySeenBytesMax) return { found, from, end: record.offset, bytes };
    const letter = readDeadLetter(record);
    const isOwn = letter?.subscriptionId === subscription.id && letter.topic === subscription.topic;
    if (isOwn && found.length >= most) return { found, from, end: record.offset, bytes };
    bytes += encodedRecordBytes(record);
    if (isOwn) found.push({ letter, partition: id.partition, record });
  }
  return { found, from, end: nextOffset, bytes };
}

async function putBack(
  engine: Engine,
  call: Call,
  place: LetterPlace,
  letters: Letters,
): Promise<void> {
  const { subscription, topic, id } = place;
  const { group, life, settings } = subscription;
  const before = await leaseOf(engine, call, group, id);
  const at = commitIn(before, life)?.offset;
  if (at !== undefined && at > letters.from) throw otherRedrive();
  const commit = { offset: letters.end, metadata: '', at: engine.clock.now() };
  const named = { id, topic: settings.deadLetterTopic as string };
  const asked = { commit, mayFall: false };
  const write = freeCommitWrite({ name: group, life }, named, before, asked);
  if (letters.found.length === 0) {
    await repeatableWrite(engine, call, write);
    return;
  }
  await commitTransaction(engine, call, {
    ...namesOf(place, letters, before),
    shares: sharesOf(engine, topic, subscription, letters.found),
    joining: async () => [joining(write)],
  });
}

function joining(write: Write) {
  return { write, refused: otherRedrive };
}

function otherRedrive(): EngineError {
  return new EngineError('UNAVAILABLE', 'somebody else puts them back, too; try again');
}

/** A lease that was written is another one. */
function namesOf({ subscription, id }: LetterPlace, { end }: Letters, before?: Lease) {
  const lease = [before?.fence ?? 0, before?.life ?? ''];
  const what = [subscription.id, id.topicId, id.partition, end, ...lease];
  const hash = hashOf(`redrive/${what.join('/')}`);
  return { hash, fingerprint: hash };
}

/** Each to the partition that it came from. */
function sharesOf(
  engine: Engine,
  topic: Topic,
  { name }: Subscription,
  found: readonly FoundLetter[],
): readonly TransactionShare[] {
  const now = engine.clock.now();
  const settings = appendSettings(topic.configs);
  const byPartition = Map.groupBy(found, ({ letter }) => letter.partition % topic.partitions);
  return [...byPartition].map(([partition, own]) => {
    const records = own.map(({ record }) => redriven(record, name, now));
    const batching = { settings, now, producer: undefined };
    const batched = batchRecords(records, [...records.keys()], batching);
    return { id: { topicId: topic.id, partition }, partitions: topic.partitions, ...batched };
  });
}
