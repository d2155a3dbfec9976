// The engine as it is holds every invariant, on seeds that never change, so that a change that
// breaks it is seen, and on some that nobody has run before, so that we learn of what is broken
// already. Both are in the names of the tests: a seed is all it takes to see it again.

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { buildSimulation } from './build.ts';

const fixed = { first: 1, count: 1_500 };
const fresh = { first: randomInt(2 ** 31), count: 300 };

const { simulate } = await buildSimulation();

test.for([fixed, fresh])(
  '$count seeds from $first on',
  { timeout: 600_000 },
  async ({ first, count }) => {
    for (let seed = first; seed < first + count; seed++) {
      const { violations, lines } = await simulate(seed);
      if (violations.length > 0) console.log(lines().join('\n'));
      expect(violations, `npm run sim -- --seed ${seed} --seeds 1 --verbose`).toEqual([]);
    }
  },
);
