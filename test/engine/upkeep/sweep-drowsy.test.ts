// Everyone falls asleep between any two steps, for seconds or hours: those who append, who merge
// and who sweep, several of each, without any grace and by clocks that are minutes apart.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { sweepObjects } from '../../../shared/engine/upkeep/sweep-objects.ts';
import type { PartitionId } from '../../../shared/ids.ts';
import { drowsyEngine } from '../../world/drowsy-engine.ts';
import { inWorld, type World } from '../../world/world.ts';
import { Acknowledged, day, minute, orphans, patientCall, sweep } from './household.ts';

const worlds = 30;
const appends = 24;

type Home = {
  readonly world: World;
  readonly acknowledged: Acknowledged;
  readonly partitions: readonly PartitionId[];
};

/** To both partitions at once, so that an object is of two. */
async function append({ acknowledged }: Home, engine: Engine, name: string) {
  for (let number = 0; number < appends; number++) {
    const value = `${name} ${number}`;
    const records = [0, 1].map((partition) => {
      return { key: null, value: Buffer.from(value), headers: [], partition };
    });
    const call = patientCall(engine);
    const entries = await produceRecords(engine, call, { topic: 'orders', records });
    for (const [partition, entry] of entries.entries()) {
      if ('error' in entry) expect(entry.error).toMatchObject({ outcome: 'retriable' });
      else acknowledged.note(partition, entry.offset, value);
    }
  }
  await engine.background.idle();
}

async function until(isOver: () => boolean, work: () => Promise<unknown>): Promise<void> {
  while (!isOver()) await work();
}

async function story(world: World, seed: number): Promise<void> {
  const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
  const partitions = [0, 1].map((partition) => ({ topicId, partition }));
  const home: Home = { world, acknowledged: new Acknowledged(), partitions };
  let drawn = 100 * seed;
  const sleeper = (aheadMillis = 0) => {
    return drowsyEngine(world, {
      seed: drawn++,
      odds: 0.1,
      napMillisMax: 20 * minute,
      aheadMillis,
    });
  };
  let isOver = false;
  const appenders = ['a', 'b', 'c'].map((name) => append(home, sleeper(), name));
  const mergers = partitions.map(async (id) => {
    const engine = sleeper();
    await until(
      () => isOver,
      async () => {
        await mergePartition(engine, patientCall(engine), id, 'none');
        await world.time.sleep(10 * minute);
      },
    );
  });
  const sweepers = [-10 * minute, 10 * minute].map(async (ahead) => {
    const engine = sleeper(ahead);
    await until(
      () => isOver,
      () => sweepObjects(engine, patientCall(engine), { graceMillis: 0 }),
    );
  });
  await Promise.all(appenders);
  isOver = true;
  await Promise.all([...mergers, ...sweepers]);
  await home.acknowledged.check(world);
  await world.time.sleep(day);
  for (let sweeps = 0; sweeps < 2; sweeps++) await sweep(world);
  expect(await orphans(world, partitions)).toEqual([]);
  const logs = await home.acknowledged.check(world);
  for (const values of logs.values()) expect(values).toHaveLength(3 * appends);
}

test('what was acknowledged is read at its offset, and what nothing names is gone', async () => {
  for (let seed = 1; seed <= worlds; seed++) await inWorld(seed, (world) => story(world, seed));
});
