// Somebody's server for webhooks, on this machine. It proves to be hooks.example.com or 127.0.0.1,
// by a certificate of its own (valid to the year 2200), and does with a request what a test says.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TLSSocket, TlsOptions } from 'node:tls';

/** The key, and the certificate that it signed itself. */
const pem = readFileSync(new URL('./hooks.example.com.pem', import.meta.url), 'utf8');

export type Received = {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The name asked for in TLS. */
  readonly servername: string | false | null;
  /** The address it came to. */
  readonly address: string | undefined;
};

export type Receiver = {
  readonly port: number;
  /** Who trusts it trusts this. */
  readonly ca: string;
  /** Of TCP, since the start. */
  readonly connections: readonly Duplex[];
  readonly received: readonly Received[];
  readonly stop: () => Promise<void>;
};

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export async function startReceiver(answer: Answer, tls: TlsOptions = {}): Promise<Receiver> {
  const connections: Duplex[] = [];
  const received: Received[] = [];
  const server = createServer({ key: pem, cert: pem, ...tls }, async (request, response) => {
    const body = await text(request);
    const socket = request.socket as TLSSocket & { servername?: string | false | null };
    received.push({
      method: request.method,
      path: request.url,
      headers: request.headers,
      body,
      servername: socket.servername ?? null,
      address: socket.localAddress,
    });
    answer(response, request);
  });
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port was given');
  const stop = async () => {
    if (!server.listening) return;
    for (const socket of connections) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  const ca = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'));
  return { port: address.port, ca, connections, received, stop };
}
