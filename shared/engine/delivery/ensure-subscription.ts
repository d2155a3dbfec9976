// A subscription that is to be there and to be so, for those who say what they want and not what
// has changed: stacks, which ask again after a failure, and take a change back by asking for what
// was before.

import type { Subscription, SubscriptionSettings, Target } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import type { Call, Engine } from '../engine.ts';
import { changeSubscription } from './change-subscription.ts';
import { createSubscription, type SubscriptionToCreate } from './create-subscription.ts';
import { deleteSubscription } from './delete-subscription.ts';
import { findSubscription } from './find-subscription.ts';

export type WantedSubscription = Omit<SubscriptionToCreate, 'target'> & {
  /** As changeSubscription has it; undefined: there is none yet. */
  readonly target: (before?: Target) => Target;
  readonly settings: SubscriptionSettings;
};

/** What tells one from another of its name. */
export type SubscriptionIdentity = Pick<Subscription, 'name' | 'topic' | 'group'>;

/** It stays paused if it is, and goes on where it was.
 * @param owner who asks: 'known' has made it, if it is of that topic and group; 'unknown' perhaps
 *   has, in an earlier try, and else nothing of another's is changed.
 * @throws EngineError SUBSCRIPTION_EXISTS: it is another one; as createSubscription, and as
 *   changeSubscription */
export async function ensureSubscription(
  engine: Engine,
  call: Call,
  wanted: WantedSubscription,
  owner: 'known' | 'unknown',
): Promise<Subscription> {
  const { name, settings } = wanted;
  const found = await findSubscription(engine, call, name);
  if (found === undefined) {
    return createSubscription(engine, call, { ...wanted, target: wanted.target() });
  }
  const target = wanted.target(found.target);
  const isOwn = owner === 'known' || addressOf(found.target) === addressOf(target);
  if (!isSame(found, wanted) || !isOwn) throw another(name);
  return changeSubscription(engine, call, found, {
    target: wanted.target,
    settings: () => settings,
  });
}

/** Unless it is another one by now, or none: then there is nothing to do.
 * @throws EngineError THROTTLED, UNAVAILABLE; of unknown outcome, and safe to send again:
 *   OUTCOME_UNKNOWN */
export async function endSubscription(
  engine: Engine,
  call: Call,
  identity: SubscriptionIdentity,
): Promise<void> {
  const found = await findSubscription(engine, call, identity.name);
  if (found === undefined || !isSame(found, identity)) return;
  try {
    await deleteSubscription(engine, call, found);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'UNKNOWN_SUBSCRIPTION') throw error;
  }
}

function isSame(one: SubscriptionIdentity, other: SubscriptionIdentity): boolean {
  return one.topic === other.topic && one.group === other.group;
}

function addressOf(target: Target): string {
  switch (target.kind) {
    case 'lambda':
      return `lambda ${target.function}`;
    case 'sqs':
      return `sqs ${target.queueUrl}`;
    case 'https':
      return `https ${target.url}`;
  }
}

function another(name: string): EngineError {
  const message = `name: there is a subscription ${name} of another topic, group or target`;
  return new EngineError('SUBSCRIPTION_EXISTS', message, { field: 'name' });
}
