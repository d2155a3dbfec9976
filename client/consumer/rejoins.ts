// Pauses before a member joins again. Who was not heard of for a session joins again at once. But
// no session is over soon after it began: a group that gives up each member that joins is joined in
// pauses that grow, or the two would keep each other busy for ever.

import { abortOf } from '../aborts.ts';
import type { Host } from '../host.ts';
import { pauseBeforeRetry } from '../retry.ts';
import type { ConsumerSettings } from './options.ts';

export class Rejoins {
  readonly #settings: Pick<ConsumerSettings, 'retry' | 'sessionMillis'>;
  readonly #host: Pick<Host, 'clock' | 'chance'>;
  #joinedAt = Number.NEGATIVE_INFINITY;
  /** How often in a row it was gone soon. */
  #gone = 0;

  constructor(
    settings: Pick<ConsumerSettings, 'retry' | 'sessionMillis'>,
    host: Pick<Host, 'clock' | 'chance'>,
  ) {
    this.#settings = settings;
    this.#host = host;
  }

  /** It is about to join. @throws what the signal was aborted with */
  async rest(signal: AbortSignal): Promise<void> {
    const { clock, chance } = this.#host;
    if (this.#gone > 0) {
      const pause = { tries: this.#gone, drawn: chance.fraction() };
      const over = abortOf(signal);
      await clock.sleep(pauseBeforeRetry(this.#settings.retry, pause), over.promise);
      over.close();
      signal.throwIfAborted();
    }
    this.#joinedAt = clock.now();
  }

  /** The group has given the member up. */
  noteGone(): void {
    const isSoon = this.#host.clock.now() - this.#joinedAt < this.#settings.sessionMillis;
    this.#gone = isSoon ? this.#gone + 1 : 0;
  }
}
