// An engine that knows its callers by an issuer's tokens, over real sockets: a good token opens it,
// and each that is not quite good opens no route at all.

import { exportSPKI, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { answersOfAll, everyRequest } from './answers-of-all.ts';
import {
  audience,
  byTokens,
  goodClaims,
  type Issuer,
  keyId,
  nowSeconds,
  startIssuer,
} from './issuer.ts';

const faults = vi.spyOn(console, 'error').mockImplementation(() => undefined);
let issuer: Issuer;
let engine: Embedded;
let url: string;

function startWith(access: Parameters<typeof byTokens>): Promise<Embedded> {
  const stores = { kind: 'memory' } as const;
  const own = { host: '127.0.0.1', port: 0, allowedHosts: [], stores };
  return startEmbedded({ ...own, access: byTokens(...access) });
}

beforeAll(async () => {
  issuer = await startIssuer();
  engine = await startWith([issuer.options, { superUsers: new Set(['User:shop']) }]);
  url = `http://127.0.0.1:${engine.port}`;
});
afterAll(async () => {
  await Promise.all([engine.stop(), issuer.stop()]);
});

function topics(token: string, scheme = 'Bearer', at = url): Promise<Response> {
  return fetch(`${at}/topics`, { headers: { Authorization: `${scheme} ${token}` } });
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** By what is wrong with it. */
async function badTokens(): Promise<Readonly<Record<string, string>>> {
  const { sign, publicKey } = issuer;
  const now = nowSeconds();
  const claims = goodClaims(issuer.url);
  const good = await sign();
  const [head = '', , signature = ''] = good.split('.');
  const strange = await generateKeyPair('RS256', { extractable: true });
  const secret = Buffer.from(await exportSPKI(publicKey));
  const jwk = await crypto.subtle.exportKey('jwk', strange.publicKey);
  return {
    junk: 'junk',
    'an API key': `${'i'.repeat(16)}.${'s'.repeat(43)}`,
    unsigned: `${encoded({ alg: 'none', kid: keyId })}.${encoded(claims)}.`,
    'without its signature': `${head}.${encoded(claims)}.`,
    'claims of another': `${head}.${encoded({ ...claims, sub: 'admin' })}.${signature}`,
    'wrong key': await sign({}, { key: strange.privateKey }),
    'a key of its own': await sign(
      {},
      { key: strange.privateKey, header: { jwk, jku: 'http://127.0.0.1:1/keys' } },
    ),
    'HS256 by the public key': await sign({}, { key: secret, header: { alg: 'HS256' } }),
    'by another’s key, in another algorithm': await signedByAnother(claims),
    'unknown kid': await sign({}, { header: { kid: 'key-2' } }),
    'no kid': await sign({}, { header: { kid: undefined } as object }),
    expired: await sign({ exp: now - 60 }),
    'without an end': await sign({ exp: undefined }),
    'not yet valid': await sign({ nbf: now + 60 }),
    'made later than now': await sign({ iat: now + 60 }),
    'wrong issuer': await sign({ iss: `${issuer.url}/` }),
    'wrong audience': await sign({ aud: ['another'] }),
    'no audience': await sign({ aud: undefined }),
    'wrong client': await sign({ aud: undefined, client_id: 'another' }),
    'wrong audience, right client': await sign({ aud: 'another', client_id: audience }),
    'no scope': await sign({ scope: undefined }),
    'another scope': await sign({ scope: 'sluice sluice/used', scp: 'use' }),
    'an ID token': await sign({ scope: undefined, nonce: 'n', token_use: 'id', name: 'Shop' }),
    'of nobody': await sign({ sub: undefined }),
    'of an empty name': await sign({ sub: '' }),
    'of a name of two lines': await sign({ sub: 'shop\nUser:admin' }),
    'of a name that is none': await sign({ sub: ['shop'] }),
  };
}

async function signedByAnother(claims: ReturnType<typeof goodClaims>): Promise<string> {
  const other = await startIssuer('ES256');
  await other.stop();
  return other.sign(claims);
}

test('no route is open to a token that is not quite good', async () => {
  const table: Record<string, Readonly<Record<string, number>>> = {};
  for (const [what, token] of Object.entries(await badTokens())) {
    table[what] = await answersOfAll(url, { Authorization: `Bearer ${token}` });
  }
  const good = await issuer.sign();
  table['no header'] = await answersOfAll(url, {});
  table['good, but of another scheme'] = await answersOfAll(url, {
    Authorization: `Basic ${good}`,
  });
  table['good, but in the query'] = await answersOfAll(url, {}, `?access_token=${good}`);
  console.table(table);
  for (const [what, answers] of Object.entries(table)) {
    expect([what, answers]).toEqual([what, { '401 40101': everyRequest.length }]);
  }
  expect((await fetch(`${url}/topics`, { method: 'HEAD' })).status).toBe(401);
  expect(await (await topics(good)).json(), 'nothing was made').toEqual([]);
  expect(faults.mock.calls, 'and nothing logged').toEqual([]);
});

test('a good one is let in, whichever way its claims are said', async () => {
  const said = [
    {},
    { aud: ['x', audience] },
    { aud: undefined, client_id: audience },
    { scope: undefined, scp: 'sluice/use' },
    { scope: undefined, scp: ['a', 'sluice/use'] },
    { nbf: nowSeconds() + 2, iat: nowSeconds() + 2 },
    { iat: undefined },
    { exp: nowSeconds() - 2 },
  ];
  for (const claims of said) {
    const response = await topics(await issuer.sign(claims));
    expect([claims, response.status]).toEqual([claims, 200]);
  }
  expect((await topics(await issuer.sign(), 'bearer')).status).toBe(200);
});

test('whatever has public keys may sign', async () => {
  for (const algorithm of ['ES256', 'PS256']) {
    const modern = await startIssuer(algorithm);
    const own = await startWith([modern.options]);
    const at = `http://127.0.0.1:${own.port}`;
    expect((await topics(await modern.sign(), 'Bearer', at)).status).toBe(200);
    await Promise.all([own.stop(), modern.stop()]);
  }
});

test('the claim that was chosen names the principal, and ACLs bind him', async () => {
  const options = { ...issuer.options, principalClaim: 'email', jwksUrl: `${issuer.url}/keys` };
  const own = await startWith([options, { superUsers: new Set(['User:a@example.com']) }]);
  const at = `http://127.0.0.1:${own.port}`;
  const make = async (email: string) =>
    fetch(`${at}/v3/clusters/sluice/topics`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${await issuer.sign({ email })}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ topic_name: 'orders' }),
    });
  const refused = await make('b@example.com');
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { error_code: 40301, message: 'User:b@example.com may not CREATE topic orders' },
  ]);
  expect((await make('a@example.com')).status).toBe(201);
  await own.stop();
});

test('while the issuer is away nobody is called a stranger, but told to come again', async () => {
  const away = await startIssuer();
  await away.stop();
  const own = await startWith([away.options]);
  const at = `http://127.0.0.1:${own.port}`;
  const token = await away.sign();
  const answers = await answersOfAll(at, { Authorization: `Bearer ${token}` });
  expect(answers).toEqual({ '503 50003': everyRequest.length });
  const response = await topics(token, 'Bearer', at);
  expect(response.headers.get('Retry-After')).toBe('10');
  const unsigned = `${encoded({ alg: 'none', kid: keyId })}.${encoded(goodClaims(away.url))}.`;
  expect((await topics(unsigned, 'Bearer', at)).status).toBe(401);
  expect((await fetch(`${at}/ready`)).status, 'its health is everyone’s').toBe(204);
  // Once, and not for each who asks; and nothing of what they hold.
  expect(faults.mock.calls).toEqual([
    [expect.objectContaining({ errorMessage: `the keys of ${away.url} cannot be read` })],
  ]);
  await own.stop();
});
