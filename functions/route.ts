// Appends that the table's stream tells of become wake-ups, and wake-ups whose time has come go
// where those are. What fails is brought again by its source, all of it: nobody is harmed by being
// woken twice.

import { forwardWakeUps } from '../shared/engine/delivery/forward-wake-ups.ts';
import { routeAppends } from '../shared/engine/delivery/route-appends.ts';
import { noObjects, onEvent, openWakeUps } from './runtime.ts';
import { appendedIn, type RouterEvent, wakeUpsIn } from './trigger-events.ts';

const parts = { objects: noObjects, wakeUps: openWakeUps() };

export const handler = onEvent('route', parts, async (engine, call, event: RouterEvent) => {
  await routeAppends(engine, call, appendedIn(event));
  await forwardWakeUps(engine, call, wakeUpsIn(event));
});
