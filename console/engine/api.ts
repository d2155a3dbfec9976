// Requests to the engine that has served the page, and to nobody else. What says who calls goes in
// a header: it is in no URL, and nothing here writes it anywhere.

import type { RecordReply } from './replies.ts';

export type ApiParts = {
  readonly fetch: typeof fetch;
  /** What all paths stand behind, with a slash at its end. */
  readonly base: string;
  /** The header's value; undefined: nobody has said who he is. */
  readonly authorization: () => string | undefined;
  /** Told when the engine does not know who calls. */
  readonly onUnknown: () => void;
  /** Told of each request. */
  readonly onRequest: () => void;
  /** @returns what calls it off. */
  readonly after: (millis: number, run: () => void) => () => void;
};

/** How long a request and the reading of its answer may take: API Gateway gives up by then. A
 * request that hangs would keep all others back. */
export const askMillisMax = 30_000;

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  /** Of the request's body. */
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

export type RecordPage = {
  readonly records: readonly RecordReply[];
  /** Where to go on. */
  readonly next: number;
  readonly logStart: number;
  readonly logEnd: number;
};

/** An answer that is none, or one that refuses. */
export class Refusal extends Error {
  /** @param error that ended a request, or the reading of its answer. */
  static of(error: unknown): Refusal {
    return error instanceof Refusal ? error : new Refusal('The answer makes no sense.');
  }

  /** 0: there was no answer. */
  readonly status: number;
  readonly retryAfterMillis: number | undefined;
  /** Where the log begins and ends, if that is what it is about. */
  readonly bounds: { readonly logStart: number; readonly logEnd: number } | undefined;

  constructor(message: string, said: Partial<Refusal> = {}) {
    super(message);
    this.status = said.status ?? 0;
    this.retryAfterMillis = said.retryAfterMillis;
    this.bounds = said.bounds;
  }

  /** Whether the same request may be answered later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const binaryType = 'application/vnd.kafka.binary.v2+json';

export class Api {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /** @param path behind the base, encoded. @throws Refusal, or what the signal aborts with. */
  json<Reply>(path: string, ask: Ask = {}): Promise<Reply> {
    return this.#ask(path, ask, async (response) => (await response.json()) as Reply);
  }

  /** Keys, values and headers in base64, whatever they are. */
  records(path: string, signal?: AbortSignal): Promise<RecordPage> {
    return this.#ask(path, { accept: binaryType, ...(signal && { signal }) }, async (response) => {
      const records = (await response.json()) as readonly RecordReply[];
      return { records, next: numberIn(response, 'Next-Offset') ?? 0, ...boundsIn(response) };
    });
  }

  /** @param key by which the engine knows the same request again. */
  produce<Reply>(path: string, body: unknown, key: string): Promise<Reply> {
    const headers = { 'Idempotency-Key': key };
    const accept = 'application/vnd.kafka.v2+json';
    return this.json(path, { method: 'POST', type: binaryType, accept, headers, body });
  }

  /** Within its time, as all of its answer. */
  async #ask<Of>(path: string, ask: Ask, read: (response: Response) => Promise<Of>): Promise<Of> {
    const late = new AbortController();
    const onTime = this.#parts.after(askMillisMax, () => late.abort());
    const signal = ask.signal ? AbortSignal.any([ask.signal, late.signal]) : late.signal;
    try {
      return await read(await this.#send(path, ask, signal));
    } catch (error) {
      if (late.signal.aborted && !ask.signal?.aborted) throw new Refusal(noAnswer);
      throw error;
    } finally {
      onTime();
    }
  }

  async #send(path: string, ask: Ask, signal: AbortSignal): Promise<Response> {
    const { fetch, base, authorization, onRequest, onUnknown } = this.#parts;
    const { method = 'GET', type = 'application/json', accept = 'application/json', body } = ask;
    const who = authorization();
    onRequest();
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        Accept: accept,
        // Else a browser asks its reader who he is by itself, where the engine does not know him.
        'X-Requested-With': 'XMLHttpRequest',
        ...(body !== undefined && { 'Content-Type': type }),
        ...(who !== undefined && { Authorization: who }),
        ...ask.headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new Refusal(noAnswer);
    });
    if (response.ok) return response;
    // Of somebody who has been followed by another since, it says nothing of that one.
    if (response.status === 401 && who === authorization()) onUnknown();
    throw await refusalOf(response);
  }
}

const noAnswer = 'The engine does not answer.';

async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  const said: unknown = await response.json().catch(() => undefined);
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const hasBounds = response.headers.has('Sluice-High-Watermark');
  return new Refusal(messageIn(said) ?? `The engine answers ${status}.`, {
    status,
    retryAfterMillis: Number.isNaN(seconds) ? undefined : seconds * 1_000,
    bounds: hasBounds ? boundsIn(response) : undefined,
  });
}

function messageIn(said: unknown): string | undefined {
  if (typeof said !== 'object' || said === null || !('message' in said)) return undefined;
  return typeof said.message === 'string' ? said.message : undefined;
}

function boundsIn(response: Response) {
  return {
    logStart: numberIn(response, 'Log-Start-Offset') ?? 0,
    logEnd: numberIn(response, 'High-Watermark') ?? 0,
  };
}

function numberIn(response: Response, name: string): number | undefined {
  const said = response.headers.get(`Sluice-${name}`);
  return said === null ? undefined : Number(said);
}
