// Every bug that is planted into triggers is found, and soon. From one seed on: their runs are
// longer than others.

import { hunt } from './hunt.ts';
import { subjectOf } from './knobs.ts';
import { triggerMutants } from './mutants.ts';

hunt(triggerMutants, (seed) => subjectOf(seed) === 'triggers', [20_001]);
