// Who the client is: a function that gives a request the headers that say so. It is asked anew for
// every try, so that what expires is drawn again.
//
//     apiKey('id.secret')          an engine whose callers have API keys
//     basic('id', 'secret')        the same, as HTTP Basic carries it
//     bearer(token)                an engine that knows its callers by an issuer's tokens
//     sigV4()                      an engine in an AWS account, whose callers sign (auth-sigv4.ts)
//
// Invariant: what is secret is in no message.

import { invalid } from './errors.ts';
import type { Host } from './host.ts';

export type RequestToSign = {
  readonly method: string;
  readonly url: URL;
  /** Those that the client sends beside what it is told here; fetch adds Host. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
};

/** What it may know of where it runs. */
export type AuthHost = Pick<Host, 'clock' | 'environment'>;

/** @returns headers to add. What it throws refuses the try: nothing was sent. */
export type Auth = (
  request: RequestToSign,
  host: AuthHost,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** An API key, whole as it was shown when it was made. Blanks around it, as a file ends with, are
 * not of it.
 * @param key `id.secret`
 * @throws SluiceError of what cannot be a key. */
export function apiKey(key: string): Auth {
  const text = key.trim();
  if (/^[\w-]+\.[\w-]+$/.test(text)) return () => bearing(text);
  throw invalid(
    'apiKey',
    'must be an API key whole, "id.secret", as it was shown when it was made',
  );
}

/** HTTP Basic: of an API key the id is the user, and the secret the password.
 * Source: RFC 7617.
 * @throws SluiceError of a user that Basic cannot carry. */
export function basic(user: string, password: string): Auth {
  if (user === '' || user.includes(':')) throw invalid('basic', 'a user must have no ":" in it');
  const value = Buffer.from(`${user}:${password}`).toString('base64');
  return () => ({ Authorization: `Basic ${value}` });
}

/** A token, or what gives one, which is asked before each try: whoever draws tokens keeps them
 * until they end.
 * Source: RFC 6750. */
export function bearer(token: string | (() => string | Promise<string>)): Auth {
  return async () => {
    const text = (typeof token === 'string' ? token : await token()).trim();
    if (/^[\x21-\x7e]+$/.test(text)) return bearing(text);
    throw invalid('bearer', 'must be a token: letters of ASCII, without blanks');
  };
}

function bearing(token: string) {
  return { Authorization: `Bearer ${token}` };
}
