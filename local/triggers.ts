// The triggers of one process: what the table's stream, the queues and the schedule do in an
// account. This process's own appends are seen as they are written, and routed and delivered here;
// those of others to the same stores a sweep finds.

import { deliver } from '../shared/engine/delivery/deliver.ts';
import { routeAppends } from '../shared/engine/delivery/route-appends.ts';
import { sweepSubscriptions } from '../shared/engine/delivery/sweep-subscriptions.ts';
import { type Call, type Engine, openCall } from '../shared/engine/engine.ts';
import type { Clock } from '../shared/engine/environment.ts';
import { tellRun } from '../shared/engine/tell-run.ts';
import { EngineError } from '../shared/errors.ts';
import type { EpochMillis, PartitionId } from '../shared/ids.ts';
import type { OperationName } from '../shared/metric-names.ts';
import type { Targets } from '../shared/ports/targets.ts';
import type { WakeUp, WakeUps } from '../shared/ports/wake-ups.ts';
import { headItem, headKey, partitionOfPk } from '../shared/store/items.ts';
import type { Told } from '../shared/told.ts';
import { workerMillisMax } from '../shared/trigger-limits.ts';
import { Pauses } from './pauses.ts';
import { WakeUpQueues } from './wake-up-queues.ts';
import type { See } from './watched-table.ts';

type Work = (call: Call) => Promise<void>;

/** What is lost here is lost with the process, so this is for what others do to the same stores. */
const sweepMillis = 60_000;

export type TriggersParts = {
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
  /** Told of each turn and run. */
  readonly tell: (told: Told) => void;
};

export class Triggers {
  readonly wakeUps: WakeUps;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #tell: (told: Told) => void;
  readonly #queues: WakeUpQueues;
  readonly #pauses: Pauses;
  readonly #appended = new Map<string, PartitionId>();
  #routing: Promise<void> | undefined;
  #sweeping: Promise<void> | undefined;
  #parts: { readonly engine: Engine; readonly targets: Targets } | undefined;

  constructor({ clock, onFault, tell }: TriggersParts) {
    this.#clock = clock;
    this.#onFault = onFault;
    this.#tell = tell;
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
      await this.#trying('route', engine, (call) => routeAppends(engine, call, appended));
    }
    this.#routing = undefined;
  }

  async #sweep(): Promise<void> {
    for (let parts = this.#parts; parts !== undefined; parts = this.#parts) {
      const { engine } = parts;
      await this.#trying('sweep', engine, (call) => sweepSubscriptions(engine, call));
      await this.#pauses.pause(sweepMillis);
    }
  }

  async #deliver(wakeUp: WakeUp): Promise<void> {
    if (this.#parts === undefined) return;
    const { engine, targets } = this.#parts;
    const work = (call: Call) => deliver(engine, call, targets, wakeUp);
    await this.#told('deliver', engine, work).catch((error) => {
      if (!(error instanceof EngineError)) this.#onFault(error);
      throw error;
    });
  }

  /** A sweep finds what the stores made fail. */
  async #trying(operation: OperationName, engine: Engine, work: Work): Promise<void> {
    await this.#told(operation, engine, work).catch((error) => {
      if (!(error instanceof EngineError)) this.#onFault(error);
    });
  }

  #told(operation: OperationName, engine: Engine, work: Work): Promise<void> {
    const call = this.#call(engine);
    return tellRun(engine, call, { operation, tell: this.#tell }, () => work(call));
  }

  #call(engine: Engine): Call {
    return openCall(engine, { deadline: (this.#clock.now() + workerMillisMax) as EpochMillis });
  }
}
