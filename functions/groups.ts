// Consumers: who is in a group, what each of them reads, and how far they have come.

import { consumerRoutes } from '../shared/api/v2/consumer-routes.ts';
import { memberFetchRoutes } from '../shared/api/v2/member-fetch-routes.ts';
import { pollRoutes } from '../shared/api/v2/poll-routes.ts';
import { positionRoutes } from '../shared/api/v2/position-routes.ts';
import { v3GroupRoutes } from '../shared/api/v3/group-routes.ts';
import { openSegments, serve } from './runtime.ts';

const routes = [consumerRoutes, pollRoutes, memberFetchRoutes, positionRoutes, v3GroupRoutes];

export const handler = serve({ routes, objects: openSegments() });
