// What the entries of a produce say of its batches.

import type { ProducedEntry } from '../../../shared/engine/records-by-partition.ts';
import type { BatchOutcome, SentBatch } from '../history.ts';
import { outcomeOf } from './produce-attempt.ts';

/** The entries are those of the batches' records, in order; a batch is one append. */
export function outcomesOf(
  batches: readonly SentBatch[],
  entries: readonly ProducedEntry[],
): readonly BatchOutcome[] {
  let at = 0;
  return batches.map(({ records }) => {
    const own = entries.slice(at, at + records.length);
    at += records.length;
    const [first] = own;
    if (first === undefined) throw new Error('an entry is missing');
    if ('error' in first) return outcomeOf(first.error);
    const step = first.offset < 0 ? 0 : 1;
    const dense = own.every(
      (one, index) => 'offset' in one && one.offset === first.offset + step * index,
    );
    if (!dense) throw new Error('the offsets of one batch are not dense');
    return first.offset < 0 ? { kind: 'duplicate' } : { kind: 'stored', baseOffset: first.offset };
  });
}
