// Giving records up: they go to the dead-letter topic, and are committed, in one transaction. So
// they are there once, and the partition goes on only with that.

import { deadLetterOf } from '../../delivery/dead-letter.ts';
import { doneUpTo } from '../../delivery/progress.ts';
import { progressWrite } from '../../delivery/worker-lease.ts';
import { appendSettings } from '../../log/topic-configs.ts';
import type { LogRecord } from '../../record/record.ts';
import { batchRecords } from '../batch-records.ts';
import { commitTransaction } from '../commit-transaction.ts';
import { hashOf } from '../fingerprint.ts';
import { freshTopic } from '../topic-cache.ts';
import { advance, placeOf, type Turn, TurnLost } from './turn.ts';

export type GivenUp = {
  readonly records: readonly LogRecord[];
  /** Where they end, exclusive: past what was filtered behind the last of them. */
  readonly end: number;
  readonly attempts: number;
  readonly reason: string;
};

/** @param to the dead-letter topic's name.
 * @throws TurnLost; EngineError UNKNOWN_TOPIC, THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN */
export async function giveUp(turn: Turn, to: string, given: GivenUp): Promise<void> {
  const { engine, call, subscription, tenure, progress: before } = turn;
  const after = doneUpTo(before, given.end);
  // All of them may be filtered by now.
  if (given.records.length === 0) return advance(turn, after);
  const topic = await freshTopic(engine, call, to);
  const now = engine.clock.now();
  const { name, id: subscriptionId } = subscription;
  const cause = { subscription: name, subscriptionId, ...given, at: now };
  const letters = given.records.map((record) => deadLetterOf(record, placeOf(turn), cause));
  const settings = appendSettings(topic.configs);
  const batched = batchRecords(letters, [...letters.keys()], {
    settings,
    now,
    producer: undefined,
  });
  const id = { topicId: topic.id, partition: tenure.id.partition % topic.partitions };
  // Nobody gives up the same records twice while he has the partition.
  const what = [subscription.id, tenure.id.topicId, tenure.id.partition, tenure.fence, given.end];
  const hash = hashOf(`dead/${what.join('/')}`);
  const also = { releases: false, over: '<' } as const;
  const write = progressWrite(subscription, tenure, { before, after, now }, also);
  await commitTransaction(engine, call, {
    hash,
    fingerprint: hash,
    shares: [{ id, partitions: topic.partitions, ...batched }],
    joining: async () => [{ write, refused: () => new TurnLost() }],
  });
  turn.progress = after;
}
