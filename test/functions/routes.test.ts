// The stack sends a request where the contract says; the function there must serve it.

import { expect, test } from 'vitest';
import type { RouteGroup } from '../../shared/api/exchange.ts';
import { fetchRoutes } from '../../shared/api/v2/fetch-routes.ts';
import { produceRoutes } from '../../shared/api/v2/produce-routes.ts';
import { v3OffsetRoutes } from '../../shared/api/v3/offset-routes.ts';
import { v3ProduceRoutes } from '../../shared/api/v3/produce-routes.ts';
import { functionRoutes } from '../../shared/contract.ts';

/** In API Gateway's form: `{topic}` for Hono's `:topic`. */
function gatewayRoutes(...groups: readonly RouteGroup[]): string[] {
  const routes = groups.flatMap((group) => Object.keys(group));
  return routes.map((route) => route.replaceAll(/\/:(\w+)/g, '/{$1}')).sort();
}

test('produce serves its routes of the contract, and they are all it serves', () => {
  expect(gatewayRoutes(produceRoutes, v3ProduceRoutes)).toEqual([...functionRoutes.produce].sort());
});

test('so does fetch', () => {
  expect(gatewayRoutes(fetchRoutes, v3OffsetRoutes)).toEqual([...functionRoutes.fetch].sort());
});

test('whatever else there is goes to topics', () => {
  expect(functionRoutes.topics).toEqual(['ANY /{proxy+}', 'GET /']);
});
