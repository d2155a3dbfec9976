// All that delivers in a world with triggers: the table's stream, the queues of wake-ups, workers
// in whatever process, a sweep now and then, and the receivers.

import { deliver } from '../../../shared/engine/delivery/deliver.ts';
import { sweepSubscriptions } from '../../../shared/engine/delivery/sweep-subscriptions.ts';
import type { WakeUp, WakeUps } from '../../../shared/ports/wake-ups.ts';
import type { Item, Key } from '../../../shared/store/algebra.ts';
import { workerMillisMax } from '../../../shared/trigger-limits.ts';
import { ask, askFor } from '../ask.ts';
import type { SimulatedProcess } from '../process.ts';
import type { SimulatedWorld } from '../world.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import { receiverOf } from './draw-settings.ts';
import { HeadStream } from './head-stream.ts';
import { Receivers } from './receivers.ts';
import { type Outcome, SimulatedQueues } from './wake-up-queues.ts';

export class SimulatedTriggers {
  readonly watch: DeliveryWatch;
  readonly #world: SimulatedWorld;
  readonly #stream: HeadStream;
  readonly #queues: SimulatedQueues;
  readonly #receivers: Receivers;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.watch = new DeliveryWatch({
      peek: (key) => world.stored.peek(key),
      next: () => world.history.next(),
      now: () => world.time.now(),
      isTimeTrue: world.isTimeTrue,
      writer: () => world.writer,
    });
    this.#stream = new HeadStream(world);
    this.#queues = new SimulatedQueues(world, (wakeUp) => this.#deliver(wakeUp));
    this.#receivers = new Receivers(world, (receiver) => this.#hasDeadLetters(receiver));
  }

  readonly changed = (key: Key, before: Item | undefined, after: Item | undefined): void => {
    this.watch.changed(key, before, after);
    this.#stream.changed(key, before, after);
  };

  wakeUpsOf(process: SimulatedProcess): WakeUps {
    return this.#queues.portOf(process);
  }

  /** Goes on by itself as long as the world does. */
  beginSweeps(): void {
    const { sweepMillis } = this.#world.knobs.triggers ?? {};
    if (sweepMillis !== undefined) void this.#sweep(sweepMillis);
  }

  async #sweep(sweepMillis: number): Promise<void> {
    const world = this.#world;
    for (;;) {
      await world.time.sleep(sweepMillis);
      await ask(world, world.pick(world.processes), sweepSubscriptions);
    }
  }

  async #deliver(wakeUp: WakeUp): Promise<Outcome> {
    const world = this.#world;
    const process = world.pick(world.processes);
    const targets = this.#receivers.of(process);
    const { hiddenMillis = workerMillisMax } = world.knobs.triggers ?? {};
    const limits = { requestMillis: workerMillisMax, patienceMillis: hiddenMillis };
    const asked = await askFor(world, process, limits, (engine, call) =>
      deliver(engine, call, targets, wakeUp),
    );
    if (asked.kind === 'answered') return 'done';
    return asked.kind === 'failed' ? 'failed' : 'unheard';
  }

  #hasDeadLetters(receiver: string): boolean {
    return [...this.watch.current.values()].some(({ target, settings }) => {
      return receiverOf(target) === receiver && settings.attemptsMax !== undefined;
    });
  }
}
