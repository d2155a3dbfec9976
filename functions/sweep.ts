// By the clock: what lost wake-ups have left behind is found.

import { sweepSubscriptions } from '../shared/engine/delivery/sweep-subscriptions.ts';
import { noObjects, onEvent, openWakeUps } from './runtime.ts';

const parts = { objects: noObjects, wakeUps: openWakeUps() };

export const handler = onEvent('sweep', parts, (engine, call, _tick: unknown) =>
  sweepSubscriptions(engine, call),
);
