// A process whose calls of the table meet with what a story wants, told by the items that they
// touch: they are sent and never heard of, they land late, or others act in their midst.

import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import { keyOf } from '../../shared/store/algebra.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';
import type { Step } from './interrupted-engine.ts';
import { seededChance } from './seeded-chance.ts';
import type { World } from './world.ts';

export type Meddling = {
  readonly at: (step: Step) => boolean;
  /** What becomes of each such call. @param work does it. @returns its answer. */
  readonly by: <Answer>(work: () => Promise<Answer>) => Promise<Answer>;
};

export function meddledEngine(world: World, { at, by }: Meddling): Engine {
  const { table, objects } = world.account;
  const pass = <Answer>(step: Step, work: () => Promise<Answer>) => (at(step) ? by(work) : work());
  const meddled: Table = {
    get: (key, read) => pass({ operation: 'get', keys: [key] }, () => table.get(key, read)),
    query: (range) => {
      const keys = [{ pk: range.pk, sk: range.from ?? '' }];
      return pass({ operation: 'query', keys }, () => table.query(range));
    },
    write: (write) => {
      return pass({ operation: 'write', keys: [keyOf(write)] }, () => table.write(write));
    },
    transact: (writes) => {
      return pass({ operation: 'transact', keys: writes.map(keyOf) }, () => table.transact(writes));
    },
  };
  const chance = seededChance(world.time.now() % 1_000_033);
  return createEngine({ objects, table: meddled, clock: world.time, chance });
}

/** What a call hears whose answer is lost. */
export function unheard(): StoreError {
  return new StoreError('unknown', 'unavailable');
}

/** Whether it writes an item of a group's whose name begins so: `member#`, `lease#`. */
export function writes({ operation, keys }: Step, sk: string): boolean {
  const isWrite = operation === 'write' || operation === 'transact';
  return isWrite && keys.some((key) => key.pk.startsWith('group#') && key.sk.startsWith(sk));
}

export type LateLeases = {
  readonly engine: Engine;
  /** All that was sent lands, as it was sent. */
  readonly land: () => Promise<void>;
};

/** A process that hears nothing of what it writes of leases. None of it is done until it lands. */
export function lateLeases(world: World): LateLeases {
  const late: (() => Promise<unknown>)[] = [];
  const engine = meddledEngine(world, {
    at: (step) => writes(step, 'lease#'),
    by: (work) => {
      late.push(work);
      throw unheard();
    },
  });
  return {
    engine,
    land: async () => {
      for (const work of late.splice(0)) await work();
    },
  };
}
