// A table whose weak reads may be old, as those of a replica are: of each item they may see what
// was there some time before, up to a lag. Two items of one answer may be of two times, and what
// was seen once may be gone the next time. A strong read, and every write, sees what is there.

import type { Chance, Clock } from '../../shared/engine/environment.ts';
import { type Item, type Key, keyOf, type Write } from '../../shared/store/algebra.ts';
import type { Range, Table, TransactResult, WriteResult } from '../../shared/store/table.ts';
import { compareUtf8 } from '../../shared/store/utf8-order.ts';
import { MemoryTable } from './memory-table.ts';

/** "Usually within a second", says the DynamoDB Developer Guide of its own. */
export const weakLagMillisMax = 1_000;

/** What was under a key, and when it was replaced. */
type Version = { readonly item: Item | undefined; readonly until: number };

export type ReplicaOptions = {
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
  /** @default weakLagMillisMax */
  readonly lagMillisMax?: number;
};

export class ReplicatedTable implements Table {
  readonly #leader = new MemoryTable();
  /** By pk and sk: the versions before the one that is there, the oldest first. */
  readonly #history = new Map<string, Map<string, Version[]>>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #chance: Chance;
  readonly #lagMillisMax: number;

  constructor({ clock, chance, lagMillisMax = weakLagMillisMax }: ReplicaOptions) {
    this.#clock = clock;
    this.#chance = chance;
    this.#lagMillisMax = lagMillisMax;
  }

  peek(key: Key): Item | undefined {
    return this.#leader.peek(key);
  }

  peekRange(range: Omit<Range, 'strong'>): readonly Item[] {
    return this.#leader.peekRange(range);
  }

  async get(key: Key, { strong }: { readonly strong: boolean }): Promise<Item | undefined> {
    return strong ? this.peek(key) : this.#weakly(key);
  }

  async query(range: Range): Promise<readonly Item[]> {
    if (range.strong) return this.#leader.query(range);
    const { pk, from = '', to, descending, limit } = range;
    const sks = new Set<string>();
    const all = { ...range, limit: Number.MAX_SAFE_INTEGER };
    for (const { sk } of this.#leader.peekRange(all)) sks.add(sk);
    // What is gone now may have been there then.
    for (const sk of this.#history.get(pk)?.keys() ?? []) {
      const isAbove = compareUtf8(sk, from) >= 0;
      if (isAbove && (to === undefined || compareUtf8(sk, to) <= 0)) sks.add(sk);
    }
    const ordered = [...sks].sort(compareUtf8);
    if (descending) ordered.reverse();
    const items: Item[] = [];
    for (const sk of ordered) {
      if (items.length === limit) break;
      const item = this.#weakly({ pk, sk });
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  async write(write: Write): Promise<WriteResult> {
    const before = this.peek(keyOf(write));
    const writing = this.#leader.write(write);
    this.#remember(keyOf(write), before);
    return writing;
  }

  async transact(writes: readonly Write[]): Promise<TransactResult> {
    const before = writes.map((write) => this.peek(keyOf(write)));
    const writing = this.#leader.transact(writes);
    for (const [index, write] of writes.entries()) this.#remember(keyOf(write), before[index]);
    return writing;
  }

  /** @param before what was there, if it is another now. */
  #remember(key: Key, before: Item | undefined): void {
    if (this.peek(key) === before) return;
    const rows = this.#history.get(key.pk) ?? new Map<string, Version[]>();
    this.#history.set(key.pk, rows);
    const now = this.#clock.now();
    const versions = rows.get(key.sk) ?? [];
    const old = versions.findIndex(({ until }) => until > now - this.#lagMillisMax);
    versions.splice(0, old < 0 ? versions.length : old);
    versions.push({ item: before, until: now });
    rows.set(key.sk, versions);
  }

  /** The item as it was at a time drawn for this read. */
  #weakly({ pk, sk }: Key): Item | undefined {
    const versions = this.#history.get(pk)?.get(sk) ?? [];
    const seenAt = this.#clock.now() - this.#chance.fraction() * this.#lagMillisMax;
    const then = versions.find(({ until }) => until > seenAt);
    return then === undefined ? this.peek({ pk, sk }) : then.item;
  }
}
