// The sentences of stories about housekeeping within one process.

import { Housekeeping, type Pace, pacesAlone } from '../../local/housekeeping.ts';
import { watchedTable } from '../../local/watched-table.ts';
import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import type { Clock } from '../../shared/engine/environment.ts';
import type { PartitionId, TopicId } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { readChunk } from '../../shared/log/chunk.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { partitionOfPk, partitionPk, rewriteKey } from '../../shared/store/items.ts';
import type { Told } from '../../shared/told.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produce } from '../world/story.ts';
import type { World } from '../world/world.ts';

type Others = Partial<Stores> & { readonly clock?: Clock; readonly pace?: Partial<Pace> };

/** A process that keeps house, in the world if nothing else is said. */
export function newKeeper(world: World, { clock = world.time, pace, ...stores }: Others = {}) {
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push(fault);
  const told: Told[] = [];
  const housekeeping = new Housekeeping({
    clock,
    pace: { ...pacesAlone, ...pace },
    onFault,
    tell: (one) => told.push(one),
  });
  const { objects, table } = { ...world.newEngine(), ...stores };
  const engine = createEngine({
    objects,
    table: watchedTable(table, housekeeping.see),
    clock: world.time,
    chance: seededChance(3),
  });
  return { housekeeping, engine, faults, told };
}

/** Appends of whole chunks. */
export const rolled = 2 * refsPerChunk;

/** Of which a few are worth a merge, since nothing makes it smaller. */
const large = Buffer.from(seededChance(1).bytes(300_000)).toString('base64');

/** Two chunks of them. */
export async function produceChunks(world: World, engine: Engine, partition = 0): Promise<void> {
  for (let round = 0; round < rolled; round++) {
    await produce(world, engine, [`${round} ${large}`], { partition });
  }
  await engine.background.idle();
}

/** How many objects hold what was rolled of a partition. */
export async function objectsOf(world: World, id: PartitionId): Promise<number> {
  const range = { pk: partitionPk(id), from: 'chunk#', to: 'chunk$', limit: 100, strong: true };
  const chunks = (await world.account.stored.query(range)).map(readChunk);
  const refs = chunks.flatMap((chunk) => [...Array(chunk.length).keys()].map((at) => chunk.at(at)));
  return new Set(refs.map(({ segment }) => segment)).size;
}

export async function newTopic(world: World, partitions = 1): Promise<TopicId> {
  const { id } = await world.createTopic({ name: 'orders', partitions });
  // Weak reads see it.
  await world.time.sleep(60_000);
  return id;
}

/** The stores of a world, of which it is seen when a partition is looked at. */
export function seen(world: World, look: (partition: number) => void): Stores {
  const { objects, table } = world.newEngine();
  return {
    objects,
    table: {
      ...table,
      get: (key, read) => {
        const id = partitionOfPk(key.pk);
        if (id !== undefined && key.sk === rewriteKey(id).sk) look(id.partition);
        return table.get(key, read);
      },
    },
  };
}
