// What loops that wait are woken by. Who looks and then waits, without anything between, misses no
// ring.

import type { Clock } from '../host.ts';

export class Bell {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    await promise;
  }

  /** The same, and not longer than that. */
  async waitFor(clock: Clock, millis: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    await clock.sleep(millis, promise);
    this.#waiting.delete(resolve);
  }
}
