// What to ask the engine next, and when: the one place that decides how much a page that is left
// open costs. It knows neither clock nor network.
//
// - Only what is on the screen is asked for, one request at a time, whoever waited longest first.
// - Requests have a gap between them, however much there is to see: sixty topics are looked at less
//   often each, and not more often together. What was never seen goes first, with a smaller gap.
// - Where nobody looks, or nobody has done anything for a while, all of it is slower.
// - What fails is tried again after a pause that doubles, all of it: whoever refuses one look
//   refuses the next. What is refused, such as a topic that is gone, is asked for seldom: it may be
//   made anew.

/** Between two requests for what was seen before. */
export const gapMillis = 500;
/** Before one for what was not: somebody waits for it. */
export const newGapMillis = 250;
const backoffMillisMin = 2_000;
export const backoffMillisMax = 60_000;
/** Between two requests for what is refused. */
export const refusedMillis = 30_000;
const minuteMillis = 60_000;

/** How much slower: where somebody looks on, has done nothing for long, or cannot see it. */
const slowness = { watched: 1, idle: 4, hidden: 12 } as const;

export type Pace = keyof typeof slowness;

export type Outcome =
  | { readonly kind: 'seen' }
  /** It may be there later. */
  | { readonly kind: 'failed'; readonly retryAfterMillis?: number | undefined }
  /** It is not for whoever asks, unless something changes. */
  | { readonly kind: 'refused' };

export type Next =
  | { readonly kind: 'ask'; readonly key: string }
  | { readonly kind: 'wait'; readonly millis: number }
  /** Until something else happens. */
  | { readonly kind: 'rest' };

type Wanted = {
  readonly everyMillis: number;
  /** When it was asked for last; undefined: never. */
  readonly askedAt: number | undefined;
  readonly isRefused: boolean;
};

export class Poller {
  readonly #wanted = new Map<string, Wanted>();
  #pace: Pace = 'watched';
  #isPaused = false;
  #underWay: string | undefined;
  #failures = 0;
  #notBefore = 0;
  #lastAskedAt = Number.NEGATIVE_INFINITY;
  #asks: number[] = [];

  /** @param seenAt when it was seen last, by whoever remembers that. */
  want(key: string, everyMillis: number, seenAt?: number): void {
    const before = this.#wanted.get(key);
    const askedAt = before?.askedAt ?? seenAt;
    this.#wanted.set(key, { everyMillis, askedAt, isRefused: false });
  }

  drop(key: string): void {
    this.#wanted.delete(key);
  }

  goAt(pace: Pace): void {
    this.#pace = pace;
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** All of it at once, also what was refused or has failed. */
  refresh(): void {
    this.#failures = 0;
    this.#notBefore = 0;
    for (const [key, { everyMillis }] of this.#wanted) {
      this.#wanted.set(key, { everyMillis, askedAt: undefined, isRefused: false });
    }
  }

  /** One of them at once: somebody has changed it. */
  hurry(key: string): void {
    const wanted = this.#wanted.get(key);
    if (wanted !== undefined) this.#wanted.set(key, { ...wanted, askedAt: undefined });
  }

  next(now: number): Next {
    if (this.#underWay !== undefined) return { kind: 'rest' };
    let first: { readonly key: string; readonly dueAt: number } | undefined;
    for (const [key, wanted] of this.#wanted) {
      const dueAt = this.#dueAt(wanted);
      if (dueAt !== undefined && (first === undefined || dueAt < first.dueAt)) {
        first = { key, dueAt };
      }
    }
    if (first === undefined) return { kind: 'rest' };
    const { key, dueAt } = first;
    const gap = dueAt === Number.NEGATIVE_INFINITY ? newGapMillis : gapMillis;
    const millis = Math.max(dueAt, this.#lastAskedAt + gap, this.#notBefore) - now;
    return millis <= 0 ? { kind: 'ask', key } : { kind: 'wait', millis };
  }

  /** undefined: not by itself. */
  #dueAt({ everyMillis, askedAt, isRefused }: Wanted): number | undefined {
    if (askedAt === undefined) return Number.NEGATIVE_INFINITY;
    if (this.#isPaused) return undefined;
    const millis = isRefused ? Math.max(everyMillis, refusedMillis) : everyMillis;
    return askedAt + millis * slowness[this.#pace];
  }

  begin(key: string, now: number): void {
    this.#underWay = key;
    this.#lastAskedAt = now;
    const wanted = this.#wanted.get(key);
    if (wanted !== undefined) this.#wanted.set(key, { ...wanted, askedAt: now });
  }

  end(now: number, outcome: Outcome): void {
    const key = this.#underWay ?? '';
    this.#underWay = undefined;
    if (outcome.kind === 'failed') {
      const pause = Math.min(backoffMillisMin * 2 ** this.#failures, backoffMillisMax);
      this.#failures++;
      this.#notBefore = now + Math.max(pause, outcome.retryAfterMillis ?? 0);
      return;
    }
    this.#failures = 0;
    const wanted = this.#wanted.get(key);
    const isRefused = outcome.kind === 'refused';
    if (wanted !== undefined) this.#wanted.set(key, { ...wanted, isRefused });
  }

  /** Every request counts, also one that somebody has asked for himself. */
  count(now: number): void {
    this.#lastAskedAt = now;
    this.#asks.push(now);
  }

  /** Requests of the last minute. */
  perMinute(now: number): number {
    this.#asks = this.#asks.filter((at) => at > now - minuteMillis);
    return this.#asks.length;
  }
}
