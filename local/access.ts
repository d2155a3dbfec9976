// How an embedded engine knows its callers: as the stack does, by what it was told at its start.
// Nothing of a key or a token is kept, told or logged.
//
// What it may act on though it is no longer so: an ACL for ten seconds, an API key for thirty
// (shared/engine/access/), an issuer's key for ten minutes (issuer-keys.ts); a token until it ends.

import { credentialIn } from '../shared/access/api-key.ts';
import { type AccessControl, openToAll } from '../shared/api/access.ts';
import { authenticate } from '../shared/engine/access/authenticate.ts';
import type { Clock } from '../shared/engine/environment.ts';
import type { AccessOptions, JwtOptions } from './access-options.ts';

/** An issuer that does not answer within it is away. */
const issuerMillisMax = 5_000;

type AccessParts = {
  readonly clock: Clock;
  /** Told when an issuer's keys cannot be read. */
  readonly onFault: (error: unknown) => void;
};

export async function accessControl(
  { callers, acls }: AccessOptions,
  parts: AccessParts,
): Promise<AccessControl> {
  const binding = acls === undefined ? {} : { acls };
  switch (callers.kind) {
    case 'anyone':
      return openToAll;
    case 'api-keys':
      return { identify: byApiKey, apiKeys: true, ...binding };
    case 'jwt':
      return { identify: await byToken(callers, parts), ...binding };
  }
}

const byApiKey: AccessControl['identify'] = async ({ req }, engine, call) => {
  const credential = credentialIn(req.header('Authorization'));
  return credential && (await authenticate(engine, call, credential));
};

/** Only who asks for tokens pays for what reads them. */
async function byToken(
  options: JwtOptions,
  parts: AccessParts,
): Promise<AccessControl['identify']> {
  const [{ IssuerKeys }, { bearerOf }] = await Promise.all([
    import('./issuer-keys.ts'),
    import('./tokens.ts'),
  ]);
  const { keyOf } = new IssuerKeys({ ...options, ...parts, readJson });
  return ({ req }) => bearerOf({ ...options, ...parts, keyOf }, req.header('Authorization'));
}

/** A redirect could lead away from https. */
async function readJson(url: string): Promise<unknown> {
  const signal = AbortSignal.timeout(issuerMillisMax);
  const response = await fetch(url, { redirect: 'error', signal });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}
