// The engine as it is holds every invariant, on seeds that never change, so that a change that
// breaks it is seen, and on some that nobody has run before, so that we learn of what is broken
// already. Both are in the names of the tests: a seed is all it takes to see it again. More seeds
// that never change are run beside the hunts (more-seeds.test.ts).

import { randomInt } from 'node:crypto';
import { test } from 'vitest';
import { holdSeeds } from './hold-seeds.ts';

const fixed = { first: 1, count: 900 };
const fresh = { first: randomInt(2 ** 31), count: 300 };

test.for([fixed, fresh])('$count seeds from $first on', { timeout: 600_000 }, holdSeeds);
