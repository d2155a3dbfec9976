// Records come in: to a topic, or to one of its partitions.

import { produceRoutes } from '../shared/api/v2/produce-routes.ts';
import { v3ProduceRoutes } from '../shared/api/v3/produce-routes.ts';
import { segments, serve } from './runtime.ts';

export const handler = serve({ routes: [produceRoutes, v3ProduceRoutes], objects: segments() });
