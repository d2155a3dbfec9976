// By the clock: what nobody can reach any more is cleared away.

import { collect } from '../shared/engine/upkeep/collect.ts';
import { sweepGraceMillis } from '../shared/housekeeping-limits.ts';
import { objectCallMillisMax } from '../shared/limits.ts';
import { onEvent, openSegments } from './runtime.ts';

const parts = { objects: openSegments(), lastCallMillisMax: objectCallMillisMax };

export const handler = onEvent(parts, (engine, call, _tick: unknown) =>
  collect(engine, call, { graceMillis: sweepGraceMillis }),
);
