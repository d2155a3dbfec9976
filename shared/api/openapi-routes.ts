// Serves the description of this surface. The document is handed in: it is made ahead of time,
// since making it takes code that no function should carry.

import type { RouteGroup } from './exchange.ts';
import { jsonType } from './media-types.ts';
import { reply } from './reply.ts';

/** @param document OpenAPI 3.1, as JSON. */
export function openapiRoutes(document: string): RouteGroup {
  return {
    'GET /openapi.json': (exchange) => {
      exchange.access.needNothing();
      return reply(exchange, { type: jsonType, body: document });
    },
  };
}
