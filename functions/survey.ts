// By the clock: every partition is to be looked after now and then.

import { surveyPartitions } from '../shared/engine/upkeep/survey-partitions.ts';
import { noObjects, onEvent, upkeepQueue } from './runtime.ts';

const queue = upkeepQueue();

export const handler = onEvent({ objects: noObjects }, (engine, call, _tick: unknown) =>
  surveyPartitions(engine, call, queue),
);
