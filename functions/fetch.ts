// Records go out, and where they begin and end is told.

import { fetchRoutes } from '../shared/api/v2/fetch-routes.ts';
import { v3OffsetRoutes } from '../shared/api/v3/offset-routes.ts';
import { openSegments, serve } from './runtime.ts';

export const handler = serve({ routes: [fetchRoutes, v3OffsetRoutes], objects: openSegments() });
