// Where the records are that a lost chunk named, when that is certain: by what stands beside it in
// a rewritten object (find-rewritten.ts), or by the sequences of its producer (find-sequences.ts).
//
// Plain appends say nothing of their order, and the times of their objects do not: commits pass
// each other. A gap of such is left, though its records may be there: any order would be a guess.
// So is one where a compaction has run: what is found may be older than what the chunk named, and
// records would come back that were deleted.

import { findRewritten } from './find-rewritten.ts';
import { findSequences } from './find-sequences.ts';
import { type Gap, isCompacted } from './gap.ts';
import type { LostChunk } from './lost-chunk.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { UnnamedEntry } from './unnamed-entries.ts';

export type Found =
  | { readonly kind: 'found'; readonly chunks: readonly LostChunk[] }
  | { readonly kind: 'uncertain'; readonly why: string };

/** @param unnamed finds what nothing names of the partition.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function findLost(
  objects: StoredObjects,
  gap: Gap,
  unnamed: () => Promise<readonly UnnamedEntry[]>,
): Promise<Found> {
  if (isCompacted(gap)) return uncertain('compaction may have left some of it out');
  const rewritten = await findRewritten(objects, gap);
  const chunks = rewritten ?? (await findSequences(objects, gap, await unnamed()));
  if (chunks !== undefined) return { kind: 'found', chunks };
  return uncertain('nothing says for certain what was there, or in which order');
}

function uncertain(why: string): Found {
  return { kind: 'uncertain', why };
}
