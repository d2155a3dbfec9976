// npm run mutants
// How soon each planted bug is found, from three seeds on: the median is what the simulation is
// worth against it. Ends with 1 when one of them is not found. Tests hunt from one seed on, and for
// none that is rare, as this takes minutes.

import { buildSimulation } from './build.ts';
import { type Subject, subjectOf } from './knobs.ts';
import {
  groupMutants,
  identityMutants,
  type Mutant,
  plainMutants,
  triggerMutants,
  upkeepMutants,
} from './mutants.ts';
import { seedsUntilFound } from './seeds-until-found.ts';

const startingSeeds = [1, 10_001, 20_001];

const subjects: readonly (readonly [Subject, readonly Mutant[]])[] = [
  ['logs', [...plainMutants, ...identityMutants]],
  ['groups', groupMutants],
  ['triggers', triggerMutants],
  ['upkeep', upkeepMutants],
];

for (const [subject, mutants] of subjects) {
  for (const { name, patches, harmless } of mutants) {
    if (harmless !== undefined) continue;
    const simulation = await buildSimulation(patches);
    const needed: number[] = [];
    for (const start of startingSeeds) {
      needed.push(await seedsUntilFound(simulation, start, (seed) => subjectOf(seed) === subject));
    }
    const median = needed.toSorted((one, other) => one - other)[needed.length >> 1];
    console.log(`${median} seeds (${needed.join(', ')}): ${name}`);
    if (!needed.every(Number.isFinite)) process.exitCode = 1;
  }
}
