// The HTTP server around the API: who is let in, and how it stops with nothing acknowledged lost.
//
// - Every refusal has the API's form, also of what is no HTTP at all.
// - An answer belongs to its request: junk behind a request that is being served is refused after
//   that one's answer, since a 400 in its place would say that nothing was stored.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Guard } from './guard.ts';

export type RunningServer = {
  readonly port: number;
  /** Resolves when what was under way is answered and every connection is closed. */
  readonly stop: () => Promise<void>;
};

export type ServerParts = {
  readonly host: string;
  readonly port: number;
  readonly guard: Guard;
  readonly listener: RequestListener;
};

/** The latest request of each open connection. Those before it are answered first. */
type Connections = Map<Duplex, Exchange | undefined>;

type Exchange = {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** What came behind it is no request, and is refused when this one is answered. */
  precedesJunk: boolean;
};

/** Clients that keep connections for a minute do not meet one that was just closed here. */
const keepAliveMillis = 65_000;
/** Between looks for connections that fell idle while the server stops. */
const closingMillis = 20;
/** How many looks a request has to come whole, once the server stops: a second. */
const looksUntilCut = 50;

/** @throws Error when the address is in use or is not this machine's. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { host, port, guard, listener } = parts;
  const connections: Connections = new Map();
  // Node's own answer to a request without Host has not the API's form.
  const server = createServer({ requireHostHeader: false }, (incoming, outgoing) => {
    connections.set(incoming.socket, { incoming, outgoing, precedesJunk: false });
    if (incoming.headers.host === undefined) {
      return refuse(outgoing, { status: 400, errorCode: 400, message: 'Host: is required' });
    }
    const message = guard(incoming.headers);
    if (message !== undefined) return refuse(outgoing, { status: 403, errorCode: 40301, message });
    if (!server.listening) outgoing.setHeader('Connection', 'close');
    listener(incoming, outgoing);
  });
  server.keepAliveTimeout = keepAliveMillis;
  server.on('connection', (socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('checkExpectation', (_incoming, outgoing) => refuse(outgoing, plain(417)));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseMalformed(error, socket, connections.get(socket)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => stop(server, connections),
  };
}

function stop(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    let looks = 0;
    // A connection whose request is still to be answered falls idle later.
    const closing = setInterval(() => {
      server.closeIdleConnections();
      // One that has sent nothing, or a part of a request, is not idle to Node, and may never be.
      if (++looks < looksUntilCut) return;
      for (const [socket, latest] of connections) {
        if (latest === undefined || !isOwed(latest)) socket.destroy();
      }
    }, closingMillis);
    server.close(() => {
      clearInterval(closing);
      resolve();
    });
  });
}

/** It came whole, and its answer has not gone. */
function isOwed({ incoming, outgoing }: Exchange): boolean {
  return incoming.complete && !outgoing.writableFinished;
}

type Refusal = { readonly status: number; readonly errorCode: number; readonly message: string };

function plain(status: number): Refusal {
  return { status, errorCode: status, message: `HTTP ${status} ${STATUS_CODES[status]}` };
}

function bodyOf({ errorCode, message }: Refusal): string {
  return JSON.stringify({ error_code: errorCode, message });
}

function refuse(outgoing: ServerResponse, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  outgoing.writeHead(refusal.status, headers).end(body);
}

/** By the codes of Node's errors; 400 for all others. */
const malformedStatuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** What is no HTTP request: Node's parser has said why, and the caller gets a form it knows.
 * @param latest the request that came before it, or that it is the broken end of. */
function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  latest: Exchange | undefined,
): void {
  if (latest !== undefined && isOwed(latest)) {
    if (latest.precedesJunk) return;
    latest.precedesJunk = true;
    latest.outgoing.once('finish', () => refuseMalformed(error, socket, undefined));
    return;
  }
  const cut = latest !== undefined && !latest.incoming.complete ? latest.outgoing : undefined;
  // Its answer has begun, or it is not its turn to be answered.
  const isOthersTurn = cut !== undefined && (cut.headersSent || cut.socket === null);
  if (error.code === 'ECONNRESET' || !socket.writable || isOthersTurn) {
    socket.destroy();
    return;
  }
  const refusal = plain(malformedStatuses[error.code ?? ''] ?? 400);
  const body = bodyOf(refusal);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
