// fetch, as far as the client needs it, over node:http. Node's own copies a body several times: of
// four megabytes it takes five milliseconds of a processor, this takes one; of a small request
// half.

import { Agent, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure, Agent as SecureAgent } from 'node:https';

/** As fetch has them. What is answered with a redirection is not followed. */
export type Fetch = (
  url: URL,
  init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Uint8Array<ArrayBuffer>;
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

/** Below what API Gateway and load balancers close connections after: one that is used again while
 * it is closed fails, and it is not known whether the request arrived. */
const idleMillisMax = 50_000;

/** Connections are kept while the process has something else to do. */
export function newFetch(): Fetch {
  const options = { keepAlive: true, timeout: idleMillisMax } as const;
  const agent = new Agent(options);
  const secureAgent = new SecureAgent(options);
  return (url, { method, headers, body, signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const all = { ...headers, 'Content-Length': String(body?.length ?? 0) };
    const asked = { method, headers: all, signal };
    const isSecure = url.protocol === 'https:';
    const answered = (message: IncomingMessage) => read(message).then(resolve, reject);
    const request = isSecure
      ? requestSecure(url, { ...asked, agent: secureAgent }, answered)
      : requestPlain(url, { ...asked, agent }, answered);
    request.on('error', reject);
    request.end(body);
    return promise;
  };
}

async function read(message: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, rawHeaders } = message;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  }
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers });
}
