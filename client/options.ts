// What a client may be told, and what it does when it is told nothing.

import type { Auth } from './auth.ts';
import type { ConnectionSettings } from './connection.ts';
import { invalid } from './errors.ts';
import type { LogCreator, LogLevel } from './logger.ts';
import { type RetryOptions, retrySettings } from './retry.ts';
import { within } from './within.ts';

export type SluiceOptions = {
  /** The engine's: an output of its stack, or http://127.0.0.1:8082. */
  readonly url: string;
  /** Who calls: sigV4(), apiKey('id.secret'), basic(id, secret), bearer(token).
   * @default nobody: an engine that is open to all */
  readonly auth?: Auth;
  /** Not taken: `auth` says who calls. */
  readonly sasl?: never;
  /** What the engine's log calls the client. @default 'sluice' */
  readonly clientId?: string;
  /** Of requests that failed, or whose outcome is unknown, where they may be sent again. */
  readonly retry?: RetryOptions;
  /** Milliseconds in which one try must be answered, beside what a long poll waits.
   * @default 30000 */
  readonly requestTimeout?: number;
  /** @default logLevel.WARN */
  readonly logLevel?: LogLevel;
  /** What becomes of entries. If it fails, they are lost, and nothing else is.
   * @default lines of JSON, to standard error */
  readonly logCreator?: LogCreator;
};

/** @throws SluiceError that names the option; of what says elsewhere who calls. */
export function connectionSettings(options: SluiceOptions): ConnectionSettings {
  const { url, auth, clientId = 'sluice', retry, requestTimeout = 30_000 } = options;
  if (options.sasl !== undefined) {
    const ways = "auth: sigV4(), apiKey('id.secret'), basic(id, secret) or bearer(token)";
    throw invalid('sasl', `there is none over HTTP; say who calls by ${ways}`);
  }
  return {
    url: urlOf(url),
    auth,
    clientId: clientIdOf(clientId),
    retry: retrySettings(retry),
    requestMillis: within('requestTimeout', requestTimeout, { min: 1 }),
  };
}

/** A header carries it. Source: RFC 9110, 5.5. */
function clientIdOf(text: string): string {
  if (typeof text === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw invalid('clientId', 'must be text of Latin-1, without control characters');
}

/** Without a slash at its end. */
function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw invalid('url', 'must be that of an engine: https://… or http://127.0.0.1:8082');
  }
  // fetch takes none, and messages tell of URLs.
  if (url.username !== '' || url.password !== '') {
    throw invalid('url', 'must hold no credentials: say auth: basic(id, secret)');
  }
  if (url.search !== '' || url.hash !== '') throw invalid('url', 'must have no query');
  return text.replace(/\/+$/, '');
}
