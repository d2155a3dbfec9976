// Waking whoever delivers. That nobody was woken is no failure of what was done: a sweep finds it.

import { type Subscription, wakeUpFor } from '../../delivery/subscription.ts';
import type { EpochMillis } from '../../ids.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import { StoreError } from '../../store/store-error.ts';
import type { Engine } from '../engine.ts';

/** What the queues do wrong is passed over.
 * @param notBefore absent: now. */
export async function wake(
  engine: Engine,
  wakeUps: readonly WakeUp[],
  notBefore?: EpochMillis,
): Promise<void> {
  if (wakeUps.length === 0) return;
  try {
    await engine.wakeUps.send(wakeUps, notBefore);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** For all partitions of the subscription's topic. */
export function wakeAll(
  engine: Engine,
  subscription: Subscription,
  partitions: number,
): Promise<void> {
  const all = Array.from({ length: partitions }, (_, each) => wakeUpFor(subscription, each));
  return wake(engine, all);
}
