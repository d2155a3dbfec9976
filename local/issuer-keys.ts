// The public keys of whoever makes callers' tokens.
//
// - They are read once and kept: looked for again after ten minutes, and when a token names a key
//   that is not among them, but never twice within ten seconds, whatever strangers send.
// - A look is waited for by who needs it alone: whose key is known is let in meanwhile, however
//   long the issuer takes.
// - While the issuer is away, what is known is good for two hours, as long as API Gateway's is;
//   what then is not known is nobody's fault who calls (UNAVAILABLE, not a refusal).
//
// Sources: OpenID Connect Discovery 1.0, sections 4.1 and 4.3; RFC 7517; "Control access to HTTP
// APIs with JWT authorizers in API Gateway".

import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  type LocalJWKSet,
} from 'jose';
import type { Clock } from '../shared/engine/environment.ts';
import { EngineError } from '../shared/errors.ts';
import { isIssuerUrl, type JwtOptions } from './access-options.ts';

/** How long a key that the issuer has taken back may be good yet, while it answers; after a rest,
 * for the requests too that come before it has. */
export const freshMillis = 10 * 60_000;
/** The same while it does not. */
export const usableMillis = 2 * 3_600_000;
/** From the beginning of one look to that of the next. */
export const lookMillisMin = 10_000;

export type IssuerParts = Pick<JwtOptions, 'issuer' | 'jwksUrl'> & {
  readonly clock: Clock;
  /** The JSON at a URL. @throws Error when there is none to be had. */
  readonly readJson: (url: string) => Promise<unknown>;
  /** Told of each look that has failed. */
  readonly onFault: (error: unknown) => void;
};

type Known = { readonly keys: LocalJWKSet; readonly readAt: number };

export class IssuerKeys {
  readonly #parts: IssuerParts;
  #known: Known | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #look: Promise<void> | undefined;
  #isAway = false;

  constructor(parts: IssuerParts) {
    this.#parts = parts;
  }

  /** For jose's `jwtVerify`. A token must name its key, as API Gateway wants it.
   * @throws JOSEError: the issuer has no such key. EngineError UNAVAILABLE: nobody can say. */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    if (header.kid === undefined) throw new errors.JWKSNoMatchingKey();
    if (this.#age() >= usableMillis) await this.#refresh();
    else if (this.#age() >= freshMillis) void this.#refresh();
    try {
      return await this.#usable()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh();
      if (this.#isAway) throw isAway();
      return this.#usable()(header, token);
    }
  };

  #age(): number {
    return ageOf(this.#known?.readAt ?? Number.NEGATIVE_INFINITY, this.#parts.clock.now());
  }

  #usable(): LocalJWKSet {
    if (this.#known === undefined || this.#age() >= usableMillis) throw isAway();
    return this.#known.keys;
  }

  /** Who comes meanwhile waits for the same look. */
  async #refresh(): Promise<void> {
    const now = this.#parts.clock.now();
    if (this.#look === undefined && ageOf(this.#lookedAt, now) >= lookMillisMin) {
      this.#lookedAt = now;
      this.#look = this.#read(now).finally(() => {
        this.#look = undefined;
      });
    }
    await this.#look;
  }

  async #read(readAt: number): Promise<void> {
    const { readJson, onFault, issuer } = this.#parts;
    try {
      const keys = createLocalJWKSet((await readJson(await this.#keysUrl())) as JSONWebKeySet);
      this.#known = { keys, readAt };
      this.#isAway = false;
    } catch (cause) {
      this.#isAway = true;
      onFault(new Error(`the keys of ${issuer} cannot be read`, { cause }));
    }
  }

  /** The document may move them: it is read each time. */
  async #keysUrl(): Promise<string> {
    const { issuer, jwksUrl, readJson } = this.#parts;
    if (jwksUrl !== undefined) return jwksUrl;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const document = ((await readJson(url)) ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
    if (document.issuer !== issuer) throw new Error(`${url} is of another issuer`);
    const { jwks_uri: said } = document;
    if (typeof said === 'string' && isIssuerUrl(said)) return said;
    throw new Error(`${url} names no jwks_uri of https`);
  }
}

/** What the clock was set back behind is old: nobody knows how old. */
function ageOf(then: number, now: number): number {
  return now < then ? Number.POSITIVE_INFINITY : now - then;
}

function isAway(): EngineError {
  const message = 'whether the token is good cannot be said now; try again';
  return new EngineError('UNAVAILABLE', message, { retryAfterMillis: lookMillisMin });
}
