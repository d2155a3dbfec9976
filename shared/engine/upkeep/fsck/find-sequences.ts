// Lost chunks that are all of one producer. Its batches stand right before the gap and right behind
// it (or the gap begins at offset 0), and the sequences between them are as many as the gap's
// offsets. A batch is only committed behind the one before it, so these sequences are what the gap
// holds, in their order. They are found if there are entries of them, and no two that differ.

import { refsPerChunk } from '../../../limits.ts';
import type { PlacedRef } from '../../../log/ref.ts';
import { type BatchHeader, crcHolds } from '../../../record/batch-header.ts';
import { splitBatches } from '../../../record/batches.ts';
import { sequenceAfter } from '../../../sequence.ts';
import type { Gap } from './gap.ts';
import type { LostChunk } from './lost-chunk.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Stored, UnnamedEntry } from './unnamed-entries.ts';

/** Batches of one producer, one after the other. */
type Run = {
  readonly producerId: number;
  readonly epoch: number;
  readonly sequence: number;
  /** What comes after them. */
  readonly next: number;
  readonly count: number;
};

/** All of the gap, or nothing of it. @throws EngineError THROTTLED, UNAVAILABLE */
export async function findSequences(
  objects: StoredObjects,
  gap: Gap,
  unnamed: readonly UnnamedEntry[],
): Promise<readonly LostChunk[] | undefined> {
  const count = gap.to - gap.from;
  const end = gap.after && (await runAt(objects, gap.after.at(0), 'first'));
  if (end === undefined) return undefined;
  const last = gap.before && (await runAt(objects, gap.before.at(gap.before.length - 1), 'last'));
  const isFirst = gap.from === 0 && gap.before === undefined;
  const start = isFirst ? { ...end, next: 0 } : last;
  if (start === undefined || !isSameProducer(start, end)) return undefined;
  if (sequenceAfter(start.next, count) !== end.sequence) return undefined;
  const bySequence = await runsOf(
    objects,
    end,
    unnamed.filter((entry) => entry.count <= count),
  );
  const entries: UnnamedEntry[] = [];
  let [at, sequence] = [gap.from, start.next];
  while (at < gap.to) {
    const own = bySequence.get(sequence);
    if (own === undefined || own === 'many') return undefined;
    entries.push(own.entry);
    at += own.run.count;
    sequence = own.run.next;
  }
  const isWhole = at === gap.to && entries.length % refsPerChunk === 0;
  return isWhole ? chunksOf(gap, entries) : undefined;
}

/** A ref was an entry: other chunks than these would not have refused who rolls them again. */
function chunksOf({ from }: Gap, entries: readonly UnnamedEntry[]): readonly LostChunk[] {
  const chunks: LostChunk[] = [];
  let baseOffset = from;
  for (let at = 0; at < entries.length; at += refsPerChunk) {
    const stored = entries.slice(at, at + refsPerChunk);
    const endOffset = stored.reduce((sum, { count }) => sum + count, baseOffset);
    chunks.push({ baseOffset, endOffset, stored, isPlaced: false });
    baseOffset = endOffset;
  }
  return chunks;
}

type Sequenced = { readonly run: Run; readonly entry: UnnamedEntry };

/** 'many': two that begin there are not the same. */
async function runsOf(objects: StoredObjects, producer: Run, unnamed: readonly UnnamedEntry[]) {
  const runs = new Map<number, Sequenced | 'many'>();
  for (const entry of unnamed) {
    const run = runIn((await headersOf(objects, entry)) ?? []);
    if (run === undefined || !isSameProducer(run, producer) || run.count !== entry.count) continue;
    const other = runs.get(run.sequence);
    const isOther = other === 'many' || (other !== undefined && !isSame(other.entry, entry));
    runs.set(run.sequence, isOther ? 'many' : { run, entry });
  }
  return runs;
}

function isSame(one: UnnamedEntry, other: UnnamedEntry): boolean {
  return one.length === other.length && one.crc32c === other.crc32c;
}

function isSameProducer(one: Run, other: Run): boolean {
  return one.producerId === other.producerId && one.epoch === other.epoch;
}

/** The first batch of a ref, or the last. */
async function runAt(
  objects: StoredObjects,
  ref: PlacedRef,
  which: 'first' | 'last',
): Promise<Run | undefined> {
  const headers = await headersOf(objects, ref);
  return runIn(headers === undefined ? [] : headers.slice(which === 'first' ? 0 : -1).slice(0, 1));
}

function runIn(headers: readonly BatchHeader[]): Run | undefined {
  const [first] = headers;
  if (first === undefined || first.producerId < 0) return undefined;
  const { producerId, producerEpoch: epoch, baseSequence: sequence } = first;
  let next = sequence;
  let count = 0;
  for (const header of headers) {
    const isNext = header.baseSequence === next && header.producerEpoch === epoch;
    if (header.producerId !== producerId || !isNext) return undefined;
    const own = header.lastOffsetDelta + 1;
    next = sequenceAfter(next, own);
    count += own;
  }
  return { producerId, epoch, sequence, next, count };
}

/** undefined: there is no such object, or these are no whole batches. */
async function headersOf(
  objects: StoredObjects,
  stored: Stored,
): Promise<readonly BatchHeader[] | undefined> {
  const bytes = await objects.read(stored.segment, stored);
  const split = bytes?.length === stored.length ? splitBatches(bytes) : undefined;
  if (bytes === undefined || split?.kind !== 'batches') return undefined;
  return split.headers.every((header) => crcHolds(bytes, header)) ? split.headers : undefined;
}
