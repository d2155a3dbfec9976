// A process that is stopped right before one of its calls of the table, or of the objects too, for
// as long as the story wants: others act meanwhile, or it never wakes.

import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import { type Key, keyOf } from '../../shared/store/algebra.ts';
import type { Objects } from '../../shared/store/objects.ts';
import type { Table } from '../../shared/store/table.ts';
import { seededChance } from './seeded-chance.ts';
import type { World } from './world.ts';

export type Step = {
  readonly operation: keyof Table | keyof Objects;
  /** Of the items it reads or writes; of a query, the first that it may find. Of objects: none. */
  readonly keys: readonly Key[];
};

export type Interruption = {
  /** The first step of which this holds, and no other. */
  readonly at: (step: Step) => boolean;
  /** What happens before that step goes on. */
  readonly by: () => Promise<unknown>;
  /** Whether calls of the objects are steps too. @default false */
  readonly withObjects?: boolean;
};

export function interruptedEngine(
  world: World,
  { at, by, withObjects = false }: Interruption,
): Engine {
  const { table, objects } = world.account;
  let isOver = false;
  const pass = async (step: Step) => {
    if (isOver || !at(step)) return;
    isOver = true;
    await by();
  };
  const interrupted: Table = {
    get: async (key, read) => {
      await pass({ operation: 'get', keys: [key] });
      return table.get(key, read);
    },
    query: async (range) => {
      await pass({ operation: 'query', keys: [{ pk: range.pk, sk: range.from ?? '' }] });
      return table.query(range);
    },
    write: async (write) => {
      await pass({ operation: 'write', keys: [keyOf(write)] });
      return table.write(write);
    },
    transact: async (writes) => {
      await pass({ operation: 'transact', keys: writes.map(keyOf) });
      return table.transact(writes);
    },
  };
  const stepwise = withObjects ? interruptedObjects(objects, pass) : objects;
  const chance = seededChance(world.time.now() % 1_000_003);
  return createEngine({ objects: stepwise, table: interrupted, clock: world.time, chance });
}

function interruptedObjects(objects: Objects, pass: (step: Step) => Promise<void>): Objects {
  const before = async (operation: keyof Objects) => pass({ operation, keys: [] });
  return {
    put: async (object) => {
      await before('put');
      return objects.put(object);
    },
    read: async (range) => {
      await before('read');
      return objects.read(range);
    },
    delete: async (keys) => {
      await before('delete');
      return objects.delete(keys);
    },
    list: async (page) => {
      await before('list');
      return objects.list(page);
    },
  };
}

export type Frozen<Answer> = {
  /** Whether it came so far that it was stopped. Else it is over. */
  readonly isFrozen: boolean;
  /** Its calls before that one. */
  readonly steps: readonly Step[];
  /** Goes on, to its end. @returns what it answers, or the error it throws. */
  readonly thaw: () => Promise<Answer | Error>;
};

/** Runs the work in a process that freezes before that call of the table, the first being 0. What
 * it has sent besides goes on. */
export async function freezing<Answer>(
  world: World,
  step: number,
  work: (engine: Engine) => Promise<Answer>,
  options: Pick<Interruption, 'withObjects'> = {},
): Promise<Frozen<Answer>> {
  const reached = Promise.withResolvers<boolean>();
  const wake = Promise.withResolvers<void>();
  const steps: Step[] = [];
  const engine = interruptedEngine(world, {
    ...options,
    at: (next) => steps.push(next) > step,
    by: () => {
      reached.resolve(true);
      return wake.promise;
    },
  });
  const ended = work(engine).catch((error: Error) => error);
  const isFrozen = await Promise.race([reached.promise, ended.then(() => false)]);
  return {
    isFrozen,
    steps: isFrozen ? steps.slice(0, step) : steps,
    thaw: () => {
      wake.resolve();
      return ended;
    },
  };
}
