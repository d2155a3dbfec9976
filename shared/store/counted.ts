// The two stores with every call counted: store operations are what a request costs, so each reply
// says them and tests assert them.

import type { Objects } from './objects.ts';
import { StoreError } from './store-error.ts';
import type { Table } from './table.ts';

/** Calls, not units. A transaction counts each of its writes. */
export type Operations = {
  objectPuts: number;
  objectReads: number;
  objectDeletes: number;
  objectLists: number;
  tableReads: number;
  tableQueries: number;
  tableWrites: number;
  /** Of the writes, those that their condition refused. */
  tableRefusals: number;
  /** Calls that the store did not do, for coming too fast. */
  objectThrottles: number;
  tableThrottles: number;
};

export type Stores = { readonly objects: Objects; readonly table: Table };

export function noOperations(): Operations {
  return {
    objectPuts: 0,
    objectReads: 0,
    objectDeletes: 0,
    objectLists: 0,
    tableReads: 0,
    tableQueries: 0,
    tableWrites: 0,
    tableRefusals: 0,
    objectThrottles: 0,
    tableThrottles: 0,
  };
}

export function addOperations(to: Operations, more: Operations): void {
  for (const name of Object.keys(to) as (keyof Operations)[]) to[name] += more[name];
}

/** The same stores; `operations` is added to as they are called. */
export function counted({ objects, table }: Stores, operations: Operations): Stores {
  const seeing = <Answer>(
    kind: 'objectThrottles' | 'tableThrottles',
    answer: Promise<Answer>,
  ): Promise<Answer> => {
    // Beside the caller's way, which is as long as it was.
    answer.catch((error: unknown) => {
      if (error instanceof StoreError && error.reason === 'throttled') operations[kind]++;
    });
    return answer;
  };
  return {
    objects: {
      put(object) {
        operations.objectPuts++;
        return seeing('objectThrottles', objects.put(object));
      },
      read(range) {
        operations.objectReads++;
        return seeing('objectThrottles', objects.read(range));
      },
      delete(keys) {
        operations.objectDeletes++;
        return seeing('objectThrottles', objects.delete(keys));
      },
      list(page) {
        operations.objectLists++;
        return seeing('objectThrottles', objects.list(page));
      },
    },
    table: {
      get(key, read) {
        operations.tableReads++;
        return seeing('tableThrottles', table.get(key, read));
      },
      query(range) {
        operations.tableQueries++;
        return seeing('tableThrottles', table.query(range));
      },
      async write(write) {
        operations.tableWrites++;
        const result = await seeing('tableThrottles', table.write(write));
        if (result.kind === 'refused') operations.tableRefusals++;
        return result;
      },
      async transact(writes) {
        operations.tableWrites += writes.length;
        const result = await seeing('tableThrottles', table.transact(writes));
        if (result.kind === 'refused') operations.tableRefusals += writes.length;
        return result;
      },
    },
  };
}
