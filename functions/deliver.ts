// A worker: what there is for a subscription is given to its target, one wake-up after the other.

import type { SQSEvent } from 'aws-lambda';
import { deliver } from '../shared/engine/delivery/deliver.ts';
import { onEvent, openSegments, openTargets, openWakeUps, report } from './runtime.ts';
import { forEachWakeUp } from './trigger-events.ts';

const to = openTargets();
const parts = { objects: openSegments(), wakeUps: openWakeUps() };

export const handler = onEvent('deliver', parts, (engine, call, event: SQSEvent) =>
  forEachWakeUp(
    event,
    (wakeUp) => deliver(engine, call, to, wakeUp),
    (fault) => {
      call.tally.failure ??= fault;
      report(fault);
    },
  ),
);
