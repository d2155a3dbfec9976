// What the objects say that no ref led to: those that nothing names, and those that do not say what
// they hold.
//
// Most of what nothing names only waits for a sweep: its records were rewritten into another, or
// retention has taken them, or its topic was deleted. Of that no more than the amount is said, as
// long as the sweep may not have come since. When a log start rose nothing tells: what may be below
// it waits however old it is.

import { type PartitionId, type SegmentId, segmentTime } from '../../../ids.ts';
import { segmentKey, segmentOfKey } from '../../../segment/keys.ts';
import { partitionOfPk, partitionPk } from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { footersInFlight } from '../object-footer.ts';
import { allRefs } from './all-refs.ts';
import type { CheckRun } from './check-run.ts';
import { deletedAt, isKnown, type Topics } from './check-topics.ts';
import { type Finding, findingOf } from './findings.ts';

/** Each has a page of chunks in memory. */
const partitionsAtOnce = 8;

/** Objects, and their bytes. */
export type Amount = { readonly objects: number; readonly bytes: number };

/** What nothing names. */
export type Unnamed = {
  readonly findings: readonly Finding[];
  /** Of partitions whose index has lost something, or of topics that are lost: it may be that. */
  readonly perhapsLost: Amount;
  /** It may be on its way into the index, or for a sweep to take when it comes. */
  readonly waiting: Amount;
};

type Candidate = { readonly id: SegmentId; readonly partitions: readonly PartitionId[] };

/** What no ref led to, and what it holds: as far as footers can be read.
 * @throws EngineError THROTTLED, UNAVAILABLE, as all here. */
export async function findUnnamed(run: CheckRun): Promise<readonly Candidate[]> {
  const { objects, named, unreadable } = run;
  const ids = [...objects.listed.keys()].map(segmentOfKey).filter((id) => id !== undefined);
  const unnamed = ids.filter((id) => !named.has(id));
  const candidates = await inRuns(unnamed, footersInFlight, async (id) => {
    const footer = await objects.footerOf(id);
    if (footer.kind === 'unreadable') unreadable.add(id);
    return footer.kind === 'entries' ? [{ id, partitions: footer.entries }] : [];
  });
  return candidates.flat();
}

export type Circumstances = {
  /** As they are now. */
  readonly topics: Topics;
  /** Partitions whose index has lost something (partitionPk). */
  readonly lossy: ReadonlySet<string>;
  /** What was written, or ceased to be named, since then may wait for a sweep. */
  readonly before: number;
};

/** Looks again whether anything names them now, in the partitions that they are of. */
export async function checkUnnamed(
  run: CheckRun,
  candidates: readonly Candidate[],
  circumstances: Circumstances,
): Promise<Unnamed> {
  const { topics, lossy, before } = circumstances;
  const old = candidates.filter(({ id }) => segmentTime(id) < before);
  const indexes = await readIndexes(run, old, topics);
  const findings: Finding[] = [];
  const [perhapsLost, waiting] = [noAmount(), noAmount()];
  const isSure = ({ topicId, partition }: PartitionId) =>
    isKnown(topics, topicId) && !lossy.has(partitionPk({ topicId, partition }));
  for (const candidate of candidates) {
    const { id, partitions } = candidate;
    const bytes = run.objects.listed.get(segmentKey(id));
    if (bytes === undefined || run.named.has(id)) continue;
    if (!partitions.every(isSure)) {
      add(perhapsLost, bytes);
    } else if (waits(candidate, circumstances, indexes)) {
      add(waiting, bytes);
    } else {
      const hours = Math.floor((run.engine.clock.now() - segmentTime(id)) / 3_600_000);
      const detail = `${bytes} bytes, ${hours} hours old: nothing names it`;
      findings.push(findingOf('orphaned-object', { key: segmentKey(id) }, detail));
    }
  }
  return { findings, perhapsLost, waiting };
}

/** Whether the sweep may not have come since it ceased to be named, if it ever was. */
function waits(
  { id, partitions }: Candidate,
  { topics, before }: Circumstances,
  indexes: ReadonlyMap<string, Index>,
): boolean {
  const time = segmentTime(id);
  if (time >= before) return true;
  return partitions.some((partition) => {
    const doomed = topics.doomed.get(partition.topicId);
    if (doomed !== undefined) return deletedAt(doomed) >= before;
    const index = indexes.get(partitionPk(partition));
    if (index === undefined) return false;
    return index.rewrittenAt >= before || (index.logStart > 0 && time < index.oldest);
  });
}

function noAmount(): { objects: number; bytes: number } {
  return { objects: 0, bytes: 0 };
}

function add(amount: { objects: number; bytes: number }, bytes: number): void {
  amount.objects++;
  amount.bytes += bytes;
}

/** What lies among the segments, and is none. */
export function checkNames({ objects }: CheckRun): readonly Finding[] {
  return [...objects.listed.keys()]
    .filter((key) => segmentOfKey(key) === undefined)
    .map((key) => findingOf('unreadable-footer', { key }, 'its name is no segment’s'));
}

/** Those that were met on the way, and still are so. */
export async function checkUnreadable({
  objects,
  unreadable,
}: CheckRun): Promise<readonly Finding[]> {
  const findings = await inRuns([...unreadable], footersInFlight, async (id) => {
    objects.forget(id);
    const footer = await objects.footerOf(id);
    if (footer.kind !== 'unreadable') return [];
    return [findingOf('unreadable-footer', { key: segmentKey(id) }, footer.reason)];
  });
  return findings.flat();
}

/** What it says of when its objects were put. */
type Index = {
  logStart: number;
  /** Of all that it names; Infinity: it names nothing. */
  oldest: number;
  /** The youngest that a rewrite has put: what rewrites is one ref a chunk. 0: none has. */
  rewrittenAt: number;
};

/** Of the partitions that these are of, as they are now (partitionPk). What they name is noted. */
async function readIndexes(
  run: CheckRun,
  candidates: readonly Candidate[],
  { listed }: Topics,
): Promise<ReadonlyMap<string, Index>> {
  const indexes = new Map<string, Index>();
  if (candidates.length === 0) return indexes;
  const pks = new Set(candidates.flatMap(({ partitions }) => partitions.map(partitionPk)));
  await inRuns([...pks], partitionsAtOnce, async (pk) => {
    const id = partitionOfPk(pk);
    if (id !== undefined && listed.has(id.topicId)) indexes.set(pk, await readIndex(run, id));
  });
  await run.objects.list();
  return indexes;
}

async function readIndex(run: CheckRun, id: PartitionId): Promise<Index> {
  const index: Index = { logStart: 0, oldest: Number.POSITIVE_INFINITY, rewrittenAt: 0 };
  for await (const named of allRefs(run.engine, run.call, id)) {
    const { refs } = named;
    for (let at = 0; at < refs.length; at++) {
      const { segment } = refs.at(at);
      const time = segmentTime(segment);
      run.named.add(segment);
      index.oldest = Math.min(index.oldest, time);
      if (named.kind === 'chunk' && refs.length === 1) {
        index.rewrittenAt = Math.max(index.rewrittenAt, time);
      }
    }
    if (named.kind === 'tail') index.logStart = named.logStart;
  }
  return index;
}
