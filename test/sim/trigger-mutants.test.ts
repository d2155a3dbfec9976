// Every bug that is planted into triggers is found, and soon.

import { hunt } from './hunt.ts';
import { subjectOf } from './knobs.ts';
import { triggerMutants } from './mutants.ts';

hunt(triggerMutants, (seed) => subjectOf(seed) === 'triggers', 20_001);
