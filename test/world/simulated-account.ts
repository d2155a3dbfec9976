// S3 and DynamoDB as an account has them, in virtual time: their latencies, the units they bill,
// the thousand write units a second that one partition key takes, and weak reads that may be old.

import { memoryObjects } from '../../local/memory-objects.ts';
import type { Chance, Clock } from '../../shared/engine/environment.ts';
import { writeUnitBytes } from '../../shared/limits.ts';
import type { Item, Key, Write } from '../../shared/store/algebra.ts';
import { keyOf } from '../../shared/store/algebra.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';
import { itemBytes, readUnitBytes } from './item-size.ts';
import { ReplicatedTable } from './replicated-table.ts';

/** Published medians and 99th percentiles, in milliseconds. */
const latencies = {
  objectPut: { median: 100, p99: 195 },
  objectRead: { median: 63, p99: 78 },
  table: { median: 5, p99: 15 },
} as const;

const writeUnitsPerSecond = 1_000;

export type Bill = {
  objectPuts: number;
  objectReads: number;
  writeUnits: number;
  readUnits: number;
  throttled: number;
  /** Updates of a head that its condition refused: those that append, and all others. */
  refusedAppends: number;
  refusedCuts: number;
};

export class SimulatedAccount {
  readonly bill: Bill = {
    objectPuts: 0,
    objectReads: 0,
    writeUnits: 0,
    readUnits: 0,
    throttled: 0,
    refusedAppends: 0,
    refusedCuts: 0,
  };
  readonly stored: ReplicatedTable;
  readonly #objects = memoryObjects();
  readonly #clock: Clock;
  readonly #chance: Chance;
  /** Write units each partition key has left, and when that was so. */
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor({ clock, chance }: { readonly clock: Clock; readonly chance: Chance }) {
    this.#clock = clock;
    this.#chance = chance;
    this.stored = new ReplicatedTable({ clock, chance });
  }

  readonly table: Table = {
    get: async (key, read) => {
      const item = await this.#around('table', () => this.stored.get(key, read));
      this.#billRead([item], read.strong);
      return item;
    },
    query: async (range) => {
      const items = await this.#around('table', () => this.stored.query(range));
      this.#billRead(items, range.strong);
      return items;
    },
    write: (write) =>
      this.#around('table', async () => {
        this.#take([write]);
        const before = this.stored.peek(keyOf(write));
        const result = await this.stored.write(write);
        if (result.kind === 'refused') this.#countRefusal(write);
        this.#billWrite(before, this.stored.peek(keyOf(write)), 1);
        return result;
      }),
    transact: (writes) =>
      this.#around('table', async () => {
        this.#take(writes);
        const before = writes.map((write) => this.stored.peek(keyOf(write)));
        const result = await this.stored.transact(writes);
        for (const [index, write] of writes.entries()) {
          this.#billWrite(before[index], this.stored.peek(keyOf(write)), 2);
        }
        return result;
      }),
  };

  readonly objects: Objects = {
    ...this.#objects,
    put: (object) =>
      this.#around('objectPut', () => {
        this.bill.objectPuts++;
        return this.#objects.put(object);
      }),
    read: (range) =>
      this.#around('objectRead', () => {
        this.bill.objectReads++;
        return this.#objects.read(range);
      }),
  };

  /** The work happens somewhere between the request and its answer. */
  async #around<Answer>(
    kind: keyof typeof latencies,
    work: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const { median, p99 } = latencies[kind];
    const whole = median * Math.exp((Math.log(p99 / median) / 2.326) * this.#normal());
    const there = whole * this.#chance.fraction();
    await this.#clock.sleep(there);
    try {
      return await work();
    } finally {
      await this.#clock.sleep(whole - there);
    }
  }

  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#chance.fraction()));
    return radius * Math.cos(2 * Math.PI * this.#chance.fraction());
  }

  #take(writes: readonly Write[]): void {
    for (const write of writes) {
      const key: Key = keyOf(write);
      const now = this.#clock.now();
      const bucket = this.#buckets.get(key.pk) ?? { left: writeUnitsPerSecond, at: now };
      const refilled = bucket.left + ((now - bucket.at) * writeUnitsPerSecond) / 1_000;
      const left = Math.min(refilled, writeUnitsPerSecond);
      if (left < 1) {
        this.bill.throttled++;
        throw new StoreError('not-done', 'throttled');
      }
      const size = itemBytes(this.stored.peek(key) ?? {});
      this.#buckets.set(key.pk, { left: left - unitsOf(size, writeUnitBytes), at: now });
    }
  }

  #billWrite(before: Item | undefined, after: Item | undefined, times: number): void {
    const size = Math.max(itemBytes(before ?? {}), itemBytes(after ?? {}));
    this.bill.writeUnits += times * unitsOf(size, writeUnitBytes);
  }

  #billRead(items: readonly (Item | undefined)[], strong: boolean): void {
    const size = items.reduce((sum, item) => sum + itemBytes(item ?? {}), 0);
    this.bill.readUnits += unitsOf(size, readUnitBytes) / (strong ? 1 : 2);
  }

  #countRefusal(write: Write): void {
    if (!('update' in write) || write.update.sk !== 'head') return;
    const appends = write.actions.some((action) => 'append' in action);
    if (appends) this.bill.refusedAppends++;
    else this.bill.refusedCuts++;
  }
}

/** At least one, however small. */
function unitsOf(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}
