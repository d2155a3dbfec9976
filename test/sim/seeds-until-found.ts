// How many seeds it takes until a simulation finds something: what a planted bug is measured by.

import type { Simulation } from './build.ts';

/** So many are tried. */
export const seedsMax = 2_000;

/** @param isAbout which seeds are tried. @returns infinity: nothing was found. */
export async function seedsUntilFound(
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
