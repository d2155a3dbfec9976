// A load generator that costs less than what it loads: requests are bytes made beforehand,
// connections have one request under way each, and of an answer only its status, length and end are
// looked at.

import { connect, type Socket } from 'node:net';

export type Load = {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** The bytes of the next request, of all and of that connection. */
  readonly request: (number: number, connection: number) => Buffer;
};

export type Measured = {
  readonly requests: number;
  readonly seconds: number;
  /** Bytes of bodies that were answered. */
  readonly answeredBytes: number;
  readonly millis: { readonly p50: number; readonly p99: number };
  /** CPU of this process, over the time: the generator's own part. */
  readonly generatorCpu: number;
};

/** @throws Error when an answer's status is not 200. */
export async function runLoad({ port, connections, seconds, request }: Load): Promise<Measured> {
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1_000;
  let answeredBytes = 0;
  let number = 0;
  const runOne = async (index: number) => {
    const connection = await openConnection(port);
    while (performance.now() < end) {
      const began = performance.now();
      const bytes = await connection.exchange(request(number++, index));
      latencies.push(performance.now() - began);
      answeredBytes += bytes;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => runOne(index)));
  const taken = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    requests: latencies.length,
    seconds: taken,
    answeredBytes,
    millis: { p50: at(0.5), p99: at(0.99) },
    generatorCpu: (user + system) / 1e6 / taken,
  };
}

export function httpRequest(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array = new Uint8Array(),
): Buffer {
  const length = method === 'GET' ? {} : { 'Content-Length': String(body.length) };
  const all = { Host: '127.0.0.1', ...headers, ...length };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

type Connection = {
  /** @returns the length of the answer's body. */
  readonly exchange: (request: Buffer) => Promise<number>;
  readonly close: () => void;
};

async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const answers = answersOf(socket);
  return {
    exchange: (request) => {
      socket.write(request);
      return answers();
    },
    close: () => socket.destroy(),
  };
}

/** @returns a function that waits for the next whole answer. */
function answersOf(socket: Socket): () => Promise<number> {
  let settle: { resolve: (bytes: number) => void; reject: (error: Error) => void } | undefined;
  let head = '';
  let bodyBytes = 0;
  let left = 0;
  const fail = (error: Error) => settle?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));
  socket.on('data', (chunk) => {
    if (left > 0) {
      left -= chunk.length;
    } else {
      head += chunk.toString('latin1');
      const headEnd = head.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      if (!head.startsWith('HTTP/1.1 200')) return fail(new Error(head));
      bodyBytes = Number(/content-length: (\d+)/i.exec(head.slice(0, headEnd))?.[1] ?? Number.NaN);
      left = bodyBytes - (head.length - headEnd - 4);
    }
    if (left > 0) return;
    head = '';
    settle?.resolve(bodyBytes);
  });
  return () =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
}
