// A topic that is to be there, whoever makes it: for those who want one and do not mind that others
// do, too.

import { EngineError } from '../errors.ts';
import type { Call, Engine } from './engine.ts';
import { createTopic, type TopicToCreate } from './make-topics.ts';
import { pauseBefore } from './retry.ts';
import { freshTopic, type Topic } from './topic-cache.ts';

/** One that is there is left as it is.
 * @returns it, once it may be used.
 * @throws EngineError INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_CONFIG, UNKNOWN_CONFIG,
 *   THROTTLED, UNAVAILABLE; of unknown outcome, and safe to send again: OUTCOME_UNKNOWN */
export async function ensureTopic(
  engine: Engine,
  call: Call,
  wanted: Omit<TopicToCreate, 'validateOnly'>,
): Promise<Topic> {
  for (let tries = 1; ; tries++) {
    try {
      return await createTopic(engine, call, wanted);
    } catch (error) {
      if (!isOf(error, 'TOPIC_EXISTS')) throw error;
    }
    try {
      return await freshTopic(engine, call, wanted.name);
    } catch (error) {
      // Somebody else is still making it, or has just deleted it.
      if (!isOf(error, 'UNKNOWN_TOPIC')) throw error;
    }
    const pause = pauseBefore(tries, engine.chance);
    if (engine.clock.now() + pause >= call.deadline) throw beingMade(wanted.name);
    await engine.clock.sleep(pause);
  }
}

function isOf(error: unknown, code: EngineError['code']): boolean {
  return error instanceof EngineError && error.code === code;
}

function beingMade(name: string): EngineError {
  return new EngineError('UNAVAILABLE', `topic ${name} is being made or deleted; try again`);
}
