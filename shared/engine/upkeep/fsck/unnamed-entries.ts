// What objects hold of a partition, and none of its refs names: what was never committed, what was
// rewritten, and what a chunk named that is lost.

import type { PartitionId, SegmentId } from '../../../ids.ts';
import type { FooterEntry } from '../../../segment/footer.ts';
import { segmentOfKey } from '../../../segment/keys.ts';
import type { Call, Engine } from '../../engine.ts';
import { inRuns } from '../../in-runs.ts';
import { footersInFlight } from '../object-footer.ts';
import { allRefs } from './all-refs.ts';
import type { StoredObjects } from './stored-objects.ts';

/** Bytes of an object. */
export type Stored = Pick<FooterEntry, 'position' | 'length'> & { readonly segment: SegmentId };

export type UnnamedEntry = FooterEntry & Stored;

/** Of all objects that are listed. An entry of which a part is named is none.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function unnamedEntries(
  engine: Engine,
  call: Call,
  objects: StoredObjects,
  id: PartitionId,
): Promise<readonly UnnamedEntry[]> {
  const named = await namedIn(engine, call, id);
  const segments = [...objects.listed.keys()].map(segmentOfKey).filter((one) => one !== undefined);
  const unnamed = await inRuns(segments, footersInFlight, async (segment) => {
    const footer = await objects.footerOf(segment);
    if (footer.kind !== 'entries') return [];
    const refs = named.get(segment) ?? [];
    return footer.entries
      .filter((entry) => entry.topicId === id.topicId && entry.partition === id.partition)
      .filter((entry) => !refs.some((ref) => overlap(ref, entry)))
      .map((entry) => ({ ...entry, segment }));
  });
  return unnamed.flat();
}

async function namedIn(
  engine: Engine,
  call: Call,
  id: PartitionId,
): Promise<ReadonlyMap<SegmentId, readonly Stored[]>> {
  const named = new Map<SegmentId, Stored[]>();
  for await (const { refs } of allRefs(engine, call, id)) {
    for (let index = 0; index < refs.length; index++) {
      const ref = refs.at(index);
      named.set(ref.segment, [...(named.get(ref.segment) ?? []), ref]);
    }
  }
  return named;
}

type Extent = Pick<Stored, 'position' | 'length'>;

function overlap(one: Extent, other: Extent): boolean {
  const end = ({ position, length }: Extent) => position + length;
  return one.position < end(other) && other.position < end(one);
}
