// What a page asks of the console's server, asked of an engine in its name: with credentials that
// the page never sees, and without what a browser adds for others.

import { follow, untilAborted } from '../../client/aborts.ts';
import type { Auth } from '../../client/auth.ts';
import type { Host } from '../../client/host.ts';
import { fetchWaitMillisMax, requestMillisMax } from '../../shared/limits.ts';

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
  const over = new AbortController();
  const unfollow = follow(over, signal);
  const stopClock = clockFor(over, host);
  try {
    const request = { method, url: to, headers, body: sent };
    const added = (await untilAborted(async () => auth?.(request, host), over.signal)) ?? {};
    const init = { method, headers: { ...headers, ...added }, signal: over.signal };
    const response = await host.fetch(to, sent === undefined ? init : { ...init, body: sent });
    return {
      status: response.status,
      headers: Object.fromEntries([...response.headers].filter(([name]) => answersOn.test(name))),
      body: await response.bytes(),
    };
  } catch (error) {
    if (over.signal.reason === tooLate) return refusal(504, `${url}: ${tooLate.message}`);
    const { cause = error } = error as { readonly cause?: unknown };
    return refusal(502, `${url}: ${cause instanceof Error ? cause.message : String(cause)}`);
  } finally {
    stopClock();
    unfollow();
  }
}

/** In the form in which the engine refuses. */
export function refusal(status: number, message: string): Answered {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ error_code: status, message })),
  };
}

/** The longest that an engine waits for records, and a request's whole time. */
const millisMax = fetchWaitMillisMax + requestMillisMax;
const tooLate = new Error(`no answer within ${millisMax} ms`);

/** Ends what takes too long. @returns what ends the clock. */
function clockFor(over: AbortController, { clock }: Host): () => void {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let isStopped = false;
  void clock.sleep(millisMax, stopped).then(() => {
    if (!isStopped) over.abort(tooLate);
  });
  return () => {
    isStopped = true;
    stop();
  };
}
