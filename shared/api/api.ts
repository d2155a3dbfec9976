// The HTTP surface: the same routes in a Lambda and in the local server. What is common to all of
// them is done here once: calls and deadlines, error replies, 404, 405, OPTIONS, health.

import { type Context, Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { type Engine, openCall } from '../engine/engine.ts';
import type { EpochMillis } from '../ids.ts';
import { requestMillisMax } from '../limits.ts';
import { type Exchange, type Handler, type Method, notFound, type RouteGroup } from './exchange.ts';
import { healthRoutes } from './health-routes.ts';
import { methodRefusal, refusalOf } from './refusal.ts';
import { emptyReply } from './reply.ts';

export type ApiParts = {
  readonly engine: Engine;
  /** What this process serves; where two patterns match, the earlier one. */
  readonly routes: readonly RouteGroup[];
  /** The body's bytes. @throws EngineError REQUEST_TOO_LARGE above `bytesMax`. */
  readonly readBody: (context: Context, bytesMax: number) => Promise<Uint8Array>;
  /** Told of every error that is our own doing; the caller has got a plain 500. */
  readonly onFault: (error: unknown) => void;
  /** When nothing more may be begun for a request. @default requestMillisMax after it came */
  readonly deadline?: (context: Context) => EpochMillis;
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies Method[];

export function createApi(parts: ApiParts): Hono {
  // Hono's default router reads `records:batch` as a parameter after `records`; the trie does not.
  const app = new Hono({ router: new TrieRouter(), strict: false });
  for (const group of [healthRoutes, ...parts.routes]) {
    for (const [route, handler] of Object.entries(group)) {
      const [method = '', path = ''] = route.split(' ');
      app.on(method, path, (context) => answer(parts, context, handler));
    }
  }
  app.notFound((context) => answer(parts, context, (exchange) => unrouted(app, exchange)));
  return app;
}

async function answer(parts: ApiParts, context: Context, handler: Handler): Promise<Response> {
  const exchange = openExchange(parts, context);
  try {
    return await handler(exchange);
  } catch (error) {
    return refusalOf(exchange, error, parts.onFault);
  }
}

function openExchange(parts: ApiParts, context: Context): Exchange {
  const { engine, readBody } = parts;
  const startedAt = engine.clock.now();
  const deadline = parts.deadline?.(context) ?? ((startedAt + requestMillisMax) as EpochMillis);
  return {
    context,
    engine,
    call: openCall(engine, { deadline }),
    startedAt,
    readBody: (bytesMax) => readBody(context, bytesMax),
  };
}

/** A path that other methods serve: 405, or OPTIONS' answer; else 404. */
function unrouted(app: Hono, exchange: Exchange): Response {
  const { method, path } = exchange.context.req;
  const served = methods.filter((other) => app.router.match(other, path)[0].length > 0);
  if (served.length === 0) throw notFound();
  const allow = [...served, ...(served.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return emptyReply(exchange, { Allow: allow });
  return methodRefusal(exchange, allow);
}
