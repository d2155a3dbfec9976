// What a subscription may say, beyond the form of its fields.

import type { SubscriptionSettings } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { isCompacted } from '../../log/topic-configs.ts';
import { topicNameFault } from '../../log/topic-name.ts';
import type { Call, Engine } from '../engine.ts';
import { findTopic } from '../topic-cache.ts';

/** Records are only given up where there is a place for them: nothing is lost.
 * @throws EngineError UNKNOWN_TOPIC, INVALID_FIELD */
export async function checkDeadLetterTopic(
  engine: Engine,
  call: Call,
  { topic, settings }: { readonly topic: string; readonly settings: SubscriptionSettings },
): Promise<void> {
  const { deadLetterTopic, attemptsMax, ageMillisMax } = settings;
  const field = 'dead_letter_topic';
  if (deadLetterTopic === undefined) {
    if (attemptsMax === undefined && ageMillisMax === undefined) return;
    const message = `${field}: is required where records may be given up`;
    throw new EngineError('INVALID_FIELD', message, { field });
  }
  if (deadLetterTopic === topic) {
    throw new EngineError('INVALID_FIELD', `${field}: must be another topic`, { field });
  }
  const fault = topicNameFault(deadLetterTopic);
  if (fault !== undefined) {
    throw new EngineError('UNKNOWN_TOPIC', `${field}: a name ${fault}`, { field });
  }
  const found = await findTopic(engine, call, deadLetterTopic);
  if (found?.state !== 'live') {
    const message = `${field}: topic ${deadLetterTopic} does not exist`;
    throw new EngineError('UNKNOWN_TOPIC', message, { field });
  }
  if (!isCompacted(found.configs)) return;
  // A letter would take the place of those before it that have its key.
  const message = `${field}: must be a topic that is not compacted`;
  throw new EngineError('INVALID_FIELD', message, { field });
}
