// A client and an engine in one world, in virtual time: fetch is a call of the API. The wire
// between them loses what a test wants it to lose.

import { Connection } from '../../client/connection.ts';
import type { Host } from '../../client/host.ts';
import { connectionSettings, type SluiceOptions } from '../../client/options.ts';
import { Sluice } from '../../client/sluice.ts';
import { type AccessControl, openToAll } from '../../shared/api/access.ts';
import { allRoutes } from '../../shared/api/all-routes.ts';
import { createApi } from '../../shared/api/api.ts';
import { bodyTooLarge } from '../../shared/errors.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { newWorld, type World } from '../world/world.ts';

/** What becomes of a request: 'lost': it does not arrive; 'unheard': its answer does not; 'hangs':
 * nothing is heard at all; else the answer that somebody before the engine gives. */
export type Fate = 'passes' | 'lost' | 'unheard' | 'hangs' | Response;

export type Sent = { readonly method: string; readonly path: string; readonly headers: Headers };

export type Wire = {
  readonly world: World;
  readonly host: Host;
  /** Of every request, in the order in which they were sent. */
  readonly sent: Sent[];
  /** What becomes of the next ones. @default all pass */
  fateOf: (sent: Sent) => Fate;
  /** @param host over which it asks. @default the wire's */
  readonly newClient: (options?: Partial<SluiceOptions>, host?: Host) => Sluice;
  readonly newConnection: (options?: Partial<SluiceOptions>, host?: Host) => Connection;
  /** Another process serves from now on: its caches are cold. */
  readonly restart: () => void;
};

const routes = allRoutes('{"openapi":"3.1.0"}');
const url = 'http://engine.test';

/** With the topic orders, which has four partitions.
 * @param access how the engine knows its callers. */
export async function newWire(seed = 1, access = openToAll): Promise<Wire> {
  const world = newWorld(seed);
  await world.time.run(world.createTopic({ name: 'orders', partitions: 4 }));
  let api = newApi(world, access);
  const host: Host = {
    clock: world.time,
    chance: seededChance(seed + 1),
    log: () => undefined,
    fetch: (url, init) => abortable(init.signal, carry(url, init)),
    environment: () => undefined,
  };
  const wire: Wire = {
    world,
    host,
    sent: [],
    fateOf: () => 'passes',
    newClient: (options, over = host) => new Sluice({ url, ...options }, over),
    newConnection: (options, over = host) => {
      return new Connection(connectionSettings({ url, ...options }), over);
    },
    restart: () => {
      api = newApi(world, access);
    },
  };
  const carry = async ({ pathname, search }: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const sent = { method: init.method ?? 'GET', path: pathname + search, headers };
    wire.sent.push(sent);
    const fate = wire.fateOf(sent);
    if (fate instanceof Response) return fate;
    if (fate === 'lost') throw broken();
    if (fate === 'hangs') return new Promise(() => undefined);
    const { signal: _, ...rest } = init;
    const response = await api.request(sent.path, rest);
    if (fate === 'unheard') throw broken();
    return response;
  };
  return wire;
}

function newApi(world: World, access: AccessControl) {
  return createApi({
    engine: world.newEngine(),
    access,
    routes,
    readBody: async (context, bytesMax) => {
      const bytes = new Uint8Array(await context.req.raw.arrayBuffer());
      if (bytes.length > bytesMax) throw bodyTooLarge(bytesMax);
      return bytes;
    },
    onFault: (error) => {
      throw error;
    },
    onReply: () => undefined,
  });
}

/** As fetch says it. */
function broken(): Error {
  const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  return new TypeError('fetch failed', { cause });
}

/** The engine goes on with what its client has given up. */
async function abortable<Answer>(
  signal: AbortSignal | undefined,
  work: Promise<Answer>,
): Promise<Answer> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    promise.catch(() => undefined);
    work.catch(() => undefined);
  }
}
