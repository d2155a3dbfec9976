// Seeking: where an instance's next poll begins, in partitions that it holds.

import { EngineError } from '../../errors.ts';
import { type Holding, soughtTo } from '../../group/holdings.ts';
import type { PartitionName } from '../../ids.ts';
import { leasesInFlightMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { offsetForTime, partitionOffsets } from '../offsets.ts';
import { attend } from './attend.ts';
import type { InstanceName } from './read-group.ts';
import { changeMember } from './save-member.ts';

export type Sought = PartitionName & {
  readonly to:
    | 'beginning'
    | 'end'
    /** Not checked here: a poll that finds it out of range begins where the instance is set to. */
    | { readonly offset: number }
    /** The first record of that time, in milliseconds since 1970, or a later one; else the end. */
    | { readonly timestamp: number };
};

/** All or none.
 * @throws EngineError ILLEGAL_STATE: it does not hold one of them; UNKNOWN_INSTANCE, UNKNOWN_TOPIC,
 *   UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE; of unknown outcome: OUTCOME_UNKNOWN */
export async function seek(
  engine: Engine,
  call: Call,
  name: InstanceName,
  sought: readonly Sought[],
): Promise<void> {
  const { member } = await attend(engine, call, name);
  // Of a partition that is named twice, the last counts.
  const places = new Map(sought.map((one) => [holdingNamed(member.holdings, one), one]));
  const all = [...places.values()];
  const offsets = await inRuns(all, leasesInFlightMax, (one) => find(engine, call, one));
  await changeMember(engine, call, { ...name, ...member }, ({ holdings }) => {
    const moved = new Map(
      all.map((one, at) => [holdingNamed(holdings, one), offsets[at] as number]),
    );
    return {
      holdings: holdings.map((holding) => {
        const offset = moved.get(holding);
        return offset === undefined ? holding : soughtTo(holding, offset);
      }),
    };
  });
}

async function find(engine: Engine, call: Call, { to, ...name }: Sought): Promise<number> {
  if (typeof to === 'object') {
    return 'offset' in to ? to.offset : offsetForTime(engine, call, { ...name, ...to });
  }
  const { logStart, highWatermark } = await partitionOffsets(engine, call, name);
  return to === 'beginning' ? logStart : highWatermark;
}

/** @throws EngineError ILLEGAL_STATE */
export function holdingNamed(
  holdings: readonly Holding[],
  { topic, partition }: PartitionName,
): Holding {
  const found = holdings.find((one) => one.topic === topic && one.partition === partition);
  if (found !== undefined) return found;
  const message = `No current assignment for partition ${topic}-${partition}`;
  throw new EngineError('ILLEGAL_STATE', message);
}
