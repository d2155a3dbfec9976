// What a page asks of the console's server, asked of an engine in its name: with credentials that
// the page never sees, and without what a browser adds for others.

import type { Auth } from '../../client/auth.ts';
import type { Host } from '../../client/host.ts';

export type Asked = {
  readonly method: string;
  /** Behind the engine's URL, with its query: it begins with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Aborted: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
};

export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type Upstream = { readonly url: string; readonly auth?: Auth };

const asksOn = ['accept', 'content-type', 'idempotency-key'];
const answersOn = /^(content-type|cache-control|retry-after|server-timing|sluice-.*)$/;

/** @returns also what the engine refuses, and that it is out of reach. */
export async function passOn({ url, auth }: Upstream, host: Host, asked: Asked): Promise<Answered> {
  const { method, path, body, signal } = asked;
  const to = new URL(url.replace(/\/+$/, '') + path);
  // A signature is of what it means, and "+" is a blank to some and itself to others.
  to.search = to.search.replaceAll('+', '%20');
  const headers = Object.fromEntries(
    asksOn.flatMap((name) => {
      const value = asked.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  const sent = body.length === 0 ? undefined : body;
  try {
    const added = (await auth?.({ method, url: to, headers, body: sent }, host)) ?? {};
    const init = { method, headers: { ...headers, ...added }, signal };
    const response = await host.fetch(to, sent === undefined ? init : { ...init, body: sent });
    return {
      status: response.status,
      headers: Object.fromEntries([...response.headers].filter(([name]) => answersOn.test(name))),
      body: await response.bytes(),
    };
  } catch (error) {
    const { cause = error } = error as { readonly cause?: unknown };
    const message = cause instanceof Error ? cause.message : String(cause);
    return {
      status: 502,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ error_code: 502, message: `${url}: ${message}` })),
    };
  }
}
