// One request of the engine, tried again while that may help: after what refused it for now, and
// after what left its outcome unknown if it is safe to send again. All that the client sends goes
// through here, so this is where it is signed, bounded in time, and counted.

import { abortOf, follow, untilAborted } from './aborts.ts';
import type { Auth } from './auth.ts';
import { answered, SluiceError } from './errors.ts';
import type { Host } from './host.ts';
import type { Reply, ReplyHeaders } from './http.ts';
import { jsonType } from './media-types.ts';
import { pauseBeforeRetry, type RetryOptions, type RetrySettings, retrySettings } from './retry.ts';
import { ServerClock } from './server-clock.ts';

export type ConnectionSettings = {
  /** The engine's, with a path before its routes if it has one; without a slash at its end. */
  readonly url: string;
  readonly auth: Auth | undefined;
  readonly clientId: string;
  readonly retry: RetrySettings;
  /** For one try, beside what it waits for. */
  readonly requestMillis: number;
};

export type Ask = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Of a route, encoded, with its query. */
  readonly path: string;
  /** Of the body. */
  readonly type?: string;
  /** @default application/json */
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly signal?: AbortSignal | undefined;
  /** What a long poll waits, beside the time of a request. */
  readonly waitMillis?: number;
  /** Whether it may be sent again when its outcome is unknown. @default 'safe' */
  readonly again?: 'safe' | 'unsafe';
  /** Milliseconds since 1970: until then it is tried, however often, and what is under way then is
   * given up; 0: once. @default as often as the client's `retry` says */
  readonly deadline?: number;
};

export type Answer = {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly bytes: Uint8Array;
};

/** Of what is left until a deadline: what has less is not tried again. It would be cut off, and
 * nobody would know what came of it. */
const tryMillisMin = 1_000;

type Sending = {
  readonly url: URL;
  readonly bytes: Uint8Array | undefined;
  readonly signal: AbortSignal;
};

export class Connection {
  readonly #settings: ConnectionSettings;
  readonly #host: Host;
  readonly #serverClock: ServerClock;

  constructor(
    settings: ConnectionSettings,
    host: Host,
    serverClock: ServerClock = new ServerClock(host.clock),
  ) {
    this.#settings = settings;
    this.#host = host;
    this.#serverClock = serverClock;
  }

  /** The same, but for how what failed is tried again.
   * @throws SluiceError that names the option. */
  retrying(otherwise: RetryOptions): Connection {
    const retry = retrySettings(this.#settings.retry, otherwise);
    return new Connection({ ...this.#settings, retry }, this.#host, this.#serverClock);
  }

  /** @returns what was answered with a status below 300.
   * @throws SluiceError, of unknown outcome also when it is refused after a try that may have been
   *   done; what the signal was aborted with */
  async ask(ask: Ask): Promise<Answer> {
    return this.askFor(ask, (answer) => answer);
  }

  /** The same, of JSON. @param ask.json sent as the body. @param isReply as jsonIn has it. */
  async askJson<Reply>(
    ask: Ask & { readonly json?: unknown },
    isReply?: (reply: Reply) => boolean,
  ): Promise<Reply> {
    const { json, ...rest } = ask;
    const sent = json === undefined ? {} : { type: jsonType, body: JSON.stringify(json) };
    return this.askFor({ ...sent, ...rest }, ({ bytes }) => {
      const isNone = bytes.length === 0 && isReply === undefined;
      return isNone ? (undefined as Reply) : jsonIn(bytes, isReply);
    });
  }

  /** What is read in an answer. One that makes no sense is asked for again, like one that did not
   * come.
   * @param read throws SluiceError of one that makes no sense. @throws as `ask` does */
  async askFor<Read>(ask: Ask, read: (answer: Answer) => Read): Promise<Read> {
    let maybeDone = false;
    for (let tries = 1; ; tries++) {
      try {
        return read(await this.#try(ask));
      } catch (error) {
        ask.signal?.throwIfAborted();
        if (!(error instanceof SluiceError)) throw error;
        maybeDone ||= error.outcome === 'unknown';
        if (this.#mayTryAgain(ask, error, tries)) {
          await this.#pause(ask, error, tries);
          if (this.#isInTime(ask)) continue;
        }
        throw maybeDone && error.outcome === 'refused' ? error.as({ outcome: 'unknown' }) : error;
      }
    }
  }

  #mayTryAgain({ again = 'safe', deadline }: Ask, error: SluiceError, tries: number): boolean {
    if (!error.retriable || (error.outcome === 'unknown' && again === 'unsafe')) return false;
    if (deadline === undefined) return tries <= this.#settings.retry.retries;
    return this.#host.clock.now() < deadline;
  }

  #isInTime({ deadline = Number.POSITIVE_INFINITY }: Ask): boolean {
    return this.#host.clock.now() + tryMillisMin <= deadline;
  }

  /** Not beyond the deadline, however late it is asked to come back. */
  async #pause(
    { signal, deadline = Number.POSITIVE_INFINITY }: Ask,
    { retryAfterMillis }: SluiceError,
    tries: number,
  ): Promise<void> {
    const { chance, clock } = this.#host;
    const drawn = chance.fraction();
    const asked = { tries, drawn, leastMillis: retryAfterMillis };
    const millis = pauseBeforeRetry(this.#settings.retry, asked);
    const aborted = signal === undefined ? undefined : abortOf(signal);
    await clock.sleep(Math.min(millis, deadline - clock.now()), aborted?.promise);
    aborted?.close();
    signal?.throwIfAborted();
  }

  async #try(ask: Ask): Promise<Answer> {
    const { method, body, signal } = ask;
    const { auth } = this.#settings;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const url = new URL(this.#settings.url + ask.path);
    // A signature is of what it means, and "+" is a blank to some and itself to others.
    url.search = url.search.replaceAll('+', '%20');
    const over = new AbortController();
    const clock = this.#clockFor(ask, over);
    const unfollow = follow(over, signal);
    const { aheadMillis } = this.#serverClock;
    try {
      const headers = await this.#headers(ask, { url, bytes, signal: over.signal });
      const init = { method, headers, signal: over.signal };
      const response = await this.#host.fetch(
        url,
        bytes === undefined ? init : { ...init, body: bytes },
      );
      const reply = await response.bytes();
      if (response.ok) return { status: response.status, headers: response.headers, bytes: reply };
      const error = errorOf(response, reply);
      const isOfTime = auth !== undefined && this.#serverClock.setBy(response, aheadMillis);
      throw isOfTime ? error.as({ retriable: true }) : error;
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      signal?.throwIfAborted();
      throw notAnswered(`${method} ${ask.path}`, error);
    } finally {
      unfollow();
      clock.stop();
    }
  }

  /** Ends a try that takes too long. */
  #clockFor(
    { waitMillis = 0, deadline }: Ask,
    over: AbortController,
  ): { readonly stop: () => void } {
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    let isStopped = false;
    const all = this.#settings.requestMillis + waitMillis;
    // Whatever the deadline is, it is tried once.
    const left = deadline ? Math.max(tryMillisMin, deadline - this.#host.clock.now()) : all;
    const millis = Math.min(all, left);
    void this.#host.clock.sleep(millis, stopped).then(() => {
      if (!isStopped) over.abort(new Error(`no answer within ${millis} ms`));
    });
    return {
      stop: () => {
        isStopped = true;
        stop();
      },
    };
  }

  async #headers(
    { method, type, accept = jsonType, headers: more }: Ask,
    { url, bytes, signal }: Sending,
  ): Promise<Record<string, string>> {
    const { auth, clientId } = this.#settings;
    const headers = {
      Accept: accept,
      'User-Agent': clientId,
      ...(type === undefined ? {} : { 'Content-Type': type }),
      ...more,
    };
    if (auth === undefined) return headers;
    const request = { method, url, headers, body: bytes };
    const host = { ...this.#host, clock: this.#serverClock };
    const signed = untilAborted(async () => auth(request, host), signal).catch(notSigned);
    return { ...headers, ...(await signed) };
  }
}

