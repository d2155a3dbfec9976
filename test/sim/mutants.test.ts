// Every bug that is planted into plain appends, rolls, reads and topics is found, and soon.

import { hunt } from './hunt.ts';
import { subjectOf } from './knobs.ts';
import { plainMutants } from './mutants.ts';

hunt(plainMutants, (seed) => subjectOf(seed) === 'logs');
