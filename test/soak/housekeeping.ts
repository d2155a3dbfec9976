// npm run soak -- [seconds, default 60] [seed] [a planted bug of test/sim/mutants.ts]
// Write, merge, retain and compact at random, with readers at every position, over the embedded
// engine's own stores: every reader sees exactly what the model says. Ends with 1 when one does
// not. A seed draws the same acts again, but their order is real time's: it replays nothing.

import { assert } from '../../shared/assert.ts';
import { mutantNamed } from '../sim/mutants.ts';
import { buildSoak } from './build.ts';

const violationsShown = 20;
/** Of a run that is at least so long, nothing may be left undone. */
const fullSeconds = 40;

const [secondsText = '60', seedText, mutant] = process.argv.slice(2);
const seconds = Number(secondsText);
const seed = Number(seedText ?? Date.now() % 1_000_000);
assert(seconds > 0 && Number.isSafeInteger(seed), 'npm run soak -- [seconds] [seed]');
console.log(`${seconds} s, seed ${seed}${mutant === undefined ? '' : `, with ${mutant}`}`);

const { soak } = await buildSoak(mutant === undefined ? [] : mutantNamed(mutant).patches);
const { tally, positions, written, read, violations, folder } = await soak({ seconds, seed });
const done = ['merges', 'compactions', 'retentions', 'objectsDeleted', 'tombstonesGone'] as const;
const undone = seconds < fullSeconds ? [] : done.filter((what) => tally[what] === 0);
const faults = [...violations, ...undone.map((what) => `${what}: 0, so this run shows nothing`)];

tell('appends', 'records', 'transactions', 'repeats', 'placeless', 'refusedWrites');
tell('merges', 'chunksMerged', 'compactions', 'passes', 'recordsLeftOut', 'retentions');
tell('deletions', 'sweeps', 'objectsDeleted', 'lookedAfter', 'cutOff', 'refusedUpkeep');
tell('fetches', 'recordsRead', 'timesFound', 'overtaken', 'tombstonesGone', 'refusedReads');
console.log(`positions read from: ${positions}`);
console.log(`records read before all was quiet: ${read} of ${written}`);
console.log(`violations: ${faults.length}`);
for (const fault of faults.slice(0, violationsShown)) console.log(`  ${fault}`);
if (folder !== undefined) console.log(`the store: npm run fsck -- --data ${folder} --deep`);
process.exitCode = faults.length > 0 ? 1 : 0;

function tell(...names: readonly (keyof typeof tally)[]): void {
  console.log(names.map((name) => `${name}: ${tally[name]}`).join(', '));
}
