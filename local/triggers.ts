// The triggers of one process: what the table's stream, the queues and the schedule do in an
// account. This process's own appends are seen as they are written, and routed and delivered here;
// those of others to the same stores a sweep finds.

import { deliver } from '../shared/engine/delivery/deliver.ts';
import { routeAppends } from '../shared/engine/delivery/route-appends.ts';
import { sweepSubscriptions } from '../shared/engine/delivery/sweep-subscriptions.ts';
import { type Call, type Engine, openCall } from '../shared/engine/engine.ts';
import type { Clock } from '../shared/engine/environment.ts';
import { EngineError } from '../shared/errors.ts';
import type { EpochMillis, PartitionId } from '../shared/ids.ts';
import type { Targets } from '../shared/ports/targets.ts';
import type { WakeUp, WakeUps } from '../shared/ports/wake-ups.ts';
import { headItem, headKey, partitionOfPk } from '../shared/store/items.ts';
import { workerMillisMax } from '../shared/trigger-limits.ts';
import { Pauses } from './pauses.ts';
import { WakeUpQueues } from './wake-up-queues.ts';
import type { See } from './watched-table.ts';

/** What is lost here is lost with the process, so this is for what others do to the same stores. */
const sweepMillis = 60_000;

export class Triggers {
  readonly wakeUps: WakeUps;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #queues: WakeUpQueues;
  readonly #pauses: Pauses;
  readonly #appended = new Map<string, PartitionId>();
  #routing: Promise<void> | undefined;
  #sweeping: Promise<void> | undefined;
  #parts: { readonly engine: Engine; readonly targets: Targets } | undefined;

  constructor(clock: Clock, onFault: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFault = onFault;
    this.#pauses = new Pauses(clock);
    this.#queues = new WakeUpQueues({ clock, work: (wakeUp) => this.#deliver(wakeUp) });
    this.wakeUps = this.#queues;
  }

  /** Of the table (watched-table.ts): appends to heads that are followed, and every transaction on
   * a head, which shows none. */
  readonly see: See = (writes, item) => {
    if (item !== undefined && !(headItem.followed in item)) return;
    for (const write of writes) {
      if (!('update' in write)) continue;
      const { pk, sk } = write.update;
      const id = partitionOfPk(pk);
      if (id !== undefined && sk === headKey(id).sk) this.#appended.set(pk, id);
    }
    this.#route();
  };

  /** @param parts.engine over the watched table, with these wake-ups. */
  start(parts: { readonly engine: Engine; readonly targets: Targets }): void {
    this.#parts = parts;
    this.#sweeping = this.#sweep();
    this.#route();
  }

  /** Resolves when what is under way has ended; the engine's arrivals must have, too. */
  async stop(): Promise<void> {
    this.#parts = undefined;
    this.#pauses.end();
    await Promise.all([this.#routing, this.#sweeping, this.#queues.stop()]);
  }

  #route(): void {
    if (this.#appended.size === 0 || this.#parts === undefined) return;
    this.#routing ??= this.#routeAll(this.#parts.engine);
  }

  /** All that comes meanwhile is taken together. */
  async #routeAll(engine: Engine): Promise<void> {
    while (this.#appended.size > 0 && this.#parts !== undefined) {
      const appended = [...this.#appended.values()];
      this.#appended.clear();
      await this.#trying(() => routeAppends(engine, this.#call(engine), appended));
    }
    this.#routing = undefined;
  }

  async #sweep(): Promise<void> {
    for (let parts = this.#parts; parts !== undefined; parts = this.#parts) {
      const { engine } = parts;
      await this.#trying(() => sweepSubscriptions(engine, this.#call(engine)));
      await this.#pauses.pause(sweepMillis);
    }
  }

  async #deliver(wakeUp: WakeUp): Promise<void> {
    if (this.#parts === undefined) return;
    const { engine, targets } = this.#parts;
    await deliver(engine, this.#call(engine), targets, wakeUp).catch((error) => {
      if (!(error instanceof EngineError)) this.#onFault(error);
      throw error;
    });
  }

  /** A sweep finds what the stores made fail. */
  async #trying(work: () => Promise<void>): Promise<void> {
    await work().catch((error) => {
      if (!(error instanceof EngineError)) this.#onFault(error);
    });
  }

  #call(engine: Engine): Call {
    return openCall(engine, { deadline: (this.#clock.now() + workerMillisMax) as EpochMillis });
  }
}
