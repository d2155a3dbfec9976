// Bugs that are planted into the engine, to show that the simulation finds them. Each is one entry:
// what is wrong with it, and the text that makes it so.

import { assert } from '../../shared/assert.ts';
import type { Patch } from './build.ts';
import { appendMutants } from './mutants/append-mutants.ts';
import { compactionMutants } from './mutants/compaction-mutants.ts';
import { deliveryMutants } from './mutants/delivery-mutants.ts';
import { evictionMutants } from './mutants/eviction-mutants.ts';
import { leaseMutants } from './mutants/lease-mutants.ts';
import { memberMutants } from './mutants/member-mutants.ts';
import { readMutants } from './mutants/read-mutants.ts';
import { retentionMutants } from './mutants/retention-mutants.ts';
import { rewriteMutants } from './mutants/rewrite-mutants.ts';
import { rollMutants } from './mutants/roll-mutants.ts';
import { stampMutants } from './mutants/stamp-mutants.ts';
import { sweepMutants } from './mutants/sweep-mutants.ts';
import { topicMutants } from './mutants/topic-mutants.ts';
import { transactionMutants } from './mutants/transaction-mutants.ts';
import { wakeUpMutants } from './mutants/wake-up-mutants.ts';

export type Mutant = {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** It takes hundreds of seeds to find: `npm run mutants` alone hunts for it. */
  readonly isRare?: boolean;
  /** Why it does no harm today, and so is not found: it shows what rests on something else. */
  readonly harmless?: string;
};

/** Of what is plain: appends, rolls, reads and topics. */
export const plainMutants: readonly Mutant[] = [
  ...appendMutants,
  ...rollMutants,
  ...readMutants,
  ...topicMutants,
];

/** Of what is safe to send again. */
export const identityMutants: readonly Mutant[] = [
  ...stampMutants,
  ...evictionMutants,
  ...transactionMutants,
];

/** Of groups. */
export const groupMutants: readonly Mutant[] = [...memberMutants, ...leaseMutants];

/** Of triggers. */
export const triggerMutants: readonly Mutant[] = [...deliveryMutants, ...wakeUpMutants];

/** Of housekeeping. */
export const upkeepMutants: readonly Mutant[] = [
  ...sweepMutants,
  ...rewriteMutants,
  ...retentionMutants,
  ...compactionMutants,
];

export const allMutants: readonly Mutant[] = [
  ...plainMutants,
  ...identityMutants,
  ...groupMutants,
  ...triggerMutants,
  ...upkeepMutants,
];

export function mutantNamed(name: string): Mutant {
  const found = allMutants.find((mutant) => mutant.name === name);
  assert(found !== undefined, `there is no mutant ${name}`);
  return found;
}
