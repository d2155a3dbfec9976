// A process: an engine with caches of its own, on a machine that may die, freeze, and have the
// wrong time. It meets the world only through what is delivered to it: answers of stores, and the
// ends of its sleeps. While it is frozen they are held, and come one after the other when it thaws;
// once it is dead they go nowhere, and nothing that it would have done is ever done.

import { createEngine, type Engine, type EngineParts } from '../../shared/engine/engine.ts';
import type { Chance, Clock } from '../../shared/engine/environment.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { seededChance } from '../world/seeded-chance.ts';
import type { VirtualTime } from '../world/virtual-time.ts';

export type ProcessParts = {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly skewMillis: number;
  readonly gatherBytes: number;
  /** The stores, and the wake-ups, as this process reaches them. */
  readonly connect: (process: SimulatedProcess) => Stores & Pick<EngineParts, 'wakeUps'>;
  /** Of work that no answer waits for: a mistake of ours. */
  readonly onFault: (fault: unknown) => void;
};

export class SimulatedProcess {
  readonly name: string;
  readonly engine: Engine;
  /** How often so far a read failed it, it froze, or its clock jumped. */
  disturbances = 0;
  /** Events at which it learned that the outcome of a write is unknown. */
  readonly lostWrites: number[] = [];
  #skewMillis: number;
  #isAlive = true;
  #isFrozen = false;
  #held: (() => void)[] = [];
  readonly #mourners = new Set<() => void>();
  readonly #time: VirtualTime;

  constructor({ name, time, chance, skewMillis, gatherBytes, connect, onFault }: ProcessParts) {
    this.name = name;
    this.#time = time;
    this.#skewMillis = skewMillis;
    this.engine = createEngine({
      ...connect(this),
      clock: this.#clock(),
      chance: seededChance(Math.floor(chance.fraction() * 2 ** 32)),
      settings: { gatherBytes },
    });
    const { background } = this.engine;
    const run = background.run.bind(background);
    background.run = (work) => run(work.catch(onFault));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  now(): EpochMillis {
    return (this.#time.now() + this.#skewMillis) as EpochMillis;
  }

  /** The act happens in this process, as soon as it can. */
  deliver(act: () => void): void {
    if (!this.#isAlive) return;
    if (this.#isFrozen) this.#held.push(act);
    else act();
  }

  freeze(): void {
    this.disturbances++;
    this.#isFrozen = true;
  }

  /** What was held is delivered in its order, each as an event of its own. */
  thaw(): void {
    this.#isFrozen = false;
    const held = this.#held;
    this.#held = [];
    for (const act of held) this.#time.after(0, () => this.deliver(act));
  }

  crash(): void {
    this.#isAlive = false;
    this.#held = [];
    for (const mourn of this.#mourners) mourn();
  }

  /** @returns a function that takes it back. */
  onCrash(mourn: () => void): () => void {
    this.#mourners.add(mourn);
    return () => this.#mourners.delete(mourn);
  }

  jumpClock(millis: number): void {
    this.disturbances++;
    this.#skewMillis += millis;
  }

  /** From now on it has the true time.
   * @returns by how many milliseconds it was ahead: what it does has so much more time. */
  correctClock(): number {
    const ahead = this.#skewMillis;
    if (ahead !== 0) this.disturbances++;
    this.#skewMillis = 0;
    return ahead;
  }

  #clock(): Clock {
    const time = this.#time;
    const sleep = (millis: number, wake?: Promise<unknown>) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = time.after(millis, () => this.deliver(resolve));
      wake?.then(() => {
        time.cancel(timer);
        resolve();
      });
      return promise;
    };
    return { now: () => this.now(), sleep, turn: () => sleep(0) };
  }
}