/** What gives tokens or credentials has failed: nothing was sent, and it may do better later.
 * @throws SluiceError, as it is when it is one. */
function notSigned(error: unknown): never {
  if (error instanceof SluiceError) throw error;
  const message = `auth: ${reasonOf(error).message}`;
  throw new SluiceError(message, { code: 401, outcome: 'refused', retriable: true, cause: error });
}

/** @param isReply whether it is what was asked for; an exception says no, too.
 * @throws SluiceError of what is not, or no JSON: somebody before the engine has answered. */
export function jsonIn<Reply>(
  bytes: Uint8Array,
  isReply: (reply: Reply) => boolean = () => true,
): Reply {
  const text = textOf(bytes);
  let cause: unknown;
  try {
    const reply: Reply = JSON.parse(text);
    if (isReply(reply)) return reply;
  } catch (fault) {
    cause = fault;
  }
  const message = `the answer is not the engine's: ${text.slice(0, 200)}`;
  throw new SluiceError(message, { code: 0, outcome: 'unknown', retriable: true, cause });
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

function errorOf({ status, headers }: Reply, bytes: Uint8Array): SluiceError {
  const { code, message } = sayingOf(bytes, status);
  return answered(code, message, { status, retryAfterMillis: retryAfterOf(headers) });
}

/** What a gateway before the engine answers has another form, or none. */
function sayingOf(bytes: Uint8Array, status: number): { code: number; message: string } {
  const text = textOf(bytes);
  try {
    const { error_code: code, Message, message = Message } = JSON.parse(text);
    if (typeof message === 'string') {
      return { code: Number.isSafeInteger(code) ? code : status, message };
    }
  } catch {
    // Not JSON.
  }
  return { code: status, message: `HTTP ${status} ${text.slice(0, 200)}`.trim() };
}

/** Seconds, as the engine says it. Source: RFC 9110, 10.2.3. */
function retryAfterOf(headers: ReplyHeaders): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? seconds * 1_000 : undefined;
}

/** Of a connection that was refused nothing was sent; of any other it may have been. */
function notAnswered(what: string, cause: unknown): SluiceError {
  const { code, message } = reasonOf(cause);
  const isRefused = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return new SluiceError(`${what}: ${message}`, {
    code: 0,
    outcome: isRefused ? 'refused' : 'unknown',
    retriable: true,
    cause,
  });
}

/** fetch says "fetch failed", and why in its cause. */
function reasonOf(error: unknown): { readonly code: unknown; readonly message: string } {
  const { cause = error } = error as { readonly cause?: unknown };
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  return { code, message: String(message || code || cause) };
}
