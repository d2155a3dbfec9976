// The HTTP surface: the same routes in a Lambda and in the local server. What is common to all of
// them is done here once: calls and deadlines, error replies, 404, 405, OPTIONS, health.

import { type Context, Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { anonymous } from '../access/principal.ts';
import { assert } from '../assert.ts';
import { type Engine, openCall } from '../engine/engine.ts';
import type { EpochMillis } from '../ids.ts';
import { requestMillisMax } from '../limits.ts';
import type { Told } from '../told.ts';
import { Access, type AccessControl, openAccess, openToAll } from './access.ts';
import { type Exchange, type Handler, type Method, notFound, type RouteGroup } from './exchange.ts';
import { healthRoutes } from './health-routes.ts';
import { methodRefusal, refusalOf } from './refusal.ts';
import { emptyReply } from './reply.ts';
import { toldReply } from './told-reply.ts';

export type ApiParts = {
  readonly engine: Engine;
  /** Who is let in, and to what. @default openToAll */
  readonly access?: AccessControl;
  /** What this process serves; where two patterns match, the earlier one. */
  readonly routes: readonly RouteGroup[];
  /** What it serves to whoever asks: what is the same for all, and holds nothing of theirs.
   * @default only whether it is well */
  readonly openRoutes?: readonly RouteGroup[];
  /** The body's bytes. @throws EngineError REQUEST_TOO_LARGE above `bytesMax`. */
  readonly readBody: (context: Context, bytesMax: number) => Promise<Uint8Array>;
  /** Told of every error that is our own doing; the caller has got a plain 500. */
  readonly onFault: (error: unknown) => void;
  /** Told of each reply, when it is made. @default nobody is told */
  readonly onReply?: (told: Told, context: Context) => void;
  /** When nothing more may be begun for a request. @default requestMillisMax after it came */
  readonly deadline?: (context: Context) => EpochMillis;
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies Method[];

export function createApi(parts: ApiParts): Hono {
  // Hono's default router reads `records:batch` as a parameter after `records`; the trie does not.
  const app = new Hono({ router: new TrieRouter(), strict: false });
  // Whoever looks after a process has no credentials, and is told nothing by these.
  for (const group of [healthRoutes, ...(parts.openRoutes ?? [])]) {
    addRoutes(app, group, { ...parts, access: openToAll });
  }
  for (const group of parts.routes) addRoutes(app, group, parts);
  const nowhere: Served = { route: 'none', handler: (exchange) => unrouted(app, exchange) };
  app.notFound((context) => answer(parts, context, nowhere));
  return app;
}

function addRoutes(app: Hono, group: RouteGroup, parts: ApiParts): void {
  for (const [route, handler] of Object.entries(group)) {
    const [method = '', path = ''] = route.split(' ');
    app.on(method, path, (context) => answer(parts, context, { route, handler }));
  }
}

type Served = { readonly route: string; readonly handler: Handler };

async function answer(
  parts: ApiParts,
  context: Context,
  { route, handler }: Served,
): Promise<Response> {
  let exchange = openExchange(parts, context);
  let error: unknown;
  let response: Response;
  try {
    const { engine, call } = exchange;
    const access = await openAccess(parts.access ?? openToAll, context, engine, call);
    exchange = { ...exchange, access };
    response = await handler(exchange);
    assert(access.isSettled || !response.ok, 'a route asks whether its caller may');
  } catch (thrown) {
    error = thrown;
    response = refusalOf(exchange, error, parts.onFault);
  }
  const told = parts.onReply && toldReply(exchange, { route, status: response.status, error });
  if (told !== undefined) parts.onReply?.(told, context);
  return response;
}

function openExchange(parts: ApiParts, context: Context): Exchange {
  const { engine, readBody } = parts;
  const startedAt = engine.clock.now();
  const deadline = parts.deadline?.(context) ?? ((startedAt + requestMillisMax) as EpochMillis);
  const call = openCall(engine, { deadline });
  return {
    context,
    engine,
    call,
    access: nobody,
    startedAt,
    readBody: async (bytesMax) => {
      const bytes = await readBody(context, bytesMax);
      call.tally.bytes += bytes.length;
      return bytes;
    },
  };
}

/** Until it is known who calls. */
const nobody = new Access(
  { principal: anonymous },
  { acls: [], serves: { acls: false, apiKeys: false } },
);

/** A path that other methods serve: 405, or OPTIONS' answer; else 404. */
function unrouted(app: Hono, exchange: Exchange): Response {
  exchange.access.needNothing();
  const { method, path } = exchange.context.req;
  const served = methods.filter((other) => app.router.match(other, path)[0].length > 0);
  if (served.length === 0) throw notFound();
  const allow = [...served, ...(served.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return emptyReply(exchange, { Allow: allow });
  return methodRefusal(exchange, allow);
}
