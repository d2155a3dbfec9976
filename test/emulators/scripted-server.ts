// A server on a free port that does with each connection what a test says.

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Emulator } from './child-server.ts';

export async function startScriptedServer(listener: RequestListener): Promise<Emulator> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port was given');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { endpoint: `http://127.0.0.1:${address.port}`, stop };
}
