// The HTTP server around the API: who is let in, and how it stops with nothing acknowledged lost.

import {
  createServer,
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

/** Clients that keep connections for a minute do not meet one that was just closed here. */
const keepAliveMillis = 65_000;
/** Between looks for connections that fell idle while the server stops. */
const closingMillis = 20;

/** @throws Error when the address is in use or is not this machine's. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { host, port, guard, listener } = parts;
  const server = createServer((incoming, outgoing) => {
    const reason = guard(incoming.headers);
    if (reason !== undefined) return refuse(outgoing, reason);
    if (!server.listening) outgoing.setHeader('Connection', 'close');
    listener(incoming, outgoing);
  });
  server.keepAliveTimeout = keepAliveMillis;
  server.on('clientError', answerBadRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, stop: () => stop(server) };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection whose request is still to be answered falls idle later.
    const closing = setInterval(() => server.closeIdleConnections(), closingMillis);
    server.close(() => {
      clearInterval(closing);
      resolve();
    });
  });
}

function refuse(outgoing: ServerResponse, reason: string): void {
  const body = JSON.stringify({ error_code: 40301, message: reason });
  outgoing.writeHead(403, { 'Content-Type': 'application/json', Connection: 'close' }).end(body);
}

/** What is no HTTP request: Node's parser has said why, and the caller gets a form it knows. */
function answerBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify({
    error_code: status,
    message: `HTTP ${status} ${STATUS_CODES[status]}`,
  });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
