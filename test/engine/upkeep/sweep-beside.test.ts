// What comes between any two steps of a sweep: somebody wakes who froze at any of his, and does the
// rest at once. The sweep begins right after he froze, when weak reads do not show yet what he did.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { sweepObjects } from '../../../shared/engine/upkeep/sweep-objects.ts';
import type { PartitionId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { inWorld, type World } from '../../world/world.ts';
import { Acknowledged, day, orphans, patientCall, sweep, valuesNamed } from './household.ts';

type Home = {
  readonly world: World;
  readonly id: PartitionId;
  readonly acknowledged: Acknowledged;
};

const works: Readonly<Record<string, (home: Home, engine: Engine) => Promise<unknown>>> = {
  'an append that rolls': ({ world, acknowledged }, engine) => {
    return acknowledged.produce(world, { engine, values: ['of a sleeper'] });
  },
  'a merge': ({ id }, engine) => {
    return mergePartition(engine, patientCall(engine), id, 'none');
  },
};

/** @returns whether both came so far that they froze. */
async function story(
  name: string,
  { step, sweepStep, seed }: { step: number; sweepStep: number; seed: number },
): Promise<readonly [boolean, boolean]> {
  return inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = { topicId, partition: 0 };
    const acknowledged = new Acknowledged();
    const home = { world, id, acknowledged };
    await acknowledged.produce(world, { values: valuesNamed('old', 3 * refsPerChunk - 1) });
    await world.time.sleep(day);
    const work = works[name] as (typeof works)[string];
    const frozen = await freezing(world, step, (engine) => work(home, engine));
    const sweeping = await freezing(
      world,
      sweepStep,
      (engine) => sweepObjects(engine, patientCall(engine), { graceMillis: 0 }),
      { withObjects: true },
    );
    expect(await frozen.thaw()).not.toBeInstanceOf(Error);
    expect(await sweeping.thaw()).not.toBeInstanceOf(Error);
    await orphans(world, [id]);
    await acknowledged.check(world);
    await world.time.sleep(day);
    await sweep(world);
    expect(await orphans(world, [id])).toEqual([]);
    await acknowledged.check(world);
    return [frozen.isFrozen, sweeping.isFrozen];
  });
}

test.each(Object.keys(works))('%s goes on between any two steps of it', async (name) => {
  let pairs = 0;
  let isFrozen = true;
  for (let step = 0; isFrozen; step++) {
    let isSweeping = true;
    for (let sweepStep = 0; isSweeping; sweepStep++) {
      const seed = 1 + 100 * step + sweepStep;
      [isFrozen, isSweeping] = await story(name, { step, sweepStep, seed });
      pairs++;
    }
  }
  expect(pairs).toBeGreaterThan(50);
});
