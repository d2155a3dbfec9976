// The offsets that a transaction takes: commits of leases that join its one write. So what a member
// read counts as done if, and only if, what it made of it is stored.
//
// The generation is the one that came with the poll in which the records were given. It stands for
// the lease: taken in that generation or before, by the same incarnation, it has been held ever
// since. A commit must be of more than is committed: what was done before is not done again.

import { EngineError } from '../../errors.ts';
import { type Holding, isByHand } from '../../group/holdings.ts';
import { commitWrite, tenureOf, whyCommitRefused } from '../../group/lease.ts';
import { leasesInFlightMax } from '../../limits.ts';
import type { JoiningWrite } from '../commit-transaction.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { type Attendance, attend } from './attend.ts';
import { checkBelowEnd, type NamedOffset } from './commit-offsets.ts';
import { holdingNamed } from './seek.ts';

export type TransactionOffsets = {
  readonly group: string;
  /** An instance's name. */
  readonly member: string;
  readonly generation: number;
  /** One a partition. */
  readonly offsets: readonly NamedOffset[];
};

/** @throws EngineError UNKNOWN_INSTANCE, ILLEGAL_GENERATION, ILLEGAL_STATE, INVALID_FIELD,
 *   THROTTLED, UNAVAILABLE */
export async function offsetWrites(
  engine: Engine,
  call: Call,
  { group, member, generation, offsets }: TransactionOffsets,
): Promise<readonly JoiningWrite[]> {
  const attendance = await attend(engine, call, { group, instance: member });
  return inRuns(offsets, leasesInFlightMax, async (offset) => {
    const holding = heldSince(attendance, offset, generation);
    await checkBelowEnd(engine, call, holding, offset);
    return joining(engine, attendance, holding, offset);
  });
}

/** @throws EngineError ILLEGAL_GENERATION, ILLEGAL_STATE */
function heldSince(
  { group, member }: Attendance,
  offset: NamedOffset,
  generation: number,
): Holding {
  if (generation > group.generation) {
    throw staleGeneration(`the group is at ${group.generation}, and not yet at ${generation}`);
  }
  const holding = holdingNamed(member.holdings, offset);
  const { topic, partition, takenIn } = holding;
  if (isByHand(holding)) {
    const message = `${topic}-${partition} was assigned by hand, and is shared with nobody`;
    throw new EngineError('ILLEGAL_STATE', message);
  }
  if (takenIn <= generation) return holding;
  throw staleGeneration(`${topic}-${partition} was taken in ${takenIn}, after ${generation}`);
}

function joining(
  engine: Engine,
  { group, member }: Attendance,
  holding: Holding,
  { topic, partition, offset, metadata }: NamedOffset,
): JoiningWrite {
  const tenure = tenureOf(holding, member.incarnation);
  const commit = { offset, metadata, at: engine.clock.now() };
  return {
    write: commitWrite(group, tenure, commit, { over: '<' }),
    refused: (current) => {
      const why = whyCommitRefused(tenure, group.life, current);
      if (why.kind === 'lost') return staleGeneration(`${topic}-${partition} has another owner`);
      const what = `${topic}-${partition} is committed up to ${why.committed} already`;
      return new EngineError('ILLEGAL_STATE', `offsets: ${what}`, { field: 'offsets' });
    },
  };
}

function staleGeneration(what: string): EngineError {
  return new EngineError('ILLEGAL_GENERATION', `generation: ${what}`, { field: 'generation' });
}
