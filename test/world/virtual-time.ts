// Time that passes only when everyone waits: sleepers wake in the order of their times, and of
// their going to sleep when those are equal. A run of hours takes as long as its steps.

import type { Clock } from '../../shared/engine/environment.ts';
import type { EpochMillis } from '../../shared/ids.ts';

type Sleeper = {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
  awake: boolean;
};

export class VirtualTime implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap, the next to wake first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): EpochMillis {
    return Math.floor(this.#now) as EpochMillis;
  }

  sleep(millis: number, wake?: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const at = this.#now + Math.max(millis, 0);
    const sleeper: Sleeper = { at, order: this.#order++, wake: resolve, awake: false };
    this.#push(sleeper);
    wake?.then(() => {
      sleeper.awake = true;
      resolve();
    });
    return promise;
  }

  turn(): Promise<void> {
    return this.sleep(0);
  }

  /** Lets time pass until the work is settled. */
  async run<Answer>(work: Promise<Answer>): Promise<Answer> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    work.then(settle, settle);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return work;
      let next = this.#pop();
      while (next?.awake) next = this.#pop();
      if (next === undefined) throw new Error('everyone waits and nobody sleeps');
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at] as Sleeper, heap[parent] as Sleeper)) break;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): Sleeper | undefined {
    const heap = this.#sleepers;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      for (const child of [left, right]) {
        const other = heap[child];
        if (other !== undefined && isBefore(other, heap[least] as Sleeper)) least = child;
      }
      if (least === at) return first;
      swap(heap, at, least);
      at = least;
    }
  }
}

function isBefore(one: Sleeper, other: Sleeper): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function swap(heap: Sleeper[], one: number, other: number): void {
  const moved = heap[one] as Sleeper;
  heap[one] = heap[other] as Sleeper;
  heap[other] = moved;
}
