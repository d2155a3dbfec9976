// Partitions as they are now: of each its head, its chunks, and what their refs name. The head is
// read first: a ref that leaves the tail after that is in a chunk that was put before.
//
// What others do meanwhile may look like damage in one look. So nothing is reported that a second
// look does not find again (check-partitions.ts).

import { readChunk } from '../../../log/chunk.ts';
import { type Head, readHead } from '../../../log/head.ts';
import type { PlacedRef } from '../../../log/ref.ts';
import { type Refs, refsOfTail } from '../../../log/refs.ts';
import { segmentKey } from '../../../segment/keys.ts';
import { type Item, type Key, numberIn } from '../../../store/algebra.ts';
import { chunkBaseOffset, headKey, rewriteItem, rewriteKey } from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { repeatable } from '../../retry.ts';
import { chunkFault, headFault, isChunkKey, rewritesFault } from '../well-formed.ts';
import { RefsToCheck } from './check-refs.ts';
import type { CheckRun } from './check-run.ts';
import { chunkItems } from './chunk-items.ts';
import { type Finding, type FindingKind, findingOf, type NamedPartition } from './findings.ts';
import type { Fault } from './judge-bytes.ts';
import { ChunkJudge, judgeHead, type Offsets } from './judge-chunks.ts';

/** Each has a page of chunks in memory. */
const partitionsAtOnce = 8;

export type PartitionLook = {
  readonly at: NamedPartition;
  readonly findings: readonly Finding[];
  readonly chunks: number;
  readonly refs: number;
  /** Chunks that end at or below the log start: retention deletes them when it comes. */
  readonly staleChunks: number;
};

/** One for each. @throws EngineError THROTTLED, UNAVAILABLE */
export async function lookAtPartitions(
  run: CheckRun,
  partitions: readonly NamedPartition[],
): Promise<readonly PartitionLook[]> {
  const refs = new RefsToCheck(run);
  const looks = await inRuns(partitions, partitionsAtOnce, async (at) => {
    const work = new Work(run, at, refs);
    await lookAtItems(work);
    return work;
  });
  await refs.checkAll();
  return looks;
}

/** What their refs name is looked at later. */
async function lookAtItems(work: Work): Promise<void> {
  const { at } = work;
  // Before the head: what is merged when it is read is below the tail that is there afterwards.
  const rewrites = await work.get(rewriteKey(at));
  const item = await work.get(headKey(at));
  const wrong = item && headFault(item);
  if (item === undefined) work.say('missing-head', {}, 'nobody can append to it, or read it');
  else if (wrong !== undefined) work.say('malformed-item', { key: item.sk }, wrong);
  const head = item === undefined || wrong !== undefined ? undefined : readHead(item);
  if (rewrites !== undefined) judgeRewrites(work, rewrites, head);
  await lookAtIndex(work, head);
}

function judgeRewrites(work: Work, item: Item, head: Head | undefined): void {
  const fault = rewritesFault(item);
  if (fault !== undefined) {
    work.say('malformed-item', { key: item.sk }, fault);
    return;
  }
  const mergedTo = numberIn(item, rewriteItem.mergedTo);
  if (head === undefined || mergedTo <= head.tailBase) return;
  work.say('wrong-rewrites', {}, `merged to ${mergedTo}, and its tail begins at ${head.tailBase}`);
}

/** Without a head, what chunks name is noted, and no more is known of them. */
async function lookAtIndex(work: Work, head: Head | undefined): Promise<void> {
  const say = (kind: FindingKind, offsets: Offsets | undefined, detail: string) => {
    work.say(kind, offsets ?? {}, detail);
  };
  const logStart = head && judgeHead(head, say);
  const judge = head && new ChunkJudge(head, logStart, say);
  for await (const item of chunkItems(work.run.engine, work.run.call, work.at)) {
    work.chunks++;
    const fault = chunkFault(item);
    if (fault !== undefined) {
      work.say('malformed-item', { key: item.sk }, fault);
      if (isChunkKey(item.sk)) judge?.pass(chunkBaseOffset(item.sk));
      continue;
    }
    const chunk = readChunk(item);
    work.note(chunk);
    const standing = judge?.take(chunk);
    if (standing === 'live') await work.lookAt(chunk, logStart);
    if (standing === 'below') work.staleChunks++;
  }
  judge?.end();
  if (head !== undefined) {
    const tail = refsOfTail(head.tailBase, head.tail);
    work.note(tail);
    await work.lookAt(tail, logStart);
  }
}

class Work implements PartitionLook {
  readonly findings: Finding[] = [];
  chunks = 0;
  refs = 0;
  staleChunks = 0;
  readonly run: CheckRun;
  readonly at: NamedPartition;
  readonly #refs: RefsToCheck;

  constructor(run: CheckRun, at: NamedPartition, refs: RefsToCheck) {
    this.run = run;
    this.at = at;
    this.#refs = refs;
  }

  say(kind: FindingKind, place: Partial<Offsets> & { readonly key?: string }, detail: string) {
    this.findings.push(findingOf(kind, { ...placeOf(this.at), ...place }, detail));
  }

  get(key: Key): Promise<Item | undefined> {
    const { engine, call } = this.run;
    return repeatable(engine, call, () => call.table.get(key, { strong: true }));
  }

  /** What it names is no orphan. */
  note(refs: Refs): void {
    for (let index = 0; index < refs.length; index++) this.run.named.add(refs.at(index).segment);
  }

  /** What is below the log start, nobody reads. */
  async lookAt(refs: Refs, logStart = 0): Promise<void> {
    for (let index = 0; index < refs.length; index++) {
      const ref = refs.at(index);
      if (ref.baseOffset + ref.count <= logStart) continue;
      this.refs++;
      await this.#refs.add({ id: this.at, ref, say: this.#sayOfRef });
    }
  }

  readonly #sayOfRef = (ref: PlacedRef, { kind, detail }: Fault) => {
    const { baseOffset: from, count, segment } = ref;
    this.say(kind, { from, to: from + count, key: segmentKey(segment) }, detail);
  };
}

function placeOf({ topic, topicId, partition }: NamedPartition) {
  return { topic, topicId, partition };
}
