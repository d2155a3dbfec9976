// Work that no answer waits for. A server lets it run; a function awaits it before it returns,
// since a frozen process finishes nothing. It handles what the world does to it itself: a rejection
// here is a fault of ours, and crashes.

export class Background {
  readonly #running = new Set<Promise<void>>();

  run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
