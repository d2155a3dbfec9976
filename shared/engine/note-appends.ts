// What a request has appended, for whoever tells of it: records that an earlier try had stored are
// no more by this one.

import type { Tally } from '../told.ts';
import type { AppendOutcome } from './append-queue.ts';

type Share = { readonly id: { readonly partition: number }; readonly count: number };

/** @param outcomes one a share. */
export function noteAppends(
  tally: Tally,
  shares: readonly Share[],
  outcomes: readonly AppendOutcome[],
): void {
  for (const [at, { id, count }] of shares.entries()) {
    const outcome = outcomes[at] as AppendOutcome;
    if (outcome.kind === 'failed') {
      tally.failure ??= outcome.error;
      continue;
    }
    if (outcome.duplicate === undefined) tally.sentMessages += count;
    tally.partitions++;
    if (shares.length > 1) continue;
    tally.partition = id.partition;
    tally.baseOffset = outcome.baseOffset;
  }
}
