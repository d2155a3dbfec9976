// What the objects of a sweep say they hold, as far as there is time to ask them: half of what is
// left of it, so that the other half is for what is to be done with those that have said it. The
// others are for another run.

import { type EpochMillis, type PartitionId, type SegmentId, segmentTime } from '../../ids.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { inLanes } from './in-lanes.ts';
import { footerOf, footersInFlight, type ObjectFooter } from './object-footer.ts';
import type { OldObjects } from './old-objects.ts';

export type ToFence = {
  readonly id: PartitionId;
  /** The greatest of the objects that name it. */
  readonly time: EpochMillis;
};

export type Footers = {
  /** Objects whose footers were read. */
  readonly unnamed: OldObjects;
  /** Those that these footers name, by partitionPk. */
  readonly partitions: ReadonlyMap<string, ToFence>;
  /** Objects whose footers cannot be read. */
  readonly unreadable: number;
};

/** @param objects those that were come to are taken out of it.
 * @throws EngineError THROTTLED, UNAVAILABLE, as all here. */
export async function readFooters(
  engine: Engine,
  call: Call,
  objects: OldObjects,
): Promise<Footers> {
  const unnamed: OldObjects = new Map();
  const partitions = new Map<string, ToFence>();
  let unreadable = 0;
  await takeFooters(engine, call, objects, ({ id, length, footer }) => {
    if (footer.kind !== 'footer') {
      unreadable++;
      return;
    }
    unnamed.set(id, length);
    const own = segmentTime(id);
    for (const { topicId, partition } of footer.entries) {
      const pk = partitionPk({ topicId, partition });
      const time = Math.max(own, partitions.get(pk)?.time ?? 0) as EpochMillis;
      partitions.set(pk, { id: { topicId, partition }, time });
    }
  });
  return { unnamed, partitions, unreadable };
}

/** Which object holds what is not remembered, since damage is rare: the footers are read again.
 * @param objects those that were come to are taken out of it.
 * @param damaged by partitionPk. @returns those that hold nothing of these. */
export async function ofNoneOf(
  engine: Engine,
  call: Call,
  objects: OldObjects,
  damaged: ReadonlySet<string>,
): Promise<OldObjects> {
  const others: OldObjects = new Map();
  await takeFooters(engine, call, objects, ({ id, length, footer }) => {
    if (footer.kind !== 'footer') return;
    if (!footer.entries.some((entry) => damaged.has(partitionPk(entry)))) others.set(id, length);
  });
  return others;
}

type Taken = { readonly id: SegmentId; readonly length: number; readonly footer: ObjectFooter };

/** @param take is not given those that are gone. */
async function takeFooters(
  engine: Engine,
  call: Call,
  objects: OldObjects,
  take: (taken: Taken) => void,
): Promise<void> {
  const middle = (engine.clock.now() + call.deadline) / 2;
  const inTime = function* () {
    for (const object of objects) {
      if (engine.clock.now() >= middle) return;
      yield object;
    }
  };
  await inLanes(inTime(), footersInFlight, async ([id, length]) => {
    const footer = await footerOf(engine, call, { id, length });
    objects.delete(id);
    if (footer !== undefined) take({ id, length, footer });
  });
}
