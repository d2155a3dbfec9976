// Time that passes only when everyone waits: what is due happens in the order of its time, and of
// its being asked for when those are equal. A run of hours takes as long as its steps.

import type { Clock } from '../../shared/engine/environment.ts';
import type { EpochMillis } from '../../shared/ids.ts';

/** What is to happen at a time. Cancelled, it has no act, and no time passes for it. */
export type Timer = { readonly at: number; readonly order: number; act: (() => void) | undefined };

export class VirtualTime implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap, the next to happen first. */
  readonly #timers: Timer[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): EpochMillis {
    return Math.floor(this.#now) as EpochMillis;
  }

  after(millis: number, act: () => void): Timer {
    const timer: Timer = { at: this.#now + Math.max(millis, 0), order: this.#order++, act };
    this.#push(timer);
    return timer;
  }

  cancel(timer: Timer): void {
    timer.act = undefined;
  }

  sleep(millis: number, wake?: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.after(millis, resolve);
    wake?.then(() => {
      this.cancel(timer);
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
    // Node takes from its ticks only when no promise is left that could go on. Before the first of
    // them it may be otherwise, since a program may call this outside of any promise.
    await undefined;
    for (;;) {
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (settled) return work;
      const next = this.#nextTimer();
      if (next === undefined) throw new Error('everyone waits and nobody sleeps');
      this.#now = Math.max(this.#now, next.at);
      next.act?.();
    }
  }

  #nextTimer(): Timer | undefined {
    let next = this.#pop();
    while (next !== undefined && next.act === undefined) next = this.#pop();
    return next;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at] as Timer, heap[parent] as Timer)) break;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#timers;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      for (const child of [left, right]) {
        const other = heap[child];
        if (other !== undefined && isBefore(other, heap[least] as Timer)) least = child;
      }
      if (least === at) return first;
      swap(heap, at, least);
      at = least;
    }
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function swap(heap: Timer[], one: number, other: number): void {
  const moved = heap[one] as Timer;
  heap[one] = heap[other] as Timer;
  heap[other] = moved;
}
