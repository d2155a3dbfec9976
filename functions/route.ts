// Appends that the table's stream tells of become wake-ups, and wake-ups whose time has come go
// where those are. What fails is brought again by its source, all of it: nobody is harmed by being
// woken twice.

import { routeAppends } from '../shared/engine/delivery/route-appends.ts';
import { noObjects, onEvent, wakeUps } from './runtime.ts';
import { appendedIn, type RouterEvent, wakeUpsIn } from './trigger-events.ts';

const parts = { objects: noObjects, wakeUps: wakeUps() };

export const handler = onEvent(parts, async (engine, call, event: RouterEvent) => {
  await routeAppends(engine, call, appendedIn(event));
  const timed = wakeUpsIn(event);
  await Promise.all(timed.map(({ wakeUp, notBefore }) => engine.wakeUps.send([wakeUp], notBefore)));
});
