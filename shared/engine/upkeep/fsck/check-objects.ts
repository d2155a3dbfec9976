// What the objects say that no ref led to: those that nothing names, and those that do not say what
// they hold.

import { type PartitionId, type SegmentId, segmentTime } from '../../../ids.ts';
import { segmentKey, segmentOfKey } from '../../../segment/keys.ts';
import { partitionOfPk, partitionPk } from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { allRefs } from './all-refs.ts';
import { isKnown, type Topics } from './check-topics.ts';
import { type Finding, findingOf } from './findings.ts';
import type { Look } from './look.ts';

/** Reads of a few kilobytes each. */
const footersInFlight = 64;

/** Objects, and their bytes. */
export type Amount = { readonly objects: number; readonly bytes: number };

/** What nothing names. */
export type Unnamed = {
  readonly findings: readonly Finding[];
  /** Of partitions whose index has lost something, or of topics that are lost: it may be that. */
  readonly perhapsLost: Amount;
  /** Too young to be swept: it may be on its way. */
  readonly waiting: Amount;
};

type Candidate = { readonly id: SegmentId; readonly partitions: readonly PartitionId[] };

/** What no ref led to, and what it holds: as far as footers can be read.
 * @throws EngineError THROTTLED, UNAVAILABLE, as all here. */
export async function findUnnamed(look: Look): Promise<readonly Candidate[]> {
  const { objects, named, unreadable } = look;
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
  /** As the sweep's. */
  readonly graceMillis: number;
};

/** Looks again whether anything names them now, in the partitions that they are of. */
export async function checkUnnamed(
  look: Look,
  candidates: readonly Candidate[],
  { topics, lossy, graceMillis }: Circumstances,
): Promise<Unnamed> {
  const now = look.engine.clock.now();
  const isOld = ({ id }: Candidate) => segmentTime(id) < now - graceMillis;
  const old = candidates.filter(isOld);
  if (old.length > 0) await noteNamed(look, old, topics);
  const findings: Finding[] = [];
  const [perhapsLost, waiting] = [noAmount(), noAmount()];
  for (const candidate of candidates) {
    const { id, partitions } = candidate;
    const bytes = look.objects.listed.get(segmentKey(id));
    if (bytes === undefined || look.named.has(id)) continue;
    const isSure = ({ topicId, partition }: PartitionId) =>
      isKnown(topics, topicId) && !lossy.has(partitionPk({ topicId, partition }));
    if (!partitions.every(isSure)) {
      add(perhapsLost, bytes);
    } else if (isOld(candidate)) {
      const minutes = Math.floor((now - segmentTime(id)) / 60_000);
      const detail = `${bytes} bytes, ${minutes} minutes old: nothing names it`;
      findings.push(findingOf('orphaned-object', { key: segmentKey(id) }, detail));
    } else {
      add(waiting, bytes);
    }
  }
  return { findings, perhapsLost, waiting };
}

function noAmount(): { objects: number; bytes: number } {
  return { objects: 0, bytes: 0 };
}

function add(amount: { objects: number; bytes: number }, bytes: number): void {
  amount.objects++;
  amount.bytes += bytes;
}

/** What lies among the segments, and is none. */
export function checkNames({ objects }: Look): readonly Finding[] {
  return [...objects.listed.keys()]
    .filter((key) => segmentOfKey(key) === undefined)
    .map((key) => findingOf('unreadable-footer', { key }, 'its name is no segment’s'));
}

/** Those that were met on the way, and still are so. */
export async function checkUnreadable({ objects, unreadable }: Look): Promise<readonly Finding[]> {
  const findings = await inRuns([...unreadable], footersInFlight, async (id) => {
    objects.forget(id);
    const footer = await objects.footerOf(id);
    if (footer.kind !== 'unreadable') return [];
    return [findingOf('unreadable-footer', { key: segmentKey(id) }, footer.reason)];
  });
  return findings.flat();
}

async function noteNamed(
  look: Look,
  candidates: readonly Candidate[],
  { listed }: Topics,
): Promise<void> {
  const pks = new Set(candidates.flatMap(({ partitions }) => partitions.map(partitionPk)));
  for (const pk of pks) {
    const id = partitionOfPk(pk);
    if (id === undefined || !listed.has(id.topicId)) continue;
    for await (const refs of allRefs(look.engine, look.call, id)) {
      for (let index = 0; index < refs.length; index++) look.named.add(refs.at(index).segment);
    }
  }
  await look.objects.list();
}
