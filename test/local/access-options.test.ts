// Who may call, as `npm start` is told it: by halves it is refused.

import { expect, test } from 'vitest';
import { type AccessOptions, anyone } from '../../local/access-options.ts';
import { readOptions } from '../../local/options.ts';

type Words = readonly string[];
type Environment = Readonly<Record<string, string>>;

const jwt = ['--auth', 'jwt', '--jwt-issuer', 'https://issuer.example', '--jwt-audience', 'sluice'];
const scoped = [...jwt, '--jwt-scopes', 'use'];
const byTokens = {
  kind: 'jwt',
  issuer: 'https://issuer.example',
  jwksUrl: undefined,
  audiences: ['sluice'],
  scopes: ['use'],
  principalClaim: 'sub',
} as const;

test('flags, and their twins in the environment', () => {
  const byKeys = { callers: { kind: 'api-keys' }, acls: undefined } as const;
  const told: readonly (readonly [Words, Environment, AccessOptions])[] = [
    [[], {}, anyone],
    [['--auth', 'none'], { SLUICE_AUTH: 'api-keys', SLUICE_ACLS: 'no' }, anyone],
    [['--auth', 'api-keys'], {}, byKeys],
    [[], { SLUICE_AUTH: 'api-keys' }, byKeys],
    [
      ['--auth', 'api-keys', '--super-users', 'User:CN=a,O=b; User:b;'],
      { SLUICE_ACLS: '1' },
      { ...byKeys, acls: { superUsers: new Set(['User:CN=a,O=b', 'User:b']) } },
    ],
    [scoped, {}, { callers: byTokens, acls: undefined }],
    [
      [],
      {
        SLUICE_AUTH: 'jwt',
        SLUICE_ACLS: 'true',
        SLUICE_SUPER_USERS: 'User:admin',
        SLUICE_JWT_ISSUER: 'http://127.0.0.1:9000/',
        SLUICE_JWT_AUDIENCE: 'a, b,',
        SLUICE_JWT_SCOPES: 'sluice/read,sluice/write',
        SLUICE_PRINCIPAL_CLAIM: 'client_id',
        SLUICE_JWKS_URL: 'http://[::1]:9000/keys',
      },
      {
        callers: {
          kind: 'jwt',
          issuer: 'http://127.0.0.1:9000/',
          jwksUrl: 'http://[::1]:9000/keys',
          audiences: ['a', 'b'],
          scopes: ['sluice/read', 'sluice/write'],
          principalClaim: 'client_id',
        },
        acls: { superUsers: new Set(['User:admin']) },
      },
    ],
  ];
  for (const [words, environment, access] of told) {
    const read = readOptions(words, environment);
    expect(read).toEqual({ kind: 'options', options: expect.objectContaining({ access }) });
  }
});

test('an engine that was meant to be closed does not come up open', () => {
  const keys = ['--auth', 'api-keys'];
  const faults: readonly (readonly [Words, Environment, string])[] = [
    [['--auth', 'basic'], {}, '--auth must be none, api-keys or jwt, not basic'],
    [['--acls'], {}, '--acls needs --auth'],
    [[], { SLUICE_ACLS: '1' }, '--acls needs --auth'],
    [['--auth', 'none', '--acls'], {}, '--acls needs --auth'],
    [[...keys, '--super-users', 'User:a'], {}, '--super-users needs --acls'],
    [[...keys, '--acls'], {}, '--acls needs --super-users'],
    [[...keys, '--acls', '--super-users', ';'], {}, '--acls needs --super-users'],
    [[...keys, '--acls', '--super-users', 'a'], {}, '--super-users: a must be "User:"'],
    [[...keys, '--acls', '--super-users', 'User:a;User:*'], {}, 'User:* must not be everyone'],
    [[...keys, '--memory'], {}, '--memory does not go with --auth api-keys'],
    [['--jwt-issuer', 'https://issuer.example'], {}, '--jwt-issuer needs --auth jwt'],
    [keys, { SLUICE_JWKS_URL: 'https://issuer.example' }, '--jwks-url needs --auth jwt'],
    [['--auth', 'jwt'], {}, '--auth jwt needs --jwt-issuer'],
    [jwt.slice(0, 4), {}, '--auth jwt needs --jwt-audience'],
    [jwt, {}, '--auth jwt needs --jwt-scopes'],
    [[...jwt, '--jwt-scopes', ' , '], {}, '--auth jwt needs --jwt-scopes'],
    [[...scoped, '--jwt-issuer', 'http://issuer.example'], {}, '--jwt-issuer must be an https'],
    [[...scoped, '--jwt-issuer', 'http://127.0.0.1.nip.io'], {}, '--jwt-issuer must be an https'],
    [[...scoped, '--jwt-issuer', 'issuer.example'], {}, '--jwt-issuer must be an https'],
    [[...scoped, '--jwks-url', 'file:///keys'], {}, '--jwks-url must be an https'],
  ];
  for (const [words, environment, complaint] of faults) {
    const read = readOptions(words, environment);
    expect(read).toMatchObject({ kind: 'fault', text: expect.stringContaining(complaint) });
  }
});
