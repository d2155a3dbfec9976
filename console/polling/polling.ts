// Looks: what the page shows of the engine, asked for again and again while it is on the screen, as
// the poller says (poller.ts). Whoever shows the same thing twice has it asked for once.

import { type Signal, signal } from '@preact/signals';
import { type Api, Refusal } from '../engine/api.ts';
import { type Outcome, type Pace, Poller } from './poller.ts';
import type { Seen } from './seen.ts';

export type PollingState = {
  readonly isPaused: boolean;
  readonly pace: Pace;
  readonly perMinute: number;
  /** Why nothing is seen at present. */
  readonly failure: string | undefined;
};

/** What it needs of the page's host. */
export type PollingHost = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** @returns what calls it off. */
  readonly after: (millis: number, run: () => void) => () => void;
  readonly onPace: (told: (pace: Pace) => void) => void;
};

/** Between looks at how many requests the last minute had. */
const tellMillis = 5_000;

/** After which a request that is not answered is told of: it will not be given up for long. */
const slowMillis = 5_000;

/** What is kept of what is on the screen no more: a page that is come back to is there at once. */
const looksMax = 500;

export class Polling {
  readonly state: Signal<PollingState> = signal({
    isPaused: false,
    pace: 'watched',
    perMinute: 0,
    failure: undefined,
  });
  readonly #host: PollingHost;
  readonly #api: Pick<Api, 'json'>;
  readonly #poller = new Poller();
  readonly #looks = new Map<string, Signal<Seen<unknown>>>();
  readonly #watchers = new Map<string, number>();
  /** How often it was forgotten what was seen: an answer of before that is nobody's to see. */
  #forgotten = 0;
  #underWay: AbortController | undefined;
  #slow: (() => void) | undefined;
  #cancel: (() => void) | undefined;

  constructor(host: PollingHost, api: Pick<Api, 'json'>) {
    this.#host = host;
    this.#api = api;
    host.onPace((pace) => {
      this.#poller.goAt(pace);
      this.#tell({ pace });
      this.#step();
    });
    this.#tellOnAndOn();
  }

  seen<Reply>(path: string): Signal<Seen<Reply>> {
    const known = this.#looks.get(path) ?? signal<Seen<unknown>>({});
    if (!this.#looks.has(path)) this.#keep(path, known);
    return known as Signal<Seen<Reply>>;
  }

  #keep(path: string, look: Signal<Seen<unknown>>): void {
    this.#looks.set(path, look);
    if (this.#looks.size <= looksMax) return;
    for (const other of this.#looks.keys()) {
      if (this.#watchers.has(other) || other === path) continue;
      this.#looks.delete(other);
      break;
    }
  }

  /** @returns what ends it. */
  watch(path: string, everyMillis: number): () => void {
    this.#watchers.set(path, (this.#watchers.get(path) ?? 0) + 1);
    this.#poller.want(path, everyMillis, this.seen(path).peek().now?.at);
    this.#step();
    return () => {
      const others = (this.#watchers.get(path) ?? 1) - 1;
      if (others > 0) {
        this.#watchers.set(path, others);
        return;
      }
      this.#watchers.delete(path);
      this.#poller.drop(path);
    };
  }

  pause(isPaused: boolean): void {
    this.#poller.pause(isPaused);
    this.#tell({ isPaused });
    this.#step();
  }

  refresh(): void {
    this.#poller.refresh();
    this.#step();
  }

  /** Of what somebody has just changed. */
  hurry(path: string): void {
    this.#poller.hurry(path);
    this.#step();
  }

  /** What was seen as somebody else is not his to see. */
  forget(): void {
    this.#forgotten++;
    // Else whoever comes next waits for it.
    this.#underWay?.abort();
    for (const look of this.#looks.values()) look.value = {};
    this.refresh();
  }

  /** A request was made, by whomever. */
  count(): void {
    this.#poller.count(this.#host.now());
    this.#tell({});
  }

  #step(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const next = this.#poller.next(this.#host.now());
    if (next.kind === 'ask') void this.#look(next.key);
    if (next.kind === 'wait') this.#cancel = this.#host.after(next.millis, () => this.#step());
  }

  async #look(path: string): Promise<void> {
    this.#poller.begin(path, this.#host.now());
    const look = this.seen(path);
    const { now: before } = look.peek();
    const forgotten = this.#forgotten;
    const abort = new AbortController();
    this.#underWay = abort;
    const failure = 'The engine has not answered yet';
    this.#slow = this.#host.after(slowMillis, () => this.#tell({ failure }));
    let outcome: Outcome = { kind: 'seen' };
    try {
      const data = await this.#api.json<unknown>(path, { signal: abort.signal });
      if (forgotten !== this.#forgotten) return this.#endLook(outcome);
      const now = { data, at: this.#host.now() };
      look.value = before === undefined ? { now } : { now, before };
    } catch (error) {
      if (forgotten !== this.#forgotten) return this.#endLook(outcome);
      const refusal = Refusal.of(error);
      // What is gone, or not his to see any more, is not shown as if it were there.
      look.value = refusal.isPassing ? { ...look.peek(), refusal } : { refusal };
      const { retryAfterMillis } = refusal;
      outcome = refusal.isPassing ? { kind: 'failed', retryAfterMillis } : { kind: 'refused' };
    }
    this.#endLook(outcome, outcome.kind === 'failed' ? look.peek().refusal?.message : undefined);
  }

  #endLook(outcome: Outcome, failure?: string): void {
    this.#slow?.();
    this.#poller.end(this.#host.now(), outcome);
    this.#tell({ failure });
    this.#step();
  }

  #tellOnAndOn(): void {
    const perMinute = this.#poller.perMinute(this.#host.now());
    if (perMinute !== this.state.peek().perMinute) this.#tell({});
    this.#host.after(tellMillis, () => this.#tellOnAndOn());
  }

  #tell(change: Partial<PollingState>): void {
    const perMinute = this.#poller.perMinute(this.#host.now());
    this.state.value = { ...this.state.peek(), perMinute, ...change };
  }
}
