// The hunt for a planted bug: a simulation that finds none of them would say nothing by finding
// none of ours. Each is looked for from several seeds on, and how many seeds it took is printed.

import { expect, test } from 'vitest';
import { buildSimulation, type Simulation } from './build.ts';
import type { Mutant } from './mutants.ts';

const startingSeedsDefault = [1, 10_001, 20_001];
const seedsMax = 2_000;
/** For what does no harm. */
const seedsWithoutHarm = 300;

/** A test for each: it is found, or does no harm. @param isAbout which seeds are tried. */
export function hunt(
  mutants: readonly Mutant[],
  isAbout: (seed: number) => boolean,
  startingSeeds: readonly number[] = startingSeedsDefault,
): void {
  test.for(mutants.filter(({ harmless }) => harmless === undefined))(
    '$name',
    { timeout: 600_000 },
    async ({ name, patches }) => {
      const simulation = await buildSimulation(patches);
      const needed: number[] = [];
      for (const start of startingSeeds)
        needed.push(await seedsUntilFound(simulation, start, isAbout));
      const median = needed.toSorted((one, other) => one - other)[needed.length >> 1];
      console.log(`${name}: found after ${median} seeds (median of ${needed.join(', ')})`);
      expect(Math.max(...needed)).toBeLessThanOrEqual(seedsMax);
    },
  );
  test.for(mutants.filter(({ harmless }) => harmless !== undefined))(
    '$name does no harm: $harmless',
    { timeout: 600_000 },
    async ({ patches }) => {
      const { simulate } = await buildSimulation(patches);
      for (let seed = 1; seed <= seedsWithoutHarm; seed++) {
        expect((await simulate(seed)).violations, `seed ${seed}`).toEqual([]);
      }
    },
  );
}

async function seedsUntilFound(
  { simulate }: Simulation,
  start: number,
  isAbout: (seed: number) => boolean,
): Promise<number> {
  for (let tried = 0, seed = start; tried < seedsMax; seed++) {
    if (!isAbout(seed)) continue;
    tried++;
    if ((await simulate(seed)).violations.length > 0) return tried;
  }
  return Number.POSITIVE_INFINITY;
}
