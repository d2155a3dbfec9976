// Whether this process answers. It asks no store: a load balancer's look must not cost, and an
// engine whose stores are away still answers what it knows.

import type { Exchange, RouteGroup } from './exchange.ts';
import { jsonType } from './media-types.ts';
import { emptyReply, jsonReply } from './reply.ts';

export const healthRoutes: RouteGroup = {
  'GET /': answers,
  'GET /_health': answers,
  'GET /ready': isWell,
  'GET /healthy': isWell,
};

function answers(exchange: Exchange): Response {
  exchange.access.needNothing();
  return jsonReply(exchange, jsonType, {});
}

function isWell(exchange: Exchange): Response {
  exchange.access.needNothing();
  return emptyReply(exchange);
}
