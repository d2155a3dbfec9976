// One partition, as it is now: its head, its chunks, and what their refs name. The head is read
// first: a ref that leaves the tail after that is in a chunk that was put before.
//
// What others do meanwhile may look like damage in one look. So nothing is reported that a second
// look does not find again (check-partitions.ts).

import { fetchReadsInFlightMax } from '../../../limits.ts';
import { readChunk } from '../../../log/chunk.ts';
import { type Head, readHead } from '../../../log/head.ts';
import type { PlacedRef } from '../../../log/ref.ts';
import { type Refs, refsOfTail } from '../../../log/refs.ts';
import { segmentKey } from '../../../segment/keys.ts';
import { type Item, type Key, numberIn } from '../../../store/algebra.ts';
import { chunkBaseOffset, headKey, rewriteItem, rewriteKey } from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { repeatable } from '../../retry.ts';
import { chunkItems } from './chunk-items.ts';
import { type Finding, type FindingKind, findingOf, type NamedPartition } from './findings.ts';
import { type Fault, faultByFooter, faultOfBytes } from './judge-bytes.ts';
import { ChunkJudge, judgeHead, type Offsets } from './judge-chunks.ts';
import type { Look } from './look.ts';
import { chunkFault, headFault, isChunkKey, rewritesFault } from './well-formed.ts';

/** What is in memory at once, about, when bytes are read. */
const bytesAtOnce = 16 * 1024 * 1024;

export type PartitionLook = {
  readonly findings: readonly Finding[];
  readonly chunks: number;
  readonly refs: number;
};

/** @throws EngineError THROTTLED, UNAVAILABLE */
export async function lookAtPartition(look: Look, at: NamedPartition): Promise<PartitionLook> {
  const work = new Work(look, at);
  // Before the head: what is merged when it is read is below the tail that is there afterwards.
  const rewrites = await work.get(rewriteKey(at));
  const item = await work.get(headKey(at));
  const wrong = item && headFault(item);
  if (item === undefined) work.say('missing-head', {}, 'nobody can append to it, or read it');
  else if (wrong !== undefined) work.say('malformed-item', { key: item.sk }, wrong);
  const head = item === undefined || wrong !== undefined ? undefined : readHead(item);
  if (rewrites !== undefined) judgeRewrites(work, rewrites, head);
  await lookAtIndex(work, head);
  return work;
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
  const say = (kind: FindingKind, offsets: Offsets, detail: string) => {
    work.say(kind, offsets, detail);
  };
  const logStart = head && judgeHead(head, say);
  const judge = head && new ChunkJudge(head, logStart, say);
  for await (const item of chunkItems(work.look.engine, work.look.call, work.at)) {
    work.chunks++;
    const fault = chunkFault(item);
    if (fault !== undefined) {
      work.say('malformed-item', { key: item.sk }, fault);
      if (isChunkKey(item.sk)) judge?.pass(chunkBaseOffset(item.sk));
      continue;
    }
    const chunk = readChunk(item);
    work.note(chunk);
    if (judge?.take(chunk) === 'live') await work.lookAt(chunk, logStart);
  }
  judge?.end();
  if (head !== undefined) {
    const tail = refsOfTail(head.tailBase, head.tail);
    work.note(tail);
    await work.lookAt(tail, logStart);
  }
  await work.finish();
}

class Work implements PartitionLook {
  readonly findings: Finding[] = [];
  chunks = 0;
  refs = 0;
  readonly look: Look;
  readonly at: NamedPartition;
  #pending: PlacedRef[] = [];
  #pendingBytes = 0;

  constructor(look: Look, at: NamedPartition) {
    this.look = look;
    this.at = at;
  }

  say(kind: FindingKind, place: Partial<Offsets> & { readonly key?: string }, detail: string) {
    this.findings.push(findingOf(kind, { ...placeOf(this.at), ...place }, detail));
  }

  get(key: Key): Promise<Item | undefined> {
    const { engine, call } = this.look;
    return repeatable(engine, call, () => call.table.get(key, { strong: true }));
  }

  /** What it names is no orphan. */
  note(refs: Refs): void {
    for (let index = 0; index < refs.length; index++) this.look.named.add(refs.at(index).segment);
  }

  /** What is below the log start, nobody reads. */
  async lookAt(refs: Refs, logStart = 0): Promise<void> {
    for (let index = 0; index < refs.length; index++) {
      const ref = refs.at(index);
      if (ref.baseOffset + ref.count <= logStart) continue;
      this.#pending.push(ref);
      this.#pendingBytes += ref.length;
      const isMany = this.#pending.length >= fetchReadsInFlightMax;
      if (isMany || this.#pendingBytes >= bytesAtOnce) await this.finish();
    }
  }

  async finish(): Promise<void> {
    const refs = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.refs += refs.length;
    const faults = await inRuns(refs, fetchReadsInFlightMax, (ref) => this.#faultOf(ref));
    for (const [index, { segment, baseOffset: from, count }] of refs.entries()) {
      const fault = faults[index];
      if (fault === undefined) continue;
      const place = { from, to: from + count, key: segmentKey(segment) };
      this.say(fault.kind, place, fault.detail);
    }
  }

  /** The first that is found: what follows from it is not said too. */
  async #faultOf(ref: PlacedRef): Promise<Fault | undefined> {
    const { objects, unreadable, isDeep } = this.look;
    const length = await objects.lengthOf(ref.segment);
    if (length === undefined) return missing;
    const end = ref.position + ref.length;
    if (end > length) {
      return { kind: 'short-object', detail: `it has ${length} bytes, of ${end} at least` };
    }
    const footer = await objects.footerOf(ref.segment);
    if (footer.kind === 'missing') return missing;
    if (footer.kind === 'unreadable') unreadable.add(ref.segment);
    const bytes = isDeep ? await objects.read(ref.segment, ref) : undefined;
    if (isDeep && bytes === undefined) return missing;
    const fault = bytes && faultOfBytes(ref, bytes);
    if (fault !== undefined || footer.kind === 'unreadable') return fault;
    return faultByFooter(this.at, ref, footer);
  }
}

const missing: Fault = { kind: 'missing-object', detail: 'there is no such object' };

function placeOf({ topic, topicId, partition }: NamedPartition) {
  return { topic, topicId, partition };
}
