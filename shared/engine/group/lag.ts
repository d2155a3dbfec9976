// How far a group is behind, per partition, in records and in time. The time is what the index
// knows: a ref holds the greatest timestamp of its records, so the age of the ref that is next to
// be read is at most the age of the record that is. Where compaction has left nothing there is no
// next record: the first ref with records counts.

import type { Group } from '../../group/group.ts';
import { isForgotten } from '../../group/group.ts';
import { commitIn, type Lease } from '../../group/lease.ts';
import type { PartitionName } from '../../ids.ts';
import { fetchRefsMax, leasesInFlightMax } from '../../limits.ts';
import { isEmptied } from '../../log/emptied-ref.ts';
import type { Head } from '../../log/head.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { refRuns } from '../find-refs.ts';
import { headIfThere } from '../heads.ts';
import { inRuns } from '../in-runs.ts';

export type PartitionLag = PartitionName & {
  /** An incarnation; undefined: nobody's. */
  readonly owner: Lease['owner'];
  /** The next offset to read. */
  readonly committed: number;
  readonly metadata: string;
  readonly logStart: number;
  readonly logEnd: number;
  /** Records, from the committed offset to the end. */
  readonly lag: number;
  /** Milliseconds since the first of them was produced, about; 0: there is none. undefined: its
   * producer said no time, or it comes after a long way of which compaction has left nothing. */
  readonly lagMillis: number | undefined;
};

/** Of all partitions of which something is committed, but those of deleted topics.
 * @param leases of the group.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function lagsOf(
  engine: Engine,
  call: Call,
  group: Group,
  leases: readonly Lease[],
): Promise<readonly PartitionLag[]> {
  if (isForgotten(group, engine.clock.now())) return [];
  const lags = await inRuns(leases, leasesInFlightMax, async (lease) => {
    const commit = commitIn(lease, group.life);
    const head = commit && (await headIfThere(engine, call, lease.id));
    if (commit === undefined || head === undefined) return undefined;
    const { topic, id, owner } = lease;
    const { logStart, nextOffset: logEnd } = head;
    return {
      topic,
      partition: id.partition,
      owner,
      committed: commit.offset,
      metadata: commit.metadata,
      logStart,
      logEnd,
      lag: Math.max(logEnd - commit.offset, 0),
      lagMillis: await lagMillis(engine, call, lease, head, commit.offset),
    };
  });
  return lags
    .filter((lag) => lag !== undefined)
    .sort((one, other) => compare(one.topic, other.topic) || one.partition - other.partition);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

async function lagMillis(
  engine: Engine,
  call: Call,
  { id }: Lease,
  head: Head,
  committed: number,
): Promise<number | undefined> {
  const offset = Math.max(committed, head.logStart);
  if (offset >= head.nextOffset) return 0;
  let seen = offset;
  let refs = 0;
  for await (const run of refRuns(engine, call, { id, head, offset })) {
    for (let index = run.indexOf(Math.max(offset, run.baseOffset)); index < run.length; index++) {
      const ref = run.at(index);
      const { timestampMax } = ref;
      if (!isEmptied(ref)) {
        return timestampMax < 0 ? undefined : Math.max(engine.clock.now() - timestampMax, 0);
      }
      refs++;
      if (refs >= fetchRefsMax) return undefined;
    }
    seen = run.endOffset;
  }
  if (seen >= head.nextOffset) return 0;
  // The index changed while it was read.
  engine.chunks.drop(partitionPk(id));
  return undefined;
}
