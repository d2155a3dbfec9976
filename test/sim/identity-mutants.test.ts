// Every bug that is planted into stamps, evictions and transactions is found, and soon.

import { hunt } from './hunt.ts';
import { subjectOf } from './knobs.ts';
import { identityMutants } from './mutants.ts';

hunt(identityMutants, (seed) => subjectOf(seed) === 'logs');
