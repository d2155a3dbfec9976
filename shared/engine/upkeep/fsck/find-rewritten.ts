// Lost chunks that were rewritten together with one beside them. The object that a neighbour names
// holds one entry a chunk, in their order, and its batches carry their offsets: so the entries
// between say which chunk they were. That a chunk of a single ref names it tells that it is such an
// object; an append's batches carry whatever offsets their producer wrote.
//
// Where no compaction has run, all objects that hold a chunk hold the same records.

import { lastAtOrBefore, type Refs } from '../../../log/refs.ts';
import type { FooterEntry } from '../../../segment/footer.ts';
import { beginsExactly, type Gap } from './gap.ts';
import type { LostChunk } from './lost-chunk.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Stored } from './unnamed-entries.ts';

/** All of the gap, or nothing of it. @throws EngineError THROTTLED, UNAVAILABLE */
export async function findRewritten(
  objects: StoredObjects,
  gap: Gap,
): Promise<readonly LostChunk[] | undefined> {
  const found = [...(await entriesBehind(objects, gap)), ...(await entriesBefore(objects, gap))];
  const byBase = new Map(found.map((chunk) => [chunk.baseOffset, chunk]));
  const chunks: LostChunk[] = [];
  for (let at = firstBase(gap, found); at !== gap.to; ) {
    const chunk = at === undefined ? undefined : byBase.get(at);
    if (chunk === undefined || chunk.endOffset > gap.to) return undefined;
    chunks.push(chunk);
    at = chunk.endOffset;
  }
  return chunks;
}

function firstBase(gap: Gap, chunks: readonly LostChunk[]): number | undefined {
  if (beginsExactly(gap)) return gap.from;
  const { from } = gap;
  const holder = chunks.find((one) => one.baseOffset <= from && from < one.endOffset);
  return holder?.baseOffset;
}

/** In the object that the chunk before the gap names: what comes after its own. */
async function entriesBehind(objects: StoredObjects, gap: Gap): Promise<readonly LostChunk[]> {
  const { entries, index } = await besideIn(objects, gap, gap.before);
  const chunks: LostChunk[] = [];
  let baseOffset = gap.from;
  for (const entry of entries.slice(index + 1)) {
    if (baseOffset >= gap.to) break;
    const endOffset = baseOffset + entry.count;
    chunks.push({ baseOffset, endOffset, stored: [entry], isPlaced: true });
    baseOffset = endOffset;
  }
  return chunks;
}

/** In the object that the chunk behind it names: what comes before its own. */
async function entriesBefore(objects: StoredObjects, gap: Gap): Promise<readonly LostChunk[]> {
  const after = gap.isTailAfter ? undefined : gap.after;
  const { entries, index } = await besideIn(objects, gap, after);
  const chunks: LostChunk[] = [];
  let endOffset = gap.to;
  for (const entry of entries.slice(0, Math.max(0, index)).toReversed()) {
    if (endOffset <= gap.from) break;
    const baseOffset = endOffset - entry.count;
    chunks.push({ baseOffset, endOffset, stored: [entry], isPlaced: true });
    endOffset = baseOffset;
  }
  return chunks;
}

type Beside = { readonly entries: readonly (FooterEntry & Stored)[]; readonly index: number };

/** The object of a chunk that was rewritten, and which of its entries is the chunk's. */
async function besideIn(
  objects: StoredObjects,
  { id: { topicId, partition } }: Gap,
  chunk: Refs | undefined,
): Promise<Beside> {
  const ref = chunk?.length === 1 ? chunk.at(0) : undefined;
  const footer = ref && (await objects.footerOf(ref.segment));
  if (ref === undefined || footer?.kind !== 'entries') return { entries: [], index: -1 };
  const isOne = footer.entries.every((one) => {
    return one.topicId === topicId && one.partition === partition;
  });
  if (!isOne) return { entries: [], index: -1 };
  const entries = footer.entries.map((entry) => ({ ...entry, segment: ref.segment }));
  return { entries, index: lastAtOrBefore(footer.positions, ref.position) };
}
