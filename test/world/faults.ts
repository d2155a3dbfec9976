// Stores that fail when told to: the next calls of a kind meet what a test has lined up for them.

import type { Stores } from '../../shared/store/counted.ts';
import { StoreError } from '../../shared/store/store-error.ts';

/** 'before': it did not happen, and nobody knows. 'after': it happened, and nobody knows.
 * 'throttled': it did not happen, and the store says so. */
export type Fault = 'before' | 'after' | 'throttled';

export type Operation = 'put' | 'read' | 'get' | 'query' | 'write' | 'transact';

export type Faults = {
  /** The next calls of that kind, in order; undefined lets one pass. */
  readonly next: (operation: Operation, ...faults: (Fault | undefined)[]) => void;
};

export function withFaults({ objects, table }: Stores): Stores & { readonly faults: Faults } {
  const planned = new Map<Operation, (Fault | undefined)[]>();
  const meet = async <Answer>(operation: Operation, work: () => Promise<Answer>) => {
    const fault = planned.get(operation)?.shift();
    if (fault === 'throttled') throw new StoreError('not-done', 'throttled');
    if (fault === 'before') throw new StoreError('unknown', 'unavailable');
    const answer = await work();
    if (fault === 'after') throw new StoreError('unknown', 'unavailable');
    return answer;
  };
  return {
    faults: {
      next: (operation, ...faults) => {
        planned.set(operation, [...(planned.get(operation) ?? []), ...faults]);
      },
    },
    objects: {
      ...objects,
      put: (object) => meet('put', () => objects.put(object)),
      read: (range) => meet('read', () => objects.read(range)),
    },
    table: {
      get: (key, read) => meet('get', () => table.get(key, read)),
      query: (range) => meet('query', () => table.query(range)),
      write: (write) => meet('write', () => table.write(write)),
      transact: (writes) => meet('transact', () => table.transact(writes)),
    },
  };
}
