// Looks after partitions: those whose chunks the table's stream tells of, and by the clock all of
// them. What fails fails the invocation: it is counted, and the event is brought again.

import type { DynamoDBStreamEvent } from 'aws-lambda';
import { partitionsOfAll, upkeepPartitions } from '../shared/engine/upkeep/upkeep-partitions.ts';
import { objectCallMillisMax } from '../shared/limits.ts';
import { isTold, rolledIn } from './rolls-event.ts';
import { onEvent, openSegments } from './runtime.ts';

const parts = { objects: openSegments(), lastCallMillisMax: objectCallMillisMax };

export const handler = onEvent(
  'upkeep',
  parts,
  async (engine, call, event: DynamoDBStreamEvent | object) => {
    const byClock = !isTold(event);
    const ids = byClock ? await partitionsOfAll(engine, call) : rolledIn(event);
    await upkeepPartitions(
      engine,
      call,
      ids.map((id) => ({ id, byClock })),
    );
  },
);
