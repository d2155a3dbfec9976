// One POST to a URL that a caller gave. Whoever owns the URL, or its name in DNS, must not steer
// it inwards, hold it longer than it is worth, or fill memory:
//
// - A name is resolved once. Every address it has must be allowed, or none is used; the connection
//   is pinned to those, so what the name says a moment later (DNS rebinding) changes nothing. The
//   name stays what TLS asks for and the certificate must be of.
// - No redirect is followed: it is a status like another.
// - One clock runs over all of it, from the name to the last byte of the answer; what is read of
//   the answer is bounded.
// - Each post has a connection of its own: none is kept for an address that was allowed earlier.

import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { retryAfterMillis } from '../ports/retry-after.ts';
import { hostOf } from './url.ts';

/** An address that swallows packets leaves time for the next. The longest way on earth takes a
 * third of a second, a lost first packet one more. */
const connectMillisPerAddress = 2_000;

export type PosterParts = {
  /** All addresses of a name. What it throws should have a `code`, as Node's errors do. Once the
   * post is over nobody waits for it any more: it should end. */
  readonly resolve: (host: string, over: AbortSignal) => Promise<readonly string[]>;
  readonly allows: (address: string) => boolean;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    /** Resolves after that time, or as soon as `wake` resolves when that comes first. */
    sleep(millis: number, wake: Promise<unknown>): Promise<void>;
  };
  /** Who may sign certificates, in PEM. Absent: whom Node trusts. */
  readonly ca?: string;
};

export type PostRequest = {
  /** One that webhookUrlFault has nothing against; an address in it is judged by `allows`. */
  readonly url: string;
  /** None that says whose the request is or where it ends (Host, Content-Length, Connection): they
   * are said here. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For all of it. */
  readonly timeoutMillis: number;
  readonly responseBytesMax: number;
};

export type PostOutcome =
  /** The status is known, also when the body broke off, was late or was too large. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** As the header Retry-After says. */
      readonly retryAfterMillis: number | undefined;
      /** Its first responseBytesMax bytes at most. */
      readonly body: Uint8Array;
      /** Nothing of the body is missing. */
      readonly isWhole: boolean;
    }
  /** The name has an address that is not allowed, or the URL names one. Nothing was sent. */
  | { readonly kind: 'refused-address' }
  /** `reason` is the code of Node, OpenSSL or the system (ECONNREFUSED, CERT_HAS_EXPIRED), which
   * names no address. The request may have arrived. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** No status came in time; the request may have arrived. */
  | { readonly kind: 'timed-out' };

export type WebhookPost = (request: PostRequest) => Promise<PostOutcome>;

/** @returns what posts. @throws TypeError when a URL or a header cannot be said in HTTP. */
export function webhookPoster(parts: PosterParts): WebhookPost {
  return async (request) => {
    const done = Promise.withResolvers<void>();
    const over = new AbortController();
    const late = parts.clock.sleep(request.timeoutMillis, done.promise);
    try {
      return await postUntil({ late, over: over.signal }, parts, request);
    } finally {
      done.resolve();
      over.abort();
    }
  };
}

type Time = {
  /** Resolves when it is over, or nobody waits any more. */
  readonly late: Promise<void>;
  /** Aborts when nobody waits any more, late or not. */
  readonly over: AbortSignal;
};

async function postUntil(
  { late, over }: Time,
  parts: PosterParts,
  request: PostRequest,
): Promise<PostOutcome> {
  const url = new URL(request.url);
  if (url.protocol !== 'https:') throw new TypeError('a webhook is posted by https alone');
  const found = await Promise.race([addressesOf(hostOf(url), parts, over), late]);
  if (found === undefined) return { kind: 'timed-out' };
  if ('kind' in found) return found;
  return exchange(late, parts, { ...request, url, addresses: found.addresses });
}

type Found = { readonly addresses: readonly string[] } | PostOutcome;

async function addressesOf(
  host: string,
  { resolve, allows }: PosterParts,
  over: AbortSignal,
): Promise<Found> {
  try {
    const addresses = isIP(host) === 0 ? await resolve(host, over) : [host];
    if (addresses.length === 0) return failed({ code: 'ENOTFOUND' });
    return addresses.every((address) => allows(address))
      ? { addresses }
      : { kind: 'refused-address' };
  } catch (error) {
    return failed(error);
  }
}

type Pinned = Omit<PostRequest, 'url'> & {
  readonly url: URL;
  readonly addresses: readonly string[];
};

function exchange(
  late: Promise<void>,
  { clock, ca }: PosterParts,
  { url, addresses, headers, body, responseBytesMax }: Pinned,
): Promise<PostOutcome> {
  // The first to resolve it decides.
  const { promise, resolve } = Promise.withResolvers<PostOutcome>();
  const outgoing = httpsRequest({
    method: 'POST',
    host: hostOf(url),
    port: url.port === '' ? 443 : Number(url.port),
    path: url.pathname + url.search,
    // Node says the rest: the host, which is also the name that TLS asks for and that the
    // certificate must be of, and the body's length.
    headers,
    agent: false,
    ...pinnedTo(addresses),
    // Node's defaults, said so that no variable of the environment turns them off.
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  });
  outgoing.once('response', (response) => resolve(answered(response, responseBytesMax, clock)));
  outgoing.on('error', (error) => resolve(failed(error)));
  // An answer that would turn the connection into another protocol closes it without an error.
  outgoing.once('close', () => resolve(failed({ code: 'ECONNRESET' })));
  void late.then(() => {
    resolve({ kind: 'timed-out' });
    outgoing.destroy();
  });
  outgoing.end(body);
  return promise;
}

/** Node asks `lookup` instead of DNS, and tries what it says in turn. An address that stands in the
 * URL it takes as it is. */
function pinnedTo(addresses: readonly string[]) {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, _options, answer) => answer(null, pinned);
  return {
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: connectMillisPerAddress,
  };
}

async function answered(
  response: IncomingMessage,
  bytesMax: number,
  clock: PosterParts['clock'],
): Promise<PostOutcome> {
  const { statusCode = 0, headers } = response;
  const retryAfter = retryAfterMillis(headers['retry-after'] ?? '', clock.now());
  const { body, isWhole } = await readUpTo(bytesMax, response);
  return {
    kind: 'answered',
    status: statusCode,
    retryAfterMillis: retryAfter,
    body,
    isWhole,
  };
}

async function readUpTo(bytesMax: number, response: IncomingMessage) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isWhole = true;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      isWhole = bytes <= bytesMax;
      // Leaving the loop closes the connection.
      if (!isWhole) break;
    }
  } catch {
    isWhole = false;
  }
  return { body: Buffer.concat(chunks).subarray(0, bytesMax), isWhole };
}

function failed(error: unknown): PostOutcome {
  const { code } = error as { readonly code?: unknown };
  return { kind: 'failed', reason: typeof code === 'string' ? code : 'UNKNOWN' };
}
