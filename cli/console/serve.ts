// The server of `sluice console`: the console's files, and all else passed on to an engine.
//
// Whoever reaches it calls the engine as the profile says. So it listens on this machine alone, is
// served to no page of another site (local/guard.ts), and only below a path that nobody guesses:
// the machine's other people have no way in.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Host } from '../../client/host.ts';
import { builtConsole } from '../../local/built-files.ts';
import { guardFor } from '../../local/guard.ts';
import { readBody } from '../../local/read-body.ts';
import { startServer } from '../../local/server.ts';
import { answerConsole, type ConsoleFiles } from '../../shared/console/console-files.ts';
import { readFolder } from '../../shared/console/read-folder.ts';
import { EngineError } from '../../shared/errors.ts';
import { produceBodyBytesMax } from '../../shared/limits.ts';
import type { Engine } from '../profiles/engine.ts';
import { clientOptions } from '../wiring.ts';
import { type Answered, passOn, refusal, type Upstream } from './pass-on.ts';

export type ConsoleServer = {
  /** Of the page. */
  readonly url: string;
  readonly stop: () => Promise<void>;
};

const host = '127.0.0.1';

/** @throws Error: the port is taken. */
export async function serveConsole(
  engine: Engine,
  { port, host: own }: { readonly port: number; readonly host: Host },
): Promise<ConsoleServer> {
  const way = `/${Buffer.from(own.chance.bytes(16)).toString('base64url')}`;
  const files = readFolder(builtConsole);
  const upstream = clientOptions(engine);
  const server = await startServer({
    ...{ host, port, guard: guardFor({ host, names: [] }) },
    listener: (incoming, outgoing) => {
      const answered = incoming.url?.startsWith(`${way}/`)
        ? answer({ incoming, outgoing, path: incoming.url.slice(way.length), files, upstream, own })
        : notFound;
      // Whoever has gone away needs no answer.
      Promise.resolve(answered).then(
        ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
        () => outgoing.destroy(),
      );
    },
  });
  return { url: `http://${host}:${server.port}${way}/console`, stop: server.stop };
}

const notFound: Answered = {
  ...{ status: 404, headers: { 'content-type': 'text/plain' } },
  body: Buffer.from('The console is at the URL that `sluice console` has said.\n'),
};

type Exchange = {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly path: string;
  readonly files: ConsoleFiles;
  readonly upstream: Upstream;
  readonly own: Host;
};

async function answer(exchange: Exchange): Promise<Answered> {
  const { incoming, outgoing, path, files, upstream, own } = exchange;
  const { method = 'GET', headers } = incoming;
  const { pathname } = new URL(path, 'http://console');
  if (/^\/console(\/|$)/.test(pathname)) {
    const [acceptEncoding] = [headers['accept-encoding']].flat();
    return answerConsole(files, { path: pathname, acceptEncoding });
  }
  let body: Uint8Array<ArrayBuffer>;
  try {
    body = new Uint8Array(await readBody(incoming, produceBodyBytesMax));
  } catch (error) {
    if (error instanceof EngineError && error.code === 'REQUEST_TOO_LARGE') {
      return refusal(413, error.message);
    }
    throw error;
  }
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  return passOn(upstream, own, { method, path, headers, body, signal: gone.signal });
}
