// When an issuer's keys are looked for, and what is done while it does not answer: in virtual time,
// with an issuer that says what it is told to.

import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import {
  freshMillis,
  IssuerKeys,
  type IssuerParts,
  lookMillisMin,
  usableMillis,
} from '../../local/issuer-keys.ts';
import type { EpochMillis } from '../../shared/ids.ts';

const issuer = 'https://issuer.example/pool';
const discoveryUrl = `${issuer}/.well-known/openid-configuration`;
const keysUrl = 'https://keys.example/keys';
const discovered = { issuer, jwks_uri: keysUrl };

let one: JSONWebKeySet['keys'][number];
beforeAll(async () => {
  const { publicKey } = await generateKeyPair('ES256');
  one = await exportJWK(publicKey);
});

/** What the issuer says at a URL; an error: nothing. */
let said: Map<string, unknown>;
let asked: string[];
let faults: unknown[];
let now: number;

beforeEach(() => {
  [asked, faults, now] = [[], [], 1_700_000_000_000];
  said = new Map<string, unknown>([[discoveryUrl, discovered]]);
  publish('a');
});

function publish(...ids: readonly string[]): void {
  said.set(keysUrl, { keys: ids.map((kid) => ({ ...one, kid })) });
}

function goAway(): void {
  said.clear();
}

function keysOf(parts: Partial<IssuerParts> = {}): IssuerKeys {
  return new IssuerKeys({
    issuer,
    jwksUrl: undefined,
    clock: { now: () => now as EpochMillis, sleep: async () => undefined, turn: async () => {} },
    readJson: async (url) => {
      asked.push(url);
      if (said.has(url)) return said.get(url);
      throw new Error(`${url} answers 503`);
    },
    onFault: (fault) => faults.push(fault),
    ...parts,
  });
}

/** @returns 'found', or the code of what it is refused with. */
async function find(keys: IssuerKeys, kid?: string): Promise<string> {
  const header = { alg: 'ES256', ...(kid !== undefined && { kid }) };
  try {
    await keys.keyOf(header, { payload: '', signature: '' });
    return 'found';
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

const unknown = 'ERR_JWKS_NO_MATCHING_KEY';

test('keys are read where the discovery document says, and again when they are old', async () => {
  const keys = keysOf();
  expect(asked, 'nothing is asked before anybody calls').toEqual([]);
  expect(await Promise.all([find(keys, 'a'), find(keys, 'a')])).toEqual(['found', 'found']);
  now += freshMillis - 1;
  expect(await find(keys, 'a')).toBe('found');
  expect(asked).toEqual([discoveryUrl, keysUrl]);
  publish('b');
  now += 1;
  expect(await find(keys, 'a'), 'it has the keys looked for, and waits for none').toBe('found');
  expect(await find(keys, 'b'), 'a new one waits for that look').toBe('found');
  expect(await find(keys, 'a'), 'what was taken back is no more good').toBe(unknown);
  expect(asked).toEqual([discoveryUrl, keysUrl, discoveryUrl, keysUrl]);
});

test('a new key is found, and strangers’ make no more than a look now and then', async () => {
  const keys = keysOf();
  await find(keys, 'a');
  publish('a', 'b');
  expect(await find(keys, 'b')).toBe(unknown);
  now += lookMillisMin;
  expect(await find(keys, 'b')).toBe('found');
  for (let number = 0; number < 100; number++) {
    expect(await find(keys, `made up ${number}`)).toBe(unknown);
    now += lookMillisMin / 50;
  }
  expect(asked).toHaveLength(2 * 3);
});

test('a token that names no key is refused, and asks for nothing', async () => {
  expect(await find(keysOf())).toBe(unknown);
  expect(asked).toEqual([]);
});

test('without a discovery document the keys are where it was said', async () => {
  const keys = keysOf({ jwksUrl: keysUrl });
  expect(await find(keys, 'a')).toBe('found');
  expect(asked).toEqual([keysUrl]);
});

test('while the issuer is away what is known is good, and nobody is called unknown', async () => {
  const keys = keysOf();
  await find(keys, 'a');
  goAway();
  now += freshMillis;
  expect(await find(keys, 'a')).toBe('found');
  expect(await find(keys, 'b')).toBe('UNAVAILABLE');
  expect(asked, 'asked in vain, it is left alone for a while').toHaveLength(3);
  now += usableMillis - freshMillis - 1;
  expect(await find(keys, 'a')).toBe('found');
  now += 1;
  expect(await find(keys, 'a')).toBe('UNAVAILABLE');
  said.set(discoveryUrl, discovered);
  publish('b');
  now += lookMillisMin;
  expect(await find(keys, 'b')).toBe('found');
  expect(await find(keys, 'a')).toBe(unknown);
});

test('an issuer that hangs keeps nobody waiting whose key is known', async () => {
  let hangs = false;
  const never = new Promise<never>(() => undefined);
  const keys = keysOf({ readJson: async (url) => (hangs ? never : said.get(url)) });
  await find(keys, 'a');
  hangs = true;
  now += freshMillis;
  expect(await find(keys, 'a')).toBe('found');
  now += lookMillisMin;
  expect(await find(keys, 'a')).toBe('found');
});

test('a clock that is set back makes no key good for ever, and no look impossible', async () => {
  const keys = keysOf();
  await find(keys, 'a');
  publish('b');
  now -= 30 * 86_400_000;
  expect(await find(keys, 'a')).toBe(unknown);
  expect(await find(keys, 'b')).toBe('found');
});

test('what says it is an issuer’s, and is not, is no answer', async () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    [discoveryUrl, { ...discovered, issuer: `${issuer}/` }, 'is of another issuer'],
    [discoveryUrl, null, 'is of another issuer'],
    [discoveryUrl, { issuer }, 'names no jwks_uri of https'],
    [discoveryUrl, { issuer, jwks_uri: 'http://keys.example/keys' }, 'no jwks_uri of https'],
    [discoveryUrl, { issuer, jwks_uri: 'file:///keys' }, 'no jwks_uri of https'],
    [keysUrl, { keys: 'a' }, 'JSON Web Key Set malformed'],
    [keysUrl, null, 'JSON Web Key Set malformed'],
  ];
  for (const [url, answer, reason] of wrong) {
    said.set(discoveryUrl, discovered).set(url, answer);
    expect(await find(keysOf(), 'a'), reason).toBe('UNAVAILABLE');
    const { message, cause } = faults.pop() as Error;
    expect([message, String(cause)]).toEqual([
      `the keys of ${issuer} cannot be read`,
      expect.stringContaining(reason),
    ]);
    publish('a');
  }
});
