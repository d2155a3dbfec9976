// Subscriptions: whom a topic's records are delivered to, and what becomes of those that nobody
// takes.

import { deadLetterRoutes } from '../shared/api/v2/dead-letter-routes.ts';
import { subscriptionRoutes } from '../shared/api/v2/subscription-routes.ts';
import { openSegments, openWakeUps, serve } from './runtime.ts';

const routes = [subscriptionRoutes, deadLetterRoutes];

export const handler = serve({ routes, objects: openSegments(), wakeUps: openWakeUps() });
