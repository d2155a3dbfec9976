// Giving records up: they go to the dead-letter topic, and are committed, in one transaction. So
// they are there once, and the partition goes on only with that.

import { assert } from '../../assert.ts';
import { deadLetterOf } from '../../delivery/dead-letter.ts';
import { doneUpTo } from '../../delivery/progress.ts';
import { progressWrite } from '../../delivery/worker-lease.ts';
import type { LogRecord } from '../../record/record.ts';
import { plainBatch } from '../batch-records.ts';
import { commitTransaction } from '../commit-transaction.ts';
import { hashOf } from '../fingerprint.ts';
import { freshTopic } from '../topic-cache.ts';
import { placeOf, type Turn, TurnLost } from './turn.ts';

export type GivenUp = {
  /** At least one. */
  readonly records: readonly LogRecord[];
  /** Where they end, exclusive: past what was filtered behind the last of them. */
  readonly end: number;
  readonly attempts: number;
  readonly reason: string;
};

/** Of a subscription that has a dead-letter topic.
 * @throws TurnLost; EngineError UNKNOWN_TOPIC, THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN */
export async function giveUp(
  turn: Turn,
  { records, end, attempts, reason }: GivenUp,
): Promise<void> {
  const { engine, call, subscription, tenure, progress: before } = turn;
  const { name, id: subscriptionId, settings } = subscription;
  assert(settings.deadLetterTopic !== undefined, 'what is given up has a place');
  const topic = await freshTopic(engine, call, settings.deadLetterTopic);
  const now = engine.clock.now();
  const cause = { subscription: name, subscriptionId, attempts, reason, at: now };
  const letters = records.map((record) => deadLetterOf(record, placeOf(turn), cause));
  const id = { topicId: topic.id, partition: tenure.id.partition % topic.partitions };
  // Nobody gives up the same records twice while he has the partition.
  const what = [subscriptionId, tenure.id.topicId, tenure.id.partition, tenure.fence, end];
  const hash = hashOf(`dead/${what.join('/')}`);
  const after = doneUpTo(before, end);
  const also = { releases: false, over: '<' } as const;
  const write = progressWrite(subscription, tenure, { before, after, now }, also);
  await commitTransaction(engine, call, {
    hash,
    fingerprint: hash,
    shares: [{ id, partitions: topic.partitions, ...plainBatch(letters, topic, now) }],
    joining: async () => [{ write, refused: () => new TurnLost() }],
  });
  turn.progress = after;
}
