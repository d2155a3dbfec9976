// The engine as it is holds every invariant, on a row of seeds.

import { expect } from 'vitest';
import { buildSimulation } from './build.ts';

export type Seeds = { readonly first: number; readonly count: number };

const { simulate } = await buildSimulation();

export async function holdSeeds({ first, count }: Seeds): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const { violations, lines } = await simulate(seed);
    if (violations.length > 0) console.log(lines().join('\n'));
    expect(violations, `npm run sim -- --seed ${seed} --seeds 1 --verbose`).toEqual([]);
  }
}
