// Who may call an engine that is started, and whether ACLs bind him. What is said by halves is
// refused: an engine that was meant to be closed must not come up open.

import { superUserFault, superUsersIn } from '../shared/access/principal.ts';
import { environmentNames } from '../shared/contract.ts';
import { type Flags, type Given, isTrue } from './flags.ts';
import { loopbackNames } from './loopback.ts';

export type AccessOptions = {
  readonly callers:
    | { readonly kind: 'anyone' }
    | { readonly kind: 'api-keys' }
    | ({ readonly kind: 'jwt' } & JwtOptions);
  /** undefined: whoever is let in may do everything. */
  readonly acls: { readonly superUsers: ReadonlySet<string> } | undefined;
};

/** Which tokens are good. */
export type JwtOptions = {
  /** The claim `iss`, to the letter. */
  readonly issuer: string;
  /** Where the issuer's keys are; undefined: where its discovery document says. */
  readonly jwksUrl: string | undefined;
  /** One of them is in the claim `aud`; in `client_id`, where a token has no `aud`. */
  readonly audiences: readonly string[];
  /** One of them is in the claim `scope` or `scp`. */
  readonly scopes: readonly string[];
  /** The claim that names the caller. */
  readonly principalClaim: string;
};

export const anyone: AccessOptions = { callers: { kind: 'anyone' }, acls: undefined };

export const accessFlags = {
  auth: {
    twin: 'SLUICE_AUTH',
    value: 'none|api-keys|jwt',
    help: 'by what callers are known; default none, and anyone may do everything',
  },
  acls: { twin: environmentNames.acls, help: 'ACLs decide what a caller may do' },
  'super-users': {
    twin: environmentNames.superUsers,
    value: 'PRINCIPALS',
    help: 'whom no ACL binds: User:A;User:B',
  },
  'jwt-issuer': {
    twin: 'SLUICE_JWT_ISSUER',
    value: 'URL',
    help: 'who makes callers’ tokens, as their claim iss has it',
  },
  'jwt-audience': {
    twin: 'SLUICE_JWT_AUDIENCE',
    value: 'NAMES',
    help: 'comma-separated; tokens must be for one of them',
  },
  'jwt-scopes': {
    twin: 'SLUICE_JWT_SCOPES',
    value: 'SCOPES',
    help: 'comma-separated; tokens must hold one of them, as ID tokens do not',
  },
  'jwt-principal-claim': {
    twin: environmentNames.principalClaim,
    value: 'CLAIM',
    help: 'the claim of a token that names its caller; default sub',
  },
  'jwks-url': {
    twin: 'SLUICE_JWKS_URL',
    value: 'URL',
    help: 'the keys of an issuer that has no discovery document',
  },
} as const satisfies Flags<string>;

type Flag = keyof typeof accessFlags;

const jwtFlags = Object.keys(accessFlags).filter((flag) => /^jw/.test(flag)) as readonly Flag[];

/** @throws Error that says what does not go together. */
export function accessOf(given: Given<Flag>): AccessOptions {
  const callers = callersOf(given);
  const superUsers = given('super-users');
  if (!isTrue(given('acls'))) {
    if (superUsers !== undefined) throw new Error('--super-users needs --acls');
    return { callers, acls: undefined };
  }
  if (callers.kind === 'anyone') {
    throw new Error('--acls needs --auth api-keys or jwt: ACLs bind callers who are known');
  }
  const principals = principalsOf(superUsers);
  if (principals.length === 0) {
    throw new Error('--acls needs --super-users: somebody must write the first ACL');
  }
  return { callers, acls: { superUsers: new Set(principals) } };
}

function callersOf(given: Given<Flag>): AccessOptions['callers'] {
  const kind = given('auth') ?? 'none';
  const other = jwtFlags.find((flag) => given(flag) !== undefined);
  if (kind !== 'jwt' && other !== undefined) throw new Error(`--${other} needs --auth jwt`);
  switch (kind) {
    case 'none':
      return { kind: 'anyone' };
    case 'api-keys':
      return { kind };
    case 'jwt': {
      const issuer = issuerUrl('jwt-issuer', given('jwt-issuer'));
      if (issuer === undefined) throw new Error('--auth jwt needs --jwt-issuer');
      return {
        kind,
        issuer,
        jwksUrl: issuerUrl('jwks-url', given('jwks-url')),
        audiences: namesOf('jwt-audience', given('jwt-audience')),
        scopes: namesOf('jwt-scopes', given('jwt-scopes')),
        principalClaim: given('jwt-principal-claim') ?? 'sub',
      };
    }
    default:
      throw new Error(`--auth must be none, api-keys or jwt, not ${kind}`);
  }
}

function issuerUrl(flag: Flag, text: string | undefined): string | undefined {
  if (text === undefined || isIssuerUrl(text)) return text;
  throw new Error(`--${flag} must be an https URL, or an http URL of this machine, not ${text}`);
}

/** Whoever stands in the way of plain http could give keys of his own. */
export function isIssuerUrl(text: string): boolean {
  const { protocol, hostname } = URL.parse(text) ?? {};
  return protocol === 'https:' || (protocol === 'http:' && loopbackNames.has(hostname ?? ''));
}

function namesOf(flag: Flag, text = ''): readonly string[] {
  const names = partsOf(text, ',');
  if (names.length > 0) return names;
  throw new Error(`--auth jwt needs --${flag}`);
}

function principalsOf(text = ''): readonly string[] {
  const principals = superUsersIn(text);
  for (const principal of principals) {
    const fault = superUserFault(principal);
    if (fault !== undefined) throw new Error(`--super-users: ${principal} ${fault}`);
  }
  return principals;
}

function partsOf(text: string, separator: string): readonly string[] {
  const parts = text.split(separator).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
