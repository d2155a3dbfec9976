// The simulation finds the bugs that are planted into groups.

import { hunt } from './hunt.ts';
import { subjectOf } from './knobs.ts';
import { groupMutants } from './mutants.ts';

hunt(groupMutants, (seed) => subjectOf(seed) === 'groups');
