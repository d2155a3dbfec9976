// Records go out, and where they begin and end is told, and how much room they take.

import { fetchRoutes } from '../shared/api/v2/fetch-routes.ts';
import { sizeRoutes } from '../shared/api/v2/size-routes.ts';
import { v3OffsetRoutes } from '../shared/api/v3/offset-routes.ts';
import { openSegments, serve } from './runtime.ts';

const routes = [fetchRoutes, sizeRoutes, v3OffsetRoutes];

export const handler = serve({ routes, objects: openSegments() });
