// By the clock: what nobody can reach any more is cleared away. A run that has no time for all of
// it fails: Lambda starts it again, twice, and then somebody is told that there is too much of it.

import { collect, whatStays } from '../shared/engine/upkeep/collect.ts';
import { EngineError } from '../shared/errors.ts';
import { sweepGraceMillis } from '../shared/housekeeping-limits.ts';
import { objectCallMillisMax } from '../shared/limits.ts';
import { onEvent, openSegments, report } from './runtime.ts';

const parts = { objects: openSegments(), lastCallMillisMax: objectCallMillisMax };

export const handler = onEvent(
  'collect',
  parts,
  async (engine, call, _tick: unknown): Promise<void> => {
    const { swept, isDone } = await collect(engine, call, { graceMillis: sweepGraceMillis });
    const stays = whatStays(swept);
    if (stays !== undefined) report(stays);
    if (!isDone)
      throw new EngineError('UNAVAILABLE', 'collect ran out of time: the next run goes on');
  },
);
