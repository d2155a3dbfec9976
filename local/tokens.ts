// Whether a token is good, and whose it is. API Gateway's JWT authorizer is the model: what passes
// there passes here, and the reverse but for algorithms, of which it knows RSA's alone.
//
// - Signed by a key of the issuer's that it names, by an algorithm with public keys: a token that
//   is not signed, or by a secret that anyone may know, is none.
// - Of the issuer, for one of the audiences, and with one of the scopes: an ID token, which says to
//   an application who somebody is, has none.
// - Now: it ends, has not ended, has begun and was not made later than now.
//
// Sources: RFC 7519, RFC 8725; "Control access to HTTP APIs with JWT authorizers in API Gateway".

import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { principalFault, principalNamed } from '../shared/access/principal.ts';
import type { Caller } from '../shared/api/access.ts';
import type { Clock } from '../shared/engine/environment.ts';
import { EngineError } from '../shared/errors.ts';
import type { JwtOptions } from './access-options.ts';

/** Between the clocks of the issuer and of this machine. */
const leewaySeconds = 5;

const algorithms = ['RS', 'PS', 'ES'].flatMap((kind) => [256, 384, 512].map((bits) => kind + bits));

export type TokenParts = Omit<JwtOptions, 'jwksUrl'> & {
  readonly clock: Clock;
  /** @throws EngineError UNAVAILABLE: it cannot be said whether there is such a key. */
  readonly keyOf: JWTVerifyGetKey;
};

/** @param authorization the header's value. Source: RFC 6750, section 2.1.
 * @returns undefined: it holds no token that is good.
 * @throws EngineError UNAVAILABLE */
export async function bearerOf(
  parts: TokenParts,
  authorization: string | undefined,
): Promise<Caller | undefined> {
  const [, token] = /^bearer +([^ ]+) *$/i.exec(authorization ?? '') ?? [];
  const claims = token === undefined ? undefined : await claimsOf(parts, token);
  if (claims === undefined || !isMeant(parts, claims)) return undefined;
  const name = claims[parts.principalClaim];
  if (typeof name !== 'string') return undefined;
  const principal = principalNamed(name);
  return principalFault(principal) === undefined ? { principal } : undefined;
}

async function claimsOf(
  { issuer, clock, keyOf }: TokenParts,
  token: string,
): Promise<JWTPayload | undefined> {
  const options = {
    algorithms,
    issuer,
    requiredClaims: ['exp'],
    clockTolerance: leewaySeconds,
    currentDate: new Date(clock.now()),
  };
  try {
    return (await jwtVerify(token, keyOf, options)).payload;
  } catch (error) {
    // Whatever else is wrong, an issuer's key that cannot be used too, the token is not good.
    if (error instanceof EngineError) throw error;
    return undefined;
  }
}

function isMeant({ audiences, scopes, clock }: TokenParts, claims: JWTPayload): boolean {
  const { aud, client_id: client, scope, scp, iat } = claims;
  const isMade = iat === undefined || iat * 1_000 <= clock.now() + leewaySeconds * 1_000;
  const isForUs = [aud ?? client].flat().some((one) => audiences.includes(one as string));
  const held = [scope, scp].flatMap((said) => (typeof said === 'string' ? said.split(' ') : said));
  return isMade && isForUs && scopes.some((one) => held.includes(one));
}
