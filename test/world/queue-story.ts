// The sentences of stories about wake-ups that wait in queues as SQS has them: those of one queue
// come one at a time, in their order, and what has a key that came in the last five minutes does
// not come at all.

import { deliver } from '../../shared/engine/delivery/deliver.ts';
import { type Appended, routeAppends } from '../../shared/engine/delivery/route-appends.ts';
import { createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { headOf } from '../../shared/engine/heads.ts';
import type { EpochMillis, PartitionId } from '../../shared/ids.ts';
import type { WakeUp, WakeUps } from '../../shared/ports/wake-ups.ts';
import type { Table } from '../../shared/store/table.ts';
import { workerMillisMax } from '../../shared/trigger-limits.ts';
import { newReceiver, type Receiver } from './delivery-story.ts';
import { seededChance } from './seeded-chance.ts';
import type { World } from './world.ts';

/** How long a FIFO queue knows what it was sent. */
const sameMillis = 300_000;

type Queue = { readonly waiting: WakeUp[]; isBusy: boolean };

export class QueueAccount {
  readonly receiver: Receiver;
  readonly engine: Engine;
  /** The most that ever waited. */
  most = 0;
  readonly #world: World;
  readonly #queues = new Map<number, Queue>();
  readonly #said = new Map<string, number>();
  readonly #working = new Set<Promise<void>>();
  #isOver = false;

  constructor(world: World, table: Table = world.account.table) {
    this.#world = world;
    this.receiver = newReceiver(world);
    const wakeUps: WakeUps = { send: async (all, notBefore) => this.#send(all, notBefore) };
    const { objects } = world.account;
    const parts = { objects, table, clock: world.time, chance: seededChance(5), wakeUps };
    this.engine = createEngine(parts);
  }

  /** What the stream tells the router of the partition, as it is now. */
  async route(id: PartitionId): Promise<void> {
    const { nextOffset } = await headOf(this.engine, this.#call(), id);
    await this.routeAppended({ ...id, nextOffset });
  }

  routeAppended(appended: Appended): Promise<void> {
    return routeAppends(this.engine, this.#call(), [appended]);
  }

  /** Nobody works on what waits. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#working);
  }

  #call() {
    const deadline = (this.#world.time.now() + workerMillisMax) as EpochMillis;
    return openCall(this.engine, { deadline });
  }

  #send(wakeUps: readonly WakeUp[], notBefore = 0 as EpochMillis): void {
    const { time } = this.#world;
    const wait = notBefore - time.now();
    if (wait <= 0) for (const wakeUp of wakeUps) this.#add(wakeUp);
    // Its key is forgotten on the way: the delay queue knows none.
    else void time.sleep(wait).then(() => this.#send(wakeUps.map(withoutKey)));
  }

  #add(wakeUp: WakeUp): void {
    const { deduplicationKey, partition } = wakeUp;
    const now = this.#world.time.now();
    if (deduplicationKey !== undefined) {
      const said = `${partition}/${deduplicationKey}`;
      if (now - (this.#said.get(said) ?? -sameMillis) < sameMillis) return;
      this.#said.set(said, now);
    }
    const queue = this.#queues.get(wakeUp.queue) ?? { waiting: [], isBusy: false };
    this.#queues.set(wakeUp.queue, queue);
    queue.waiting.push(wakeUp);
    const all = [...this.#queues.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
    this.most = Math.max(this.most, all);
    if (!queue.isBusy) {
      const working = this.#drain(queue).finally(() => this.#working.delete(working));
      this.#working.add(working);
    }
  }

  async #drain(queue: Queue): Promise<void> {
    queue.isBusy = true;
    // A queue's next worker comes a moment after the one before.
    await this.#world.time.sleep(20);
    for (let next = queue.waiting[0]; next && !this.#isOver; next = queue.waiting[0]) {
      await deliver(this.engine, this.#call(), this.receiver.targets, next);
      queue.waiting.shift();
      await this.#world.time.sleep(20);
    }
    queue.isBusy = false;
  }
}

function withoutKey({ deduplicationKey: _, ...rest }: WakeUp): WakeUp {
  return rest;
}
