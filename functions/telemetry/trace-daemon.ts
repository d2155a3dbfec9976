// X-Ray's daemon, which runs beside a function that is traced, and takes what it is sent by UDP.
// Nothing waits for an answer, and nothing fails: a trace is nobody's reason to be refused.
//
// Source: AWS X-Ray, "Sending segment documents to the X-Ray daemon".

import { createSocket, type Socket } from 'node:dgram';

/** @param address as AWS_XRAY_DAEMON_ADDRESS says it: `169.254.79.129:2000`.
 * @returns what sends a document; it resolves when that has left the process, or cannot. */
export function traceDaemon(address: string): (document: string) => Promise<void> {
  const at = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, at), Number(address.slice(at + 1))];
  let socket: Socket | undefined;
  return (document) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    try {
      socket ??= openSocket();
      socket.send(document, port, host, () => resolve());
    } catch {
      // An address that is none.
      resolve();
    }
    return promise;
  };
}

function openSocket(): Socket {
  const socket = createSocket('udp4').unref();
  // Without a listener an error would end the process.
  return socket.on('error', () => undefined);
}
