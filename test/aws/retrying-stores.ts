// Stores that try again what the engine would, by the engine's own rules, so that a suite which
// knows nothing of failures can run over stores that fail: reads and deletes after anything, what
// changes something only after a definite 'not-done'. No time passes between tries.

import type { Chance, Clock } from '../../shared/engine/environment.ts';
import { retry } from '../../shared/engine/retry.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { Objects } from '../../shared/store/objects.ts';
import type { Table } from '../../shared/store/table.ts';

const timeless: Clock = {
  now: () => 0 as EpochMillis,
  sleep: () => Promise.resolve(),
  turn: () => Promise.resolve(),
};

type Try = <Answer>(attempt: () => Promise<Answer>) => Promise<Answer>;

function tries(chance: Chance, after: 'not-done' | 'any'): Try {
  const deadline = Number.POSITIVE_INFINITY as EpochMillis;
  return (attempt) => retry({ clock: timeless, chance }, { deadline, after }, attempt);
}

export function retryingTable(table: Table, chance: Chance): Table {
  const [repeatedly, untilDone] = [tries(chance, 'any'), tries(chance, 'not-done')];
  return {
    get: (key, read) => repeatedly(() => table.get(key, read)),
    query: (range) => repeatedly(() => table.query(range)),
    write: (write) => untilDone(() => table.write(write)),
    transact: (writes) => untilDone(() => table.transact(writes)),
  };
}

/** The suite puts one key more than once, which the engine never does: of a put that may have
 * happened, 'exists' would not say whose it was. */
export function retryingObjects(objects: Objects, chance: Chance): Objects {
  const [repeatedly, untilDone] = [tries(chance, 'any'), tries(chance, 'not-done')];
  return {
    put: (object) => untilDone(() => objects.put(object)),
    read: (range) => repeatedly(() => objects.read(range)),
    delete: (keys) => repeatedly(() => objects.delete(keys)),
    list: (page) => repeatedly(() => objects.list(page)),
  };
}
