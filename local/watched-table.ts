// A table whose writes are seen once they are done, as the stream of a table in an account tells of
// them. Who looks must be quick: every append passes by.

import type { Item, Write } from '../shared/store/algebra.ts';
import type { Table } from '../shared/store/table.ts';

/** @param item as one write left it; undefined: it is deleted, or one of many in a transaction. */
export type See = (writes: readonly Write[], item?: Item) => void;

/** The same table, seen. */
export function watchedTable(table: Table, see: See): Table {
  return {
    get: (key, read) => table.get(key, read),
    query: (range) => table.query(range),
    write: async (write) => {
      const result = await table.write(write);
      if (result.kind === 'done') see([write], result.item);
      return result;
    },
    transact: async (writes) => {
      const result = await table.transact(writes);
      if (result.kind === 'done') see(writes);
      return result;
    },
  };
}
