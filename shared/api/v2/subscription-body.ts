// The body by which a subscription is asked for, whoever brings it, as what it asks for.

import { defaultSettings } from '../../delivery/subscription.ts';
import type { WantedSubscription } from '../../engine/delivery/ensure-subscription.ts';
import type { StartingPosition } from '../../engine/delivery/starting-positions.ts';
import type { CreateSubscriptionBody } from '../schemas/subscriptions.ts';
import { millisOf } from '../schemas/timestamp.ts';
import { checkGroupName } from './consumer-names.ts';
import { settingsAfter } from './subscription-settings.ts';
import { targetFrom } from './subscription-target.ts';

/** @param drawn a secret, for an endpoint that is given none and has none.
 * @throws EngineError INVALID_FIELD: what a schema does not see. */
export function subscriptionIn(body: CreateSubscriptionBody, drawn: string): WantedSubscription {
  const { name, topic, group, target, starting_position, ...settings } = body;
  if (typeof group === 'string') checkGroupName(group);
  return {
    name,
    topic,
    group: group ?? name,
    target: (before) => targetFrom(target, drawn, before),
    settings: settingsAfter(defaultSettings, settings),
    from: startOf(starting_position),
  };
}

/** As where Kafka's consumers begin of themselves. */
function startOf(said: CreateSubscriptionBody['starting_position']): StartingPosition {
  const place = said ?? 'latest';
  return typeof place === 'string' ? place : { timestamp: millisOf(place.timestamp) };
}
