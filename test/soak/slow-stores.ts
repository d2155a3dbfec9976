// Stores as a process sees them that is far away: now and then a call comes late, or its answer
// does, and rarely by so much that a whole sweep falls between two steps of an append.

import { hostClock } from '../../shared/engine/host-environment.ts';
import type { Stores } from '../../shared/store/counted.ts';
import type { Dice } from './dice.ts';

const slowOdds = 0.2;
const slowMillisMax = 60;
const frozenOdds = 0.01;
/** What is late is late by less than tombstones allow for (build.ts), several times over. */
const frozenMillisMax = 2_000;

export function slowly({ objects, table }: Stores, dice: Dice): Stores {
  const wait = async () => {
    if (dice.odds(slowOdds)) await hostClock.sleep(dice.mostlySmall(slowMillisMax));
    if (dice.odds(frozenOdds)) await hostClock.sleep(dice.upTo(frozenMillisMax));
  };
  const late = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    await wait();
    const answer = await call();
    await wait();
    return answer;
  };
  return {
    objects: {
      put: (object) => late(() => objects.put(object)),
      read: (range) => late(() => objects.read(range)),
      delete: (keys) => late(() => objects.delete(keys)),
      list: (page) => late(() => objects.list(page)),
    },
    table: {
      get: (key, read) => late(() => table.get(key, read)),
      query: (range) => late(() => table.query(range)),
      write: (write) => late(() => table.write(write)),
      transact: (writes) => late(() => table.transact(writes)),
    },
  };
}
