// Who waits for a partition's next append in this process. A watch is opened before the head is
// read, so that no append falls between the look and the wait.

export type Watch = {
  /** Resolves at the first append announced since the watch was opened. */
  readonly arrived: Promise<void>;
  readonly close: () => void;
};

export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();
  #ended = false;

  /** Nobody waits any longer: the process is about to stop. */
  get ended(): boolean {
    return this.#ended;
  }

  watch(partitionPk: string): Watch {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(partitionPk) ?? new Set();
    waiting.add(resolve);
    this.#waiting.set(partitionPk, waiting);
    const close = () => {
      waiting.delete(resolve);
      if (waiting.size === 0 && this.#waiting.get(partitionPk) === waiting) {
        this.#waiting.delete(partitionPk);
      }
    };
    return { arrived: promise, close };
  }

  announce(partitionPk: string): void {
    const waiting = this.#waiting.get(partitionPk);
    if (waiting === undefined) return;
    this.#waiting.delete(partitionPk);
    for (const resolve of waiting) resolve();
  }

  /** Wakes all who wait, and lets nobody wait again. */
  end(): void {
    this.#ended = true;
    for (const partitionPk of [...this.#waiting.keys()]) this.announce(partitionPk);
  }
}
