// What the table's stream tells of followed heads: some process is asked to route it, and again
// until it has. It may be told twice, or, in worlds where somebody looks for it, not at all.

import { type Appended, routeAppends } from '../../../shared/engine/delivery/route-appends.ts';
import { type Item, type Key, numberIn } from '../../../shared/store/algebra.ts';
import { headItem, partitionOfPk } from '../../../shared/store/items.ts';
import { ask } from '../ask.ts';
import type { SimulatedWorld } from '../world.ts';
import { lateness, timesTold } from './wake-up-queues.ts';

/** Where something may be lost, so many tries are. */
const triesMax = 5;
const gatherMillis = 20;
const againMillis = 500;

export class HeadStream {
  readonly #world: SimulatedWorld;
  readonly #told = new Map<string, Appended>();
  #isRouting = false;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  readonly changed = ({ pk, sk }: Key, _: Item | undefined, after: Item | undefined): void => {
    if (sk !== 'head' || after === undefined || !(headItem.followed in after)) return;
    const id = partitionOfPk(pk);
    if (id === undefined) return;
    for (let times = timesTold(this.#world); times > 0; times--) {
      const late = this.#world.isCalm ? 0 : lateness(this.#world);
      this.#world.time.after(gatherMillis + late, () => {
        this.#told.set(pk, { ...id, nextOffset: numberIn(after, headItem.nextOffset) });
        this.#route();
      });
    }
  };

  #route(): void {
    if (this.#isRouting || this.#told.size === 0) return;
    this.#isRouting = true;
    const ids = [...this.#told.values()];
    this.#told.clear();
    this.#routeAll(ids).then(() => {
      this.#isRouting = false;
      this.#route();
    });
  }

  async #routeAll(ids: readonly Appended[]): Promise<void> {
    const world = this.#world;
    for (let tries = 1; ; tries++) {
      const process = world.pick(world.processes);
      const asked = await ask(world, process, (engine, call) => routeAppends(engine, call, ids));
      if (asked.kind === 'answered') return;
      if (tries >= triesMax && world.knobs.triggers?.sweepMillis !== undefined) return;
      await world.time.sleep(againMillis);
    }
  }
}
