// The table: items addressed by (pk, sk), ordered by sk (as UTF-8 bytes) within a pk.
//
//     pk ──┬── sk a ── item
//          ├── sk b ── item      one item is written at once, whole, or not at all
//          └── sk c ── item
//
// Promises, held by every adapter (test/contract/table-contract.ts):
// - A write is atomic and durable before `done`; its condition and its effect are one step.
// - `refused` is definite: the condition did not hold, nothing changed, and `current` is the item
//   that refused it (undefined: there was none).
// - A strong read sees every write that was done before it began. A weak one may be old, never
//   wrong.
// - A StoreError of outcome 'not-done' is definite: nothing changed, nothing will. One of outcome
//   'unknown' may have happened, may happen later, however late, and at most once.
// - No call outlives its adapter's time limit, and none is tried again in the adapter.

import type { Item, Key, Write } from './algebra.ts';

export interface Table {
  get(key: Key, read: { readonly strong: boolean }): Promise<Item | undefined>;
  /** Fewer than `limit` items means that the range holds no more. */
  query(range: Range): Promise<readonly Item[]>;
  write(write: Write): Promise<WriteResult>;
  /** All or nothing; no two of the same key.
   * @param writes 1 to 100 (transactItemsMax). */
  transact(writes: readonly Write[]): Promise<TransactResult>;
}

export type Range = {
  readonly pk: string;
  /** Inclusive; absent: from the first. */
  readonly from?: string;
  /** Inclusive; absent: to the last. */
  readonly to?: string;
  readonly descending?: boolean;
  readonly limit: number;
  readonly strong: boolean;
};

/** `item` is what is there now: after a delete, nothing. */
export type WriteResult = { readonly kind: 'done'; readonly item: Item | undefined } | Refusal;

export type Refusal = { readonly kind: 'refused'; readonly current: Item | undefined };

/** One entry a write, in their order: undefined where that write's own condition held. */
export type TransactResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly refusals: readonly (Refusal | undefined)[] };
