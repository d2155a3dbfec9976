// Redriving: dead letters are put back where they came from, for their subscription alone. What is
// appended and how far the dead-letter topic was gone through are one transaction: each letter is
// put back once, however often and by however many that is asked for.

import { redriven } from '../../delivery/dead-letter.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { commitIn, freeCommitWrite, type Lease } from '../../group/lease.ts';
import { isCompacted } from '../../log/topic-configs.ts';
import type { Write } from '../../store/algebra.ts';
import { redrivenPerRequestMax, redrivenPerTransaction } from '../../trigger-limits.ts';
import { plainBatch } from '../batch-records.ts';
import { commitTransaction, type TransactionShare } from '../commit-transaction.ts';
import type { Call, Engine } from '../engine.ts';
import { hashOf } from '../fingerprint.ts';
import { leaseOf } from '../group/read-group.ts';
import { repeatableWrite } from '../retry.ts';
import type { Topic } from '../topic-cache.ts';
import {
  deadLetterPlaces,
  type FoundLetter,
  type LetterPlace,
  type Letters,
  lettersFrom,
} from './dead-letters.ts';
import type { SubscriptionAsked } from './find-subscription.ts';

export type Redriven = {
  /** Records that were put back. */
  readonly redriven: number;
  /** Whether there was nothing more to be put back. */
  readonly isDone: boolean;
};

/** @param limit records, at most redrivenPerRequestMax.
 * @throws EngineError UNKNOWN_SUBSCRIPTION, UNKNOWN_TOPIC, INVALID_FIELD: it has no dead-letter
 *   topic, or its topic is compacted; THROTTLED, UNAVAILABLE: of some it may be done; of unknown
 *   outcome, and safe to ask for again: OUTCOME_UNKNOWN */
export async function redrive(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
  limit: number = redrivenPerRequestMax,
): Promise<Redriven> {
  let done = 0;
  for await (const place of deadLetterPlaces(engine, call, asked)) {
    checkTopic(place.topic);
    for (let from = place.from; from < place.head.nextOffset; ) {
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

/** @throws EngineError INVALID_FIELD: what is put back would be the last record of its key, and
 *   what was written since would leave the log. */
function checkTopic({ name, configs }: Topic): void {
  if (!isCompacted(configs)) return;
  const message = `topic: ${name} is compacted: give its records again from an offset on instead`;
  throw new EngineError('INVALID_FIELD', message, { field: 'topic' });
}

async function putBack(
  engine: Engine,
  call: Call,
  place: LetterPlace,
  letters: Letters,
): Promise<void> {
  const { subscription, topic, deadLetterTopic, id } = place;
  const { group, life } = subscription;
  const before = await leaseOf(engine, call, group, id);
  const at = commitIn(before, life)?.offset;
  if (at !== undefined && at > letters.from) throw otherRedrive();
  const commit = { offset: letters.end, metadata: '', at: engine.clock.now() };
  const named = { id, topic: deadLetterTopic };
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
  const byPartition = Map.groupBy(found, ({ letter }) => letter.partition % topic.partitions);
  return [...byPartition].map(([partition, own]) => {
    const records = own.map(({ record }) => redriven(record, name, now));
    const id = { topicId: topic.id, partition };
    return { id, partitions: topic.partitions, ...plainBatch(records, topic, now) };
  });
}
