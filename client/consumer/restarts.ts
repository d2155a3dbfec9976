// Whether a consumer that has crashed starts again, and when.

import type { AsyncLocalStorage } from 'node:async_hooks';
import { SluiceError } from '../errors.ts';
import type { InHand } from './held-partition.ts';
import type { ConsumerSettings } from './options.ts';

/** @param calls what the caller's own is called within.
 * @returns whether it may help, and who was asked does not refuse. */
export async function mayRestart(
  failure: Error,
  { restartOnFailure }: ConsumerSettings,
  calls: AsyncLocalStorage<InHand>,
): Promise<boolean> {
  if (!(failure instanceof SluiceError) || !failure.retriable) return false;
  const call = { isInHand: true };
  // Who cannot say is taken for a yes, as in kafkajs.
  try {
    return await calls.run(call, () => restartOnFailure(failure));
  } catch {
    return true;
  } finally {
    call.isInHand = false;
  }
}
