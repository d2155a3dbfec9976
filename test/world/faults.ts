// Stores that fail when told to: the next calls of a kind meet what a test has lined up for them.

import { assert } from '../../shared/assert.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { StoreError } from '../../shared/store/store-error.ts';

/** 'before': it did not happen, and nobody knows. 'after': it happened, and nobody knows. 'late':
 * it did not happen yet, and nobody knows. 'throttled', and 'conflict' (with a transaction): it did
 * not happen, and the store says so.
 * Of a read there is nothing to know: its answer was lost, before or after. */
export type Fault = 'before' | 'after' | 'late' | 'throttled' | 'conflict';

export type Operation = 'put' | 'read' | 'get' | 'query' | 'write' | 'transact';

/** The operations after which something is there that was not. */
const changes: ReadonlySet<Operation> = new Set(['put', 'write', 'transact']);

export type Faults = {
  /** The next calls of that kind, in order; undefined lets one pass. */
  readonly next: (operation: Operation, ...faults: (Fault | undefined)[]) => void;
  /** What is late happens now, one after the other as it was sent.
   * @returns the answers that nobody got. */
  readonly land: () => Promise<readonly unknown[]>;
};

export function withFaults({ objects, table }: Stores): Stores & { readonly faults: Faults } {
  const planned = new Map<Operation, (Fault | undefined)[]>();
  const late: (() => Promise<unknown>)[] = [];
  const meet = async <Answer>(operation: Operation, work: () => Promise<Answer>) => {
    const fault = planned.get(operation)?.shift();
    const outcome = changes.has(operation) ? 'unknown' : 'not-done';
    if (fault === 'throttled' || fault === 'conflict') throw new StoreError('not-done', fault);
    if (fault === 'late') late.push(work);
    if (fault === 'before' || fault === 'late') throw new StoreError(outcome, 'unavailable');
    const answer = await work();
    if (fault === 'after') throw new StoreError(outcome, 'unavailable');
    return answer;
  };
  return {
    faults: {
      next: (operation, ...faults) => {
        const mayBeLate = changes.has(operation) || !faults.includes('late');
        assert(mayBeLate, 'only what changes something can be late');
        planned.set(operation, [...(planned.get(operation) ?? []), ...faults]);
      },
      land: async () => {
        const answers: unknown[] = [];
        for (const work of late.splice(0)) answers.push(await work());
        return answers;
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
