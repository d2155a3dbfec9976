// Whether a consumer that has crashed starts again, and when: pauses grow from crash to crash until
// it has lived for as long as the longest of them.

import type { AsyncLocalStorage } from 'node:async_hooks';
import { SluiceError } from '../errors.ts';
import type { Chance } from '../host.ts';
import { pauseBeforeRetry } from '../retry.ts';
import type { InHand } from './held-partition.ts';
import type { ConsumerSettings } from './options.ts';

export type RestartsParts = {
  readonly settings: Pick<ConsumerSettings, 'retry' | 'restartOnFailure'>;
  readonly chance: Chance;
  /** What the caller's own is called within. */
  readonly calls: AsyncLocalStorage<InHand>;
};

export class Restarts {
  readonly #parts: RestartsParts;
  /** One soon after the other. */
  #crashes = 0;

  constructor(parts: RestartsParts) {
    this.#parts = parts;
  }

  /** @returns whether a start may help, and who is asked does not refuse. */
  async mayFollow(failure: Error): Promise<boolean> {
    if (!(failure instanceof SluiceError) || !mayPass(failure)) return false;
    const { settings, calls } = this.#parts;
    const call = { isInHand: true };
    // Who cannot say is taken for a yes, as in kafkajs.
    try {
      return await calls.run(call, () => settings.restartOnFailure(failure));
    } catch {
      return true;
    } finally {
      call.isInHand = false;
    }
  }

  /** Milliseconds until the next start. @param livedMillis from the last one to the crash. */
  pauseAfter(failure: Error, livedMillis: number): number {
    const { settings, chance } = this.#parts;
    this.#crashes = livedMillis < settings.retry.maxRetryTime ? this.#crashes + 1 : 1;
    return pauseBeforeRetry(settings.retry, {
      tries: this.#crashes,
      drawn: chance.fraction(),
      leastMillis: failure instanceof SluiceError ? failure.retryAfterMillis : undefined,
    });
  }
}

/** Rights and groups change, and what is wrong with the engine is mended while a consumer waits. A
 * request that makes no sense, or that nobody knows there, never will. */
function mayPass({ retriable, status, code }: SluiceError): boolean {
  if (retriable || status === 401 || status === 403 || status === 409) return true;
  return status >= 500 || (status === 404 && code !== status);
}
