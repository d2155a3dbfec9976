// Every bug that is planted into housekeeping is found, and soon.

import { hunt } from './hunt.ts';
import { subjectOf } from './knobs.ts';
import { upkeepMutants } from './mutants.ts';

hunt(upkeepMutants, (seed) => subjectOf(seed) === 'upkeep');
