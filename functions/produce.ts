// Records come in, and producers are told who they are.

import { produceRoutes } from '../shared/api/v2/produce-routes.ts';
import { producerRoutes } from '../shared/api/v2/producer-routes.ts';
import { transactionRoutes } from '../shared/api/v2/transaction-routes.ts';
import { v3ProduceRoutes } from '../shared/api/v3/produce-routes.ts';
import { openSegments, serve } from './runtime.ts';

const routes = [produceRoutes, producerRoutes, transactionRoutes, v3ProduceRoutes];

export const handler = serve({ routes, objects: openSegments() });
