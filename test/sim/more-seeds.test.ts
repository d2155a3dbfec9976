// What seeds.test.ts has no time for.

import { test } from 'vitest';
import { holdSeeds } from './hold-seeds.ts';

const more = { first: 901, count: 1_000 };

test.for([more])('$count seeds from $first on', { timeout: 600_000 }, holdSeeds);
