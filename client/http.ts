// fetch, as far as the client needs it, over node:http. Node's own copies a body several times: of
// four megabytes it takes five milliseconds of a processor, this takes one; of a small request
// half.
//
// Node's own, and with it Headers and Response, is tens of milliseconds of a cold start, and an
// import of node:http loads it: so the modules are taken otherwise, when a request needs them.

import type { IncomingMessage } from 'node:http';

/** As fetch's Response has it. */
export type Reply = {
  readonly status: number;
  /** Below 300. */
  readonly ok: boolean;
  readonly headers: ReplyHeaders;
  readonly bytes: () => Promise<Uint8Array>;
};

/** By names in lower case. */
export type ReplyHeaders = Iterable<[string, string]> & {
  /** @returns null or undefined: there is none of that name. */
  get(name: string): string | null | undefined;
};

/** As fetch has them. What is answered with a redirection is not followed. */
export type Fetch = (
  url: URL,
  init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Uint8Array<ArrayBuffer>;
    readonly signal: AbortSignal;
  },
) => Promise<Reply>;

/** Below what API Gateway and load balancers close connections after: one that is used again while
 * it is closed fails, and it is not known whether the request arrived. */
const idleMillisMax = 50_000;

type HttpModule = typeof import('node:http') | typeof import('node:https');

/** Connections are kept while the process has something else to do.
 * @param load a module of Node's, without making an import of it. */
export function newFetch(load: typeof process.getBuiltinModule): Fetch {
  const options = { keepAlive: true, timeout: idleMillisMax } as const;
  const senderOf = ({ Agent, request }: HttpModule) => ({ agent: new Agent(options), request });
  const senders = new Map<string, ReturnType<typeof senderOf>>();
  return (url, { method, headers, body, signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const all = { ...headers, 'Content-Length': String(body?.length ?? 0) };
    const { protocol } = url;
    const isSecure = protocol === 'https:';
    const sender = senders.get(protocol) ?? senderOf(load(isSecure ? 'node:https' : 'node:http'));
    senders.set(protocol, sender);
    const { agent } = sender;
    const request = sender.request(url, { method, headers: all, signal, agent }, (message) => {
      read(message).then(resolve, reject);
    });
    request.on('error', reject);
    // Else it would end without a word.
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      reject(new Error(`an answer of ${statusCode}, which nobody asked for`));
    });
    request.end(body);
    return promise;
  };
}

async function read(message: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, rawHeaders } = message;
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const before = headers.get(name);
    const value = rawHeaders[at + 1] as string;
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return {
    status,
    ok: status >= 200 && status < 300,
    headers,
    bytes: async () => bytesOf(chunks),
  };
}

function bytesOf(chunks: readonly Buffer[]): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.concat(chunks);
  return new Uint8Array(buffer, byteOffset, length);
}
