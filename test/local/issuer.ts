// Who makes tokens: a server on this machine with its discovery document and its public keys, and
// the private ones to sign with.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import type { AccessOptions, JwtOptions } from '../../local/access-options.ts';

export type Issuer = {
  readonly url: string;
  readonly publicKey: CryptoKey;
  /** An engine's options that trust it. */
  readonly options: JwtOptions;
  /** A token that is good but for what is said. @param said undefined: that claim is not there. */
  readonly sign: (said?: Claims, how?: Partial<Signing>) => Promise<string>;
  readonly stop: () => Promise<void>;
};

type Claims = Readonly<Record<string, unknown>>;

type Signing = {
  readonly header: Partial<JWTHeaderParameters>;
  readonly key: CryptoKey | Uint8Array;
};

export const keyId = 'key-1';
export const audience = 'sluice';
export const scope = 'sluice/use';

/** @param algorithm of its one key. */
export async function startIssuer(algorithm = 'RS256'): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const keys = [{ ...(await exportJWK(publicKey)), kid: keyId, use: 'sig' }];
  const server = createServer(({ url: path }, outgoing) => {
    const document = { issuer: url, jwks_uri: `${url}/keys` };
    outgoing.setHeader('Content-Type', 'application/json');
    outgoing.end(JSON.stringify(path === '/keys' ? { keys } : document));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    publicKey,
    options: {
      issuer: url,
      jwksUrl: undefined,
      audiences: ['others', audience],
      scopes: [scope],
      principalClaim: 'sub',
    },
    sign: (said = {}, { header = {}, key = privateKey } = {}) =>
      new SignJWT({ ...goodClaims(url), ...said })
        .setProtectedHeader({ alg: algorithm, kid: keyId, ...header })
        .sign(key),
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function goodClaims(issuer: string): Claims {
  const now = nowSeconds();
  const held = `openid ${scope}`;
  return { iss: issuer, aud: audience, sub: 'shop', scope: held, iat: now - 10, exp: now + 600 };
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

export function byTokens(options: JwtOptions, acls?: AccessOptions['acls']): AccessOptions {
  return { callers: { kind: 'jwt', ...options }, acls };
}
