// How every reply is made: one place, so that each says what it cost.
// Responses are made with a plain object of headers, which the local server sends without copying.

import type { Exchange } from './exchange.ts';

export type ReplyHeaders = { readonly [name: string]: string };

/** @param type the Content-Type of `body`. */
export function reply(
  exchange: Exchange,
  {
    status = 200,
    type,
    body,
    headers,
  }: {
    readonly status?: number;
    readonly type: string;
    readonly body: string | Uint8Array<ArrayBuffer>;
    readonly headers?: ReplyHeaders;
  },
): Response {
  return new Response(body, {
    status,
    headers: { 'Content-Type': type, 'Server-Timing': serverTiming(exchange), ...headers },
  });
}

export function emptyReply(
  exchange: Exchange,
  headers?: ReplyHeaders,
  status: 201 | 204 = 204,
): Response {
  return new Response(null, {
    status,
    headers: { 'Server-Timing': serverTiming(exchange), ...headers },
  });
}

export function jsonReply(
  exchange: Exchange,
  type: string,
  value: unknown,
  status = 200,
): Response {
  return reply(exchange, { status, type, body: JSON.stringify(value) });
}

/** Milliseconds, and the store operations that were made. Source: W3C, "Server Timing". */
function serverTiming({ call, engine, startedAt }: Exchange): string {
  let text = `total;dur=${engine.clock.now() - startedAt}`;
  const { operations } = call;
  for (const [name, count] of Object.entries(operations)) {
    if (count > 0) text += `, ${name};desc="${count}"`;
  }
  return text;
}
