// Every bug that is planted into plain appends, rolls, reads and topics is found, and soon.

import { hunt } from './hunt.ts';
import { hasGroups } from './knobs.ts';
import { plainMutants } from './mutants.ts';

hunt(plainMutants, (seed) => !hasGroups(seed));
