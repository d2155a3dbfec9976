// Looks after a partition: one a message, since it takes its time. What fails fails the invocation:
// it is counted, and its message is given again.

import type { SQSEvent } from 'aws-lambda';
import { upkeepPartition } from '../shared/engine/upkeep/upkeep-partition.ts';
import { withinTime } from '../shared/engine/upkeep/within-time.ts';
import { objectCallMillisMax } from '../shared/limits.ts';
import { upkeepIn } from './housekeeping-events.ts';
import { onEvent, openSegments } from './runtime.ts';

const parts = { objects: openSegments(), lastCallMillisMax: objectCallMillisMax };

export const handler = onEvent(parts, async (engine, call, event: SQSEvent) => {
  for (const id of upkeepIn(event)) {
    await withinTime(engine, call, () => upkeepPartition(engine, call, id));
  }
});
