// What wakes whoever delivers, as an account has it: Lambda looks at each shard of the table's
// stream four times a second and tells the router of the appends to heads that are followed, all
// at once; a FIFO queue gives a worker one wake-up of a message group at a time, and drops what has
// a key that came in the last five minutes.

import { watchedTable } from '../local/watched-table.ts';
import { deliver } from '../shared/engine/delivery/deliver.ts';
import { forwardWakeUps } from '../shared/engine/delivery/forward-wake-ups.ts';
import { type Appended, routeAppends } from '../shared/engine/delivery/route-appends.ts';
import type { EpochMillis } from '../shared/ids.ts';
import type { Targets } from '../shared/ports/targets.ts';
import type { WakeUp, WakeUps } from '../shared/ports/wake-ups.ts';
import type { Item, Write } from '../shared/store/algebra.ts';
import { headItem, headKey, partitionOfPk } from '../shared/store/items.ts';
import type { Table } from '../shared/store/table.ts';
import { queueBatchMessagesMax, workerMillisMax } from '../shared/trigger-limits.ts';
import type { Account } from './account.ts';
import { Fleet } from './fleet.ts';
import { streamShards } from './stack.ts';

/** On the average, until a shard is looked at. */
const shardMillis = 125;
/** From a message to its worker. */
const messageMillis = 20;
/** How long a FIFO queue knows what it was sent. */
const sameMillis = 300_000;

export class Triggers {
  /** As whoever appends has it. */
  readonly table: Table;
  /** As sends to the two queues. */
  readonly wakeUps: WakeUps;
  readonly #account: Account;
  readonly #router: Fleet;
  readonly #workers: Fleet;
  readonly #targets: Targets;
  readonly #shards: Map<string, Appended>[];
  readonly #reading = new Set<number>();
  readonly #queues = new Map<string, WakeUp[]>();
  readonly #said = new Map<string, number>();

  constructor(account: Account, targets: Targets) {
    this.#account = account;
    this.#targets = targets;
    this.#shards = Array.from({ length: streamShards }, () => new Map());
    this.table = watchedTable(account.table, (writes, item) => this.#see(writes, item));
    this.wakeUps = { send: async (all, notBefore) => this.#send(all, notBefore) };
    const parts = { table: this.table, wakeUps: this.wakeUps };
    this.#router = new Fleet(account, parts);
    this.#workers = new Fleet(account, { ...parts, millisMax: workerMillisMax });
  }

  /** Nothing is on its way to a target. */
  get isIdle(): boolean {
    return this.#queues.size === 0 && this.#reading.size === 0;
  }

  #see(writes: readonly Write[], item: Item | undefined): void {
    if (item === undefined || !(headItem.followed in item)) return;
    for (const write of writes) {
      if (!('update' in write)) continue;
      const id = partitionOfPk(write.update.pk);
      if (id === undefined || write.update.sk !== headKey(id).sk) continue;
      const nextOffset = Number(item[headItem.nextOffset]);
      const shard = id.partition % streamShards;
      this.#shards[shard]?.set(write.update.pk, { ...id, nextOffset });
      if (!this.#reading.has(shard)) void this.#read(shard);
    }
  }

  async #read(shard: number): Promise<void> {
    this.#reading.add(shard);
    const told = this.#shards[shard] as Map<string, Appended>;
    while (told.size > 0) {
      await this.#account.world.time.sleep(shardMillis);
      const appended = [...told.values()];
      told.clear();
      await this.#router.invoke((engine, call) => routeAppends(engine, call, appended));
    }
    this.#reading.delete(shard);
  }

  /** Each is sent with up to nine others, received and deleted. */
  #send(wakeUps: readonly WakeUp[], notBefore = 0 as EpochMillis): void {
    const { meter, world } = this.#account;
    const requests = Math.ceil(wakeUps.length / queueBatchMessagesMax);
    const wait = notBefore - world.time.now();
    if (wait <= 0) {
      meter.fifoRequests += requests;
      for (const wakeUp of wakeUps) this.#add(wakeUp);
    } else {
      meter.queueRequests += requests + 2 * wakeUps.length;
      void world.time.sleep(wait).then(() => this.#forward(wakeUps, notBefore));
    }
  }

  #forward(wakeUps: readonly WakeUp[], notBefore: EpochMillis): Promise<void> {
    const timed = wakeUps.map((wakeUp) => ({ wakeUp, notBefore }));
    return this.#router.invoke((engine, call) => forwardWakeUps(engine, call, timed));
  }

  #add(wakeUp: WakeUp): void {
    const { deduplicationKey, subscription, partition, queue } = wakeUp;
    const now = this.#account.world.time.now();
    if (deduplicationKey !== undefined) {
      const said = `${subscription}/${partition}/${deduplicationKey}`;
      if (now - (this.#said.get(said) ?? -sameMillis) < sameMillis) return;
      this.#said.set(said, now);
    }
    const name = `${subscription}:${queue}`;
    const waiting = this.#queues.get(name);
    if (waiting !== undefined) {
      waiting.push(wakeUp);
      return;
    }
    this.#queues.set(name, [wakeUp]);
    void this.#drain(name);
  }

  async #drain(name: string): Promise<void> {
    const { meter, world } = this.#account;
    const waiting = this.#queues.get(name) as WakeUp[];
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const wakeUp = next;
      await world.time.sleep(messageMillis);
      meter.fifoRequests += 2;
      await this.#workers.invoke((engine, call) => deliver(engine, call, this.#targets, wakeUp));
      waiting.shift();
    }
    this.#queues.delete(name);
  }
}
