// The subscription that a sample has: to a function, with what is set where nobody says otherwise.

import { defaultSettings } from '../shared/delivery/subscription.ts';
import { createSubscription } from '../shared/engine/delivery/create-subscription.ts';
import type { Fleet } from './fleet.ts';

/** @param name of the subscription, its group and its function. */
export async function subscribe(functions: Fleet, topic: string, name: string): Promise<void> {
  await functions.invoke((engine, call) =>
    createSubscription(engine, call, {
      name,
      topic,
      group: name,
      target: { kind: 'lambda', function: name },
      settings: defaultSettings,
      from: 'latest',
    }),
  );
}
