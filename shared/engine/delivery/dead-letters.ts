// Dead letters of a subscription that may yet be put back: those of its dead-letter topic, in which
// others' may stand among them, behind what was gone through.
//
// How far it was gone through is a lease of the subscription's group, on the dead-letter topic: so
// the group's lag there is what may yet be put back.

import { type DeadLetter, readDeadLetter } from '../../delivery/dead-letter.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { commitIn } from '../../group/lease.ts';
import type { PartitionId } from '../../ids.ts';
import type { Head } from '../../log/head.ts';
import { encodedRecordBytes } from '../../record/encode-batch.ts';
import type { LogRecord } from '../../record/record.ts';
import { deliveryFetchBytes, deliverySeenBytesMax } from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { fetchBelowEnd, overtaken } from '../fetch.ts';
import { leaseOf } from '../group/read-group.ts';
import { headOf } from '../heads.ts';
import { recordsOf } from '../ranges.ts';
import { freshTopic, type Topic } from '../topic-cache.ts';
import { type SubscriptionAsked, subscriptionNamed } from './find-subscription.ts';

export type FoundLetter = {
  readonly letter: DeadLetter;
  /** Of the dead-letter topic, as the record is. */
  readonly partition: number;
  readonly record: LogRecord;
};

/** What may yet be put back, oldest first in each partition.
 * @param limit letters; fewer when they are large, or behind many of others: what is looked at for
 *   one request is bounded, and redriving goes past those.
 * @throws EngineError as deadLetterPlaces */
export async function deadLettersOf(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
  limit: number,
): Promise<readonly FoundLetter[]> {
  const all: FoundLetter[] = [];
  let bytes = 0;
  for await (const place of deadLetterPlaces(engine, call, asked)) {
    for (let from = place.from; from < place.head.nextOffset; ) {
      const most = limit - all.length;
      const letters = await lettersFrom(engine, call, place, { from, most });
      all.push(...letters.found);
      bytes += letters.bytes;
      if (all.length >= limit || bytes >= deliveryFetchBytes) return all;
      from = letters.end;
    }
  }
  return all;
}

/** A partition of the dead-letter topic, and how far it was gone through. */
export type LetterPlace = {
  readonly subscription: Subscription;
  readonly topic: Topic;
  readonly deadLetterTopic: string;
  readonly id: PartitionId;
  readonly head: Head;
  readonly from: number;
};

/** @throws EngineError UNKNOWN_SUBSCRIPTION, UNKNOWN_TOPIC, INVALID_FIELD: it has no dead-letter
 *   topic; THROTTLED, UNAVAILABLE */
export async function* deadLetterPlaces(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
): AsyncGenerator<LetterPlace> {
  const subscription = await subscriptionNamed(engine, call, asked);
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
    yield { subscription, topic, deadLetterTopic, id, head, from };
  }
}

export type Letters = {
  readonly found: readonly FoundLetter[];
  readonly from: number;
  readonly end: number;
  /** Of all that was looked at. */
  readonly bytes: number;
};

/** @returns at most so many, and where to go on: past what retention has taken since it was told
 *   where they begin. */
export async function lettersFrom(
  engine: Engine,
  call: Call,
  place: LetterPlace,
  { from, most }: { readonly from: number; readonly most: number },
): Promise<Letters> {
  const { subscription, id, head } = place;
  if (from < head.logStart) return { found: [], from, end: head.logStart, bytes: 0 };
  const wanted = { offset: from, maxBytes: deliveryFetchBytes };
  const fetched = await fetchBelowEnd(engine, call, wanted, { id, head }).catch(overtaken);
  if (fetched === undefined) {
    const now = { ...place, head: await headOf(engine, call, id) };
    return lettersFrom(engine, call, now, { from, most });
  }
  const { batches, nextOffset } = fetched;
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
