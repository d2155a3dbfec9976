// Seeking: a subscription's group is reset, whether somebody delivers or not. Who does is fenced by
// it, and what was given meanwhile may be given again.

import type { Subscription } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { conflictTriesMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { type GroupReset, type ResetOffset, resetGroup } from '../group/reset-group.ts';
import { pauseBefore } from '../retry.ts';
import { freshTopic } from '../topic-cache.ts';
import { type SubscriptionAsked, subscriptionNamed } from './find-subscription.ts';
import { wakeAll } from './wake.ts';

/** @throws EngineError UNKNOWN_SUBSCRIPTION, UNKNOWN_TOPIC: its topic was deleted;
 *   UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE; of unknown outcome, and safe to send again:
 *   OUTCOME_UNKNOWN */
export async function seekSubscription(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
  to: Pick<GroupReset, 'partition' | 'to'>,
): Promise<readonly ResetOffset[]> {
  const subscription = await subscriptionNamed(engine, call, asked);
  const { partitions } = await freshTopic(engine, call, subscription.topic);
  try {
    return await resetWhileDelivering(engine, call, subscription, to);
  } finally {
    // One that was paused may have been resumed meanwhile; and of a reset that fails some may be
    // done.
    await wakeAll(engine, subscription, partitions);
  }
}

async function resetWhileDelivering(
  engine: Engine,
  call: Call,
  { name: subscription, group, topic }: Subscription,
  to: Pick<GroupReset, 'partition' | 'to'>,
): Promise<readonly ResetOffset[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await resetGroup(engine, call, { ...to, group, subscription, topic });
    } catch (error) {
      // Somebody has taken a partition between the look and the write.
      const isTaken = error instanceof EngineError && error.code === 'GROUP_NOT_EMPTY';
      if (!isTaken) throw error;
      if (tries >= conflictTriesMax) throw takenAgain();
      await engine.clock.sleep(pauseBefore(tries, engine.chance));
    }
  }
}

function takenAgain(): EngineError {
  return new EngineError('UNAVAILABLE', 'somebody takes its partitions meanwhile; try again');
}
