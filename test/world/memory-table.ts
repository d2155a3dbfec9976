// The table as a Map, at once and without fault: what a world puts its latencies and faults around.
// What a call does, it does before it returns its promise.

import { assert } from '../../shared/assert.ts';
import { transactItemsMax } from '../../shared/limits.ts';
import { type Item, type Key, keyOf, type Write } from '../../shared/store/algebra.ts';
import { evaluate } from '../../shared/store/evaluate.ts';
import type { Range, Table, TransactResult, WriteResult } from '../../shared/store/table.ts';
import { compareUtf8 } from '../../shared/store/utf8-order.ts';

/** Items of one pk; `order` holds their sks, ascending. */
type Rows = { readonly items: Map<string, Item>; readonly order: string[] };

export class MemoryTable implements Table {
  readonly #partitions = new Map<string, Rows>();

  peek({ pk, sk }: Key): Item | undefined {
    return this.#partitions.get(pk)?.items.get(sk);
  }

  peekRange({ pk, from, to, descending, limit }: Omit<Range, 'strong'>): readonly Item[] {
    assert(limit >= 1, 'a query asks for an item at least');
    const rows = this.#partitions.get(pk);
    if (rows === undefined) return [];
    const first = from === undefined ? 0 : firstNotBelow(rows.order, from);
    const end = to === undefined ? rows.order.length : firstNotBelow(rows.order, `${to}\0`);
    const keys = descending
      ? rows.order.slice(Math.max(first, end - limit), end).reverse()
      : rows.order.slice(first, Math.min(end, first + limit));
    return keys.map((sk) => rows.items.get(sk) as Item);
  }

  async get(key: Key): Promise<Item | undefined> {
    return this.peek(key);
  }

  async query(range: Range): Promise<readonly Item[]> {
    return this.peekRange(range);
  }

  async write(write: Write): Promise<WriteResult> {
    const key = keyOf(write);
    const result = evaluate(write, this.peek(key));
    if (result.kind === 'done') this.#set(key, result.item);
    return result;
  }

  async transact(writes: readonly Write[]): Promise<TransactResult> {
    assert(writes.length >= 1 && writes.length <= transactItemsMax, 'a transaction is 1 to 100');
    const keys = new Set(writes.map(keyOf).map(({ pk, sk }) => JSON.stringify([pk, sk])));
    assert(keys.size === writes.length, 'no two writes of a transaction have one key');
    const results = writes.map((write) => evaluate(write, this.peek(keyOf(write))));
    const refusals = results.map((result) => (result.kind === 'refused' ? result : undefined));
    if (refusals.some((refusal) => refusal !== undefined)) return { kind: 'refused', refusals };
    for (const [index, write] of writes.entries()) {
      const result = results[index];
      if (result?.kind === 'done') this.#set(keyOf(write), result.item);
    }
    return { kind: 'done' };
  }

  #set({ pk, sk }: Key, item: Item | undefined): void {
    const rows = this.#partitions.get(pk) ?? { items: new Map(), order: [] };
    this.#partitions.set(pk, rows);
    const isThere = rows.items.has(sk);
    if (item === undefined) {
      if (isThere) rows.order.splice(firstNotBelow(rows.order, sk), 1);
      rows.items.delete(sk);
      return;
    }
    if (!isThere) rows.order.splice(firstNotBelow(rows.order, sk), 0, sk);
    rows.items.set(sk, item);
  }
}

function firstNotBelow(ascending: readonly string[], value: string): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(ascending[middle] as string, value) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
