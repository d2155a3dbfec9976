// Pauses of what works in the background, which all end when the process is about to stop. Each
// has a promise of its own to be woken by: whatever waits on a promise is kept in memory as long as
// that promise, so one that lives as long as the process would keep every pause there ever was.

import type { Clock } from '../shared/engine/environment.ts';

export class Pauses {
  readonly #clock: Clock;
  readonly #wakes = new Set<() => void>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody pauses any longer. */
  get ended(): boolean {
    return this.#ended;
  }

  async pause(millis: number): Promise<void> {
    if (this.#ended) return;
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    this.#wakes.add(wake);
    await this.#clock.sleep(millis, woken);
    this.#wakes.delete(wake);
  }

  end(): void {
    this.#ended = true;
    for (const wake of this.#wakes) wake();
  }
}
