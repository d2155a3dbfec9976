// Who waits in this process for a partition's next append, or for a group's change. A watch is
// opened before the head is read, so that no append falls between the look and the wait.

export type Watch = {
  /** Resolves at the first that is announced since the watch was opened. */
  readonly arrived: Promise<void>;
  readonly hasArrived: () => boolean;
  readonly close: () => void;
};

export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();
  #ended = false;

  /** Nobody waits any longer: the process is about to stop. */
  get ended(): boolean {
    return this.#ended;
  }

  watch(pk: string): Watch {
    const { promise, resolve } = Promise.withResolvers<void>();
    let hasArrived = false;
    const arrive = () => {
      hasArrived = true;
      resolve();
    };
    const waiting = this.#waiting.get(pk) ?? new Set();
    waiting.add(arrive);
    this.#waiting.set(pk, waiting);
    const close = () => {
      waiting.delete(arrive);
      if (waiting.size === 0 && this.#waiting.get(pk) === waiting) this.#waiting.delete(pk);
    };
    return { arrived: promise, hasArrived: () => hasArrived, close };
  }

  announce(pk: string): void {
    const waiting = this.#waiting.get(pk);
    if (waiting === undefined) return;
    this.#waiting.delete(pk);
    for (const resolve of waiting) resolve();
  }

  /** Wakes all who wait, and lets nobody wait again. */
  end(): void {
    this.#ended = true;
    for (const pk of [...this.#waiting.keys()]) this.announce(pk);
  }
}
