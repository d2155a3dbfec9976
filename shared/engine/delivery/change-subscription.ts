// Pausing, resuming and changing a subscription: one transaction of its item and its route, on
// condition that it is as it was read. Whoever delivers reads it before a turn and each second of
// it: a delivery that is under way then ends as it began.

import type {
  Subscription,
  SubscriptionSettings,
  SubscriptionState,
  Target,
} from '../../delivery/subscription.ts';
import { replaceWrite, routeWrite } from '../../delivery/subscription-items.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatableTransaction } from '../retry.ts';
import { findTopic } from '../topic-cache.ts';
import { untilDone } from '../until-done.ts';
import { type SubscriptionAsked, subscriptionNamed } from './find-subscription.ts';
import { followTopic } from './follow-topic.ts';
import { checkDeadLetterTopic } from './subscription-checks.ts';
import { wakeAll } from './wake.ts';

export type SubscriptionChange = {
  readonly state?: SubscriptionState;
  /** As it is then. It may be asked of its own answer, which it must leave as it is.
   * @throws EngineError */
  readonly target?: (before: Target) => Target;
  /** As they are then, likewise. @throws EngineError */
  readonly settings?: (before: SubscriptionSettings) => SubscriptionSettings;
};

/** @returns it as it is then.
 * @throws EngineError UNKNOWN_SUBSCRIPTION, UNKNOWN_TOPIC, INVALID_FIELD, THROTTLED, UNAVAILABLE;
 *   of unknown outcome, and safe to send again: OUTCOME_UNKNOWN */
export async function changeSubscription(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
  change: SubscriptionChange,
): Promise<Subscription> {
  return untilDone(engine, async () => {
    const before = await subscriptionNamed(engine, call, asked);
    const { state = before.state } = change;
    const target = change.target?.(before.target) ?? before.target;
    const settings = change.settings?.(before.settings) ?? before.settings;
    if (change.settings !== undefined) {
      await checkDeadLetterTopic(engine, call, { topic: before.topic, settings });
    }
    const topic = await findTopic(engine, call, before.topic);
    const partitions = topic?.id === before.topicId ? topic.partitions : 0;
    // While it was paused the last of the others may have taken the marks with it.
    const resumes = state === 'running' && before.state !== state;
    if (resumes) await followTopic(engine, call, { topicId: before.topicId, partitions });
    const after = { ...before, state, target, settings, version: before.version + 1 };
    const writes = [replaceWrite(before, after), routeWrite(after)];
    const { result, maybeDone } = await repeatableTransaction(engine, call, writes);
    if (result.kind !== 'done') return { maybeDone };
    if (state === 'running') await wakeAll(engine, after, partitions);
    return { answer: after };
  });
}
