// Clearing away what nobody can reach any more: what deleted groups and topics have left in the
// table, and then the objects that nothing names. The objects have their time though the other is
// not done, or fails: what a topic of a million chunks has left would keep the bytes of all others.

import type { EpochMillis } from '../../ids.ts';
import type { Call, Engine } from '../engine.ts';
import { clearGroups } from './clear-groups.ts';
import { clearTopics } from './clear-topics.ts';
import { sweepObjects } from './sweep-objects.ts';
import { withinTime } from './within-time.ts';

export type CollectOptions = {
  /** What was deleted, or written, since then stays as it is. */
  readonly graceMillis: number;
};

/** Until nothing is left, or the call's time is over; the next run goes on.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again */
export async function collect(engine: Engine, call: Call, options: CollectOptions): Promise<void> {
  const half = halfOf(engine, call);
  try {
    await withinTime(engine, half, async () => {
      await clearGroups(engine, half);
      await clearTopics(engine, half, options);
    });
  } finally {
    await withinTime(engine, call, () => sweepObjects(engine, call, options));
  }
}

/** It ends with the call, should that end before its time. */
function halfOf(engine: Engine, call: Call): Call {
  const middle = (engine.clock.now() + call.deadline) / 2;
  return {
    ...call,
    get deadline() {
      return Math.min(middle, call.deadline) as EpochMillis;
    },
  };
}
