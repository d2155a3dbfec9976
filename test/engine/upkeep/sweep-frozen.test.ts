// Processes that freeze anywhere, for days, while others append, merge and sweep without any grace,
// by clocks that are ahead: nothing that was acknowledged is lost, nothing names an object that is
// not there, and what nobody names goes.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { transact } from '../../../shared/engine/transact.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { sweepObjects } from '../../../shared/engine/upkeep/sweep-objects.ts';
import type { PartitionId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { inWorld, type World } from '../../world/world.ts';
import {
  Acknowledged,
  day,
  engineAhead,
  minute,
  orphans,
  patientCall,
  sweep,
  valuesNamed,
} from './household.ts';

type Household = {
  readonly world: World;
  readonly partitions: readonly [PartitionId, PartitionId];
  readonly acknowledged: Acknowledged;
};

/** Two partitions: of chunks that a merge is due for, and a ref less in the tail than a roll is. */
async function household(world: World): Promise<Household> {
  const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
  const acknowledged = new Acknowledged();
  const engine = world.newEngine();
  const appends = 3 * refsPerChunk - 1;
  for (const partition of [0, 1]) {
    await acknowledged.produce(world, { engine, partition, values: valuesNamed('old', appends) });
  }
  await world.time.sleep(day);
  return {
    world,
    partitions: [0, 1].map((partition) => ({ topicId, partition })) as never,
    acknowledged,
  };
}

async function mergeAll({ world, partitions }: Household): Promise<void> {
  for (const id of partitions) {
    const engine = world.newEngine();
    await mergePartition(engine, patientCall(engine), id, 'zstd');
  }
}

/** What goes on while somebody sleeps. */
async function others(home: Household): Promise<void> {
  const { world, acknowledged } = home;
  for (const partition of [0, 1]) {
    const values = valuesNamed('meanwhile', refsPerChunk + 3);
    await acknowledged.produce(world, { partition, values });
  }
  await world.time.sleep(day);
  await mergeAll(home);
  await sweep(world, engineAhead(world, 10 * minute));
}

type Work = (home: Household, engine: Engine) => Promise<unknown>;

const value = 'of a sleeper';

async function append({ acknowledged }: Household, engine: Engine, identity?: object) {
  const records = [0, 1].map((partition) => {
    return { key: null, value: Buffer.from(value), headers: [], partition };
  });
  const request = { topic: 'orders', records, ...identity };
  const entries = await produceRecords(engine, patientCall(engine), request);
  for (const [partition, entry] of entries.entries()) {
    if ('error' in entry) throw entry.error;
    acknowledged.note(partition, entry.offset, value);
  }
  await engine.background.idle();
}

const works: Readonly<Record<string, Work>> = {
  'an append that rolls': (home, engine) => append(home, engine),
  'a stamped append': (home, engine) => {
    const sequences = new Map([0, 1].map((partition) => [partition, 0]));
    return append(home, engine, { identity: { producer: { id: 7, epoch: 0, sequences } } });
  },
  'a transaction': async ({ acknowledged }, engine) => {
    const records = [0, 1].map((partition) => {
      return { topic: 'orders', key: null, value: Buffer.from(value), headers: [], partition };
    });
    const request = { records, identity: { key: 'once' } };
    const entries = await transact(engine, patientCall(engine), request);
    for (const [partition, entry] of entries.entries()) {
      if (!('offset' in entry)) throw entry.error;
      if (entry.offset >= 0) acknowledged.note(partition, entry.offset, value);
    }
    await engine.background.idle();
  },
  'a merge': async ({ partitions: [id] }, engine) => {
    await mergePartition(engine, patientCall(engine), id, 'zstd');
  },
  'a sweep': async (_, engine) => {
    await sweepObjects(engine, patientCall(engine), { graceMillis: 0 });
  },
};

/** @returns whether it came so far that it froze. */
async function storyOf(work: Work, step: number): Promise<boolean> {
  return inWorld(1 + step, async (world) => {
    const home = await household(world);
    const { partitions, acknowledged } = home;
    const withObjects = true;
    const frozen = await freezing(world, step, (engine) => work(home, engine), { withObjects });
    await others(home);
    await orphans(world, partitions);
    await acknowledged.check(world);
    const answer = await frozen.thaw();
    if (answer instanceof Error) expect(answer).toMatchObject({ outcome: 'retriable' });
    const logs = await acknowledged.check(world);
    for (const values of logs.values()) {
      expect(values.filter((one) => one === value).length).toBeLessThanOrEqual(1);
    }
    await world.time.sleep(day);
    for (let sweeps = 0; sweeps < 2; sweeps++) await sweep(world);
    expect(await orphans(world, partitions)).toEqual([]);
    await acknowledged.check(world);
    return frozen.isFrozen;
  });
}

test.each(Object.entries(works))(
  '%s that freezes at any step, and wakes after days',
  async (name, work) => {
    // Most steps of a merge are reads, each like the other.
    const stride = name === 'a merge' ? 3 : 1;
    let steps = 0;
    while (await storyOf(work, steps)) steps += stride;
    expect(steps).toBeGreaterThan(4);
  },
);
