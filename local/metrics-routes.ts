// GET /metrics, of this engine alone: who runs functions has their metrics in CloudWatch.

import { cluster } from '../shared/access/acl.ts';
import type { RouteGroup } from '../shared/api/exchange.ts';
import { reply } from '../shared/api/reply.ts';
import type { EngineMetrics } from './engine-metrics.ts';

const type = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsRoutes(metrics: EngineMetrics): RouteGroup {
  return {
    'GET /metrics': async (exchange) => {
      // It names every group and topic.
      exchange.access.need('DESCRIBE', cluster);
      const body = await metrics.text(exchange.engine, exchange.call);
      return reply(exchange, { type, body });
    },
  };
}
