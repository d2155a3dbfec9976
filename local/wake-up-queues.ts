// Wake-ups within one process: a queue for each that a subscription has, one wake-up of it worked
// on at a time. What waits already is not queued again: whoever works on it sees all that is there.
// Nothing of it outlives the process; a sweep at its start finds what was left.
//
// Invariant: of one wake-up at most one is to be given again. One for each append that meets the
// same failure would be as many tries a second, which never grew fewer while it lasts.

import type { Clock } from '../shared/engine/environment.ts';
import type { EpochMillis } from '../shared/ids.ts';
import type { WakeUp, WakeUps } from '../shared/ports/wake-ups.ts';
import { Pauses } from './pauses.ts';

/** Between a wake-up that failed and the same again. */
const againMillis = 1_000;

export type WakeUpWork = {
  readonly clock: Clock;
  /** @throws when it is to be given again. */
  readonly work: (wakeUp: WakeUp) => Promise<void>;
};

export class WakeUpQueues implements WakeUps {
  readonly #clock: Clock;
  readonly #work: WakeUpWork['work'];
  /** Waiting, by queue; one that is there is being worked on. */
  readonly #queues = new Map<string, Map<string, WakeUp>>();
  readonly #running = new Set<Promise<void>>();
  /** Those that failed and are to be given again. */
  readonly #failed = new Set<string>();
  readonly #pauses: Pauses;

  constructor({ clock, work }: WakeUpWork) {
    this.#clock = clock;
    this.#work = work;
    this.#pauses = new Pauses(clock);
  }

  async send(wakeUps: readonly WakeUp[], notBefore?: EpochMillis): Promise<void> {
    if (notBefore === undefined || notBefore <= this.#clock.now()) this.#addAll(wakeUps);
    else this.#run(this.#sendLater(wakeUps, notBefore));
  }

  /** Resolves when what is worked on has ended. What waits is dropped. */
  async stop(): Promise<void> {
    this.#pauses.end();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #sendLater(wakeUps: readonly WakeUp[], at: number): Promise<void> {
    await this.#pauses.pause(at - this.#clock.now());
    this.#addAll(wakeUps);
  }

  async #giveAgain(name: string, wakeUp: WakeUp): Promise<void> {
    const failed = `${name} ${keyOf(wakeUp)}`;
    if (this.#failed.has(failed)) return;
    this.#failed.add(failed);
    await this.#pauses.pause(againMillis);
    this.#failed.delete(failed);
    this.#add(wakeUp);
  }

  #addAll(wakeUps: readonly WakeUp[]): void {
    for (const wakeUp of wakeUps) this.#add(wakeUp);
  }

  /** Of those that come together one arrives, which is needed if any of them is. */
  #add({ fence: _, ...wakeUp }: WakeUp): void {
    const name = `${wakeUp.subscription}/${wakeUp.queue}`;
    const waiting = this.#queues.get(name);
    if (waiting !== undefined) {
      waiting.set(keyOf(wakeUp), wakeUp);
      return;
    }
    const queue = new Map([[keyOf(wakeUp), wakeUp]]);
    this.#queues.set(name, queue);
    this.#run(this.#drain(name, queue));
  }

  async #drain(name: string, queue: Map<string, WakeUp>): Promise<void> {
    for (const [key, wakeUp] of queue) {
      queue.delete(key);
      if (this.#pauses.ended) break;
      try {
        await this.#work(wakeUp);
      } catch {
        this.#run(this.#giveAgain(name, wakeUp));
      }
    }
    this.#queues.delete(name);
  }

  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

function keyOf({ topicId, partition }: WakeUp): string {
  return `${topicId}#${partition}`;
}
