// An account in which an engine is run to see what it uses: the world that the tests of its costs
// are told in, with its latencies and its units, and a meter that also counts what that world does
// not bill: LISTs, and the bytes that are stored.
//
// What is told here of a price holds as long as those tests do: both count by the same world.

import type { Chance } from '../shared/engine/environment.ts';
import type { Objects } from '../shared/store/objects.ts';
import type { Table } from '../shared/store/table.ts';
import { newWorld, type World } from '../test/world/world.ts';
import { type Meter, newMeter, type Usage } from './usage.ts';

/** Of a page of S3's, as of a GET. */
const listMillis = 63;

export type Account = {
  readonly world: World;
  /** Of all processes: what one draws no other does. */
  readonly chance: Chance;
  readonly objects: Objects;
  readonly table: Table;
  /** What functions and queues add to. */
  readonly meter: Meter;
  /** Up to now, all told. */
  readonly used: () => Usage;
  readonly stored: {
    /** Put, and not deleted since. */
    objectBytes: number;
  };
};

/** @param seed everything follows from it. */
export function openAccount(seed: number): Account {
  const world = newWorld(seed);
  const { bill } = world.account;
  const { objects, table, chance } = world.newEngine();
  const meter = newMeter();
  const stored = { objectBytes: 0 };
  const sizes = new Map<string, number>();
  return {
    world,
    chance,
    table,
    meter,
    stored,
    used: () => ({
      ...meter,
      objectPuts: meter.objectPuts + bill.objectPuts,
      objectGets: bill.objectReads,
      writeUnits: bill.writeUnits,
      readUnits: bill.readUnits,
    }),
    objects: {
      put: (object) => {
        const bytes = object.parts.reduce((sum, { length }) => sum + length, 0);
        sizes.set(object.key, bytes);
        stored.objectBytes += bytes;
        return objects.put(object);
      },
      read: (range) => objects.read(range),
      delete: (keys) => {
        for (const key of keys) stored.objectBytes -= sizes.get(key) ?? 0;
        return objects.delete(keys);
      },
      list: async (page) => {
        meter.objectPuts++;
        await world.time.sleep(listMillis);
        return objects.list(page);
      },
    },
  };
}
