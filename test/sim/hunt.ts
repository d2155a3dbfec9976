// The hunt for a planted bug: a simulation that finds none of them would say nothing by finding
// none of ours. How soon each is found in the middle, `npm run mutants` measures.

import { expect, test } from 'vitest';
import { buildSimulation } from './build.ts';
import type { Mutant } from './mutants.ts';
import { seedsMax, seedsUntilFound } from './seeds-until-found.ts';

/** For what does no harm. */
const seedsWithoutHarm = 300;

/** A test for each, but for those that are rare: it is found, or does no harm.
 * @param isAbout which seeds are tried. */
export function hunt(
  mutants: readonly Mutant[],
  isAbout: (seed: number) => boolean,
  start = 1,
): void {
  test.for(mutants.filter(({ harmless, isRare }) => harmless === undefined && !isRare))(
    '$name',
    { timeout: 600_000 },
    async ({ name, patches }) => {
      const simulation = await buildSimulation(patches);
      const needed = await seedsUntilFound(simulation, start, isAbout);
      console.log(`${name}: found after ${needed} seeds`);
      expect(needed).toBeLessThanOrEqual(seedsMax);
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
