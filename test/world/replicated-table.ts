// A table whose weak reads may be old, as those of a replica are: of each item they may see what
// was there some time before, up to weakLagMillisMax. Two items of one answer may be of two times,
// and what was seen once may be gone the next time. A strong read, and every write, sees what is
// there.

import type { Chance, Clock } from '../../shared/engine/environment.ts';
import { type Item, type Key, keyOf, type Write } from '../../shared/store/algebra.ts';
import type { Range, Table, TransactResult, WriteResult } from '../../shared/store/table.ts';
import { MemoryTable } from './memory-table.ts';

/** "Usually within a second", says the DynamoDB Developer Guide of its own. */
export const weakLagMillisMax = 1_000;

/** What was under a key, and when it was replaced. */
type Version = { readonly item: Item | undefined; readonly until: number };

export class ReplicatedTable implements Table {
  readonly #leader = new MemoryTable();
  /** By pk and sk: the versions before the one that is there, the oldest first. */
  readonly #history = new Map<string, Map<string, Version[]>>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #chance: Chance;

  constructor({ clock, chance }: { readonly clock: Pick<Clock, 'now'>; readonly chance: Chance }) {
    this.#clock = clock;
    this.#chance = chance;
  }

  peek(key: Key): Item | undefined {
    return this.#leader.peek(key);
  }

  async get(key: Key, { strong }: { readonly strong: boolean }): Promise<Item | undefined> {
    return strong ? this.peek(key) : this.#weakly(key);
  }

  async query(range: Range): Promise<readonly Item[]> {
    if (range.strong) return this.#leader.query(range);
    const { pk } = range;
    const replica = new MemoryTable();
    const all = { pk, limit: Number.MAX_SAFE_INTEGER, strong: true };
    for (const item of await this.#leader.query(all)) await replica.write({ put: item });
    for (const sk of this.#history.get(pk)?.keys() ?? []) {
      const item = this.#weakly({ pk, sk });
      await replica.write(item === undefined ? { delete: { pk, sk } } : { put: item });
    }
    return replica.query(range);
  }

  async write(write: Write): Promise<WriteResult> {
    const before = this.peek(keyOf(write));
    const result = await this.#leader.write(write);
    if (result.kind === 'done') this.#remember(keyOf(write), before);
    return result;
  }

  async transact(writes: readonly Write[]): Promise<TransactResult> {
    const before = writes.map((write) => this.peek(keyOf(write)));
    const result = await this.#leader.transact(writes);
    if (result.kind === 'refused') return result;
    for (const [index, write] of writes.entries()) this.#remember(keyOf(write), before[index]);
    return result;
  }

  #remember({ pk, sk }: Key, item: Item | undefined): void {
    const rows = this.#history.get(pk) ?? new Map<string, Version[]>();
    this.#history.set(pk, rows);
    const now = this.#clock.now();
    const seen = (rows.get(sk) ?? []).filter(({ until }) => until > now - weakLagMillisMax);
    rows.set(sk, [...seen, { item, until: now }]);
  }

  /** The item as it was at a time drawn for this read. */
  #weakly({ pk, sk }: Key): Item | undefined {
    const versions = this.#history.get(pk)?.get(sk) ?? [];
    const seenAt = this.#clock.now() - this.#chance.fraction() * weakLagMillisMax;
    const then = versions.find(({ until }) => until > seenAt);
    return then === undefined ? this.peek({ pk, sk }) : then.item;
  }
}
