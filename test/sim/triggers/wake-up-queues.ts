// The wake-ups of the simulation, by the promises of their port: of each queue one is worked on at
// a time, in its order. One whose worker says that it failed, or says nothing, is given again once
// its time is over; then another worker may be at work beside one that is frozen. Some are lost,
// some come twice, some come late; and of those that say the same for some minutes only the first
// comes at all.

import type { EpochMillis } from '../../../shared/ids.ts';
import type { WakeUp, WakeUps } from '../../../shared/ports/wake-ups.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import type { SimulatedProcess } from '../process.ts';
import type { SimulatedWorld } from '../world.ts';

/** After so many workers it is given up, where wake-ups may be lost. */
const receivesMax = 4;

export type Outcome = 'done' | 'failed' | 'unheard';

/** As long as an adapter may drop what says the same. */
const sameMillis = 300_000;

type Waiting = { wakeUp: WakeUp; receives: number };
type Queue = { readonly waiting: Waiting[]; isBusy: boolean };

export class SimulatedQueues {
  readonly #world: SimulatedWorld;
  readonly #work: (wakeUp: WakeUp) => Promise<Outcome>;
  readonly #queues = new Map<string, Queue>();
  /** What has been said, and when for the first time. */
  readonly #said = new Map<string, number>();

  constructor(world: SimulatedWorld, work: (wakeUp: WakeUp) => Promise<Outcome>) {
    this.#world = world;
    this.#work = work;
  }

  portOf(process: SimulatedProcess): WakeUps {
    return { send: (wakeUps, notBefore) => this.#send(process, wakeUps, notBefore) };
  }

  #send(
    process: SimulatedProcess,
    wakeUps: readonly WakeUp[],
    notBefore: EpochMillis | undefined,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (!process.isAlive) return promise;
    const { time, chance, knobs, isCalm } = this.#world;
    const { failingOdds = 0 } = knobs.triggers ?? {};
    const fails = !isCalm && chance.fraction() < failingOdds;
    const isKnown = fails && chance.fraction() < 0.5;
    // A queue counts a delay from when it is told, whatever the sender's clock says.
    const delay = notBefore === undefined ? 0 : Math.max(notBefore - process.now(), 0);
    const arrives = chance.fraction() < 0.5;
    const [there, back] = [2 + chance.fraction() * 15, 2 + chance.fraction() * 15];
    time.after(there, () => {
      if (isKnown || (!process.isAlive && !arrives)) return;
      for (const wakeUp of wakeUps) {
        if (fails && chance.fraction() < 0.5) continue;
        if (delay > 0 || this.#isNew(wakeUp)) this.#take(wakeUp, delay);
      }
    });
    time.after(there + back, () =>
      process.deliver(() => {
        if (isKnown) reject(new StoreError('not-done', 'throttled'));
        else if (fails) reject(new StoreError('unknown', 'unavailable'));
        else resolve();
      }),
    );
    return promise;
  }

  #isNew({ subscription, queue, topicId, partition, deduplicationKey: key }: WakeUp): boolean {
    if (key === undefined) return true;
    const now = this.#world.time.now();
    const said = [subscription, queue, topicId, partition, key].join('/');
    const isNew = now - (this.#said.get(said) ?? Number.NEGATIVE_INFINITY) >= sameMillis;
    if (isNew) this.#said.set(said, now);
    return isNew;
  }

  /** Comes to its queue once, now or later, or never, or twice. */
  #take(wakeUp: WakeUp, delay: number): void {
    for (let times = timesTold(this.#world); times > 0; times--) {
      const late = this.#world.isCalm ? 0 : lateness(this.#world);
      this.#world.time.after(delay + late, () => this.#add(wakeUp));
    }
  }

  #add(wakeUp: WakeUp): void {
    const name = `${wakeUp.subscription}/${wakeUp.queue}`;
    const queue = this.#queues.get(name) ?? { waiting: [], isBusy: false };
    this.#queues.set(name, queue);
    // Whoever works on the one that waits sees all that is there: more would only make runs longer.
    const same = queue.waiting.find((one) => isSame(one.wakeUp, wakeUp));
    if (same === undefined) queue.waiting.push({ wakeUp, receives: 0 });
    else same.wakeUp = withoutFence(same.wakeUp);
    this.#next(queue);
  }

  #next(queue: Queue): void {
    const [first] = queue.waiting;
    if (first === undefined || queue.isBusy) return;
    queue.isBusy = true;
    queue.waiting.shift();
    const { time, knobs } = this.#world;
    const { sweepMillis, hiddenMillis = 0 } = knobs.triggers ?? {};
    const began = time.now();
    this.#work(first.wakeUp).then((outcome) => {
      first.receives++;
      const isLost = sweepMillis !== undefined && first.receives >= receivesMax;
      if (outcome === 'done' || isLost) {
        queue.isBusy = false;
        this.#next(queue);
        return;
      }
      time.after(began + hiddenMillis - time.now(), () => {
        queue.isBusy = false;
        queue.waiting.unshift(first);
        this.#next(queue);
      });
    });
  }
}

function withoutFence({ fence: _, ...wakeUp }: WakeUp): WakeUp {
  return wakeUp;
}

function isSame(one: WakeUp, other: WakeUp): boolean {
  return one.topicId === other.topicId && one.partition === other.partition;
}

/** How often what is told once is told. */
export function timesTold({ chance, knobs, isCalm }: SimulatedWorld): number {
  const { lostOdds = 0, repeatedOdds = 0 } = knobs.triggers ?? {};
  const drawn = chance.fraction();
  if (isCalm) return 1;
  if (drawn < lostOdds) return 0;
  return drawn < lostOdds + repeatedOdds ? 2 : 1;
}

/** Mostly short. */
export function lateness({ chance, knobs }: SimulatedWorld): number {
  return chance.fraction() ** 3 * (knobs.triggers?.lateMillisMax ?? 0);
}
