// Which credentials are found in a header, and which secret is a key's own.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  credentialIn,
  hashOf,
  isKeyId,
  isSecret,
  keyIdBytes,
  keySecretBytes,
  keyText,
} from '../../shared/access/api-key.ts';

const anyKey = fc.record({
  id: fc.uint8Array({ minLength: keyIdBytes, maxLength: keyIdBytes }).map(base64url),
  secret: fc.uint8Array({ minLength: keySecretBytes, maxLength: keySecretBytes }).map(base64url),
});

const id = 'abcdefghABCDEF-_';
const secret = `${'s'.repeat(42)}A`;

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

test('every key is found, as a Bearer token and as user and password, in whatever case', () => {
  const scheme = (name: string) => fc.mixedCase(fc.constant(name));
  const spaces = fc.stringMatching(/^ {1,3}$/);
  fc.assert(
    fc.property(anyKey, scheme('bearer'), scheme('basic'), spaces, (key, bearer, user, gap) => {
      expect(credentialIn(`${bearer}${gap}${keyText(key)}`)).toEqual(key);
      const pair = Buffer.from(`${key.id}:${key.secret}`).toString('base64');
      expect(credentialIn(`${user}${gap}${pair}`)).toEqual(key);
      expect(isKeyId(key.id)).toBe(true);
    }),
  );
});

test('the case of a key counts', () => {
  expect(credentialIn(`Bearer ${id}.${secret}`)).toEqual({ id, secret });
  expect(credentialIn(`Bearer ${id.toUpperCase()}.${secret}`)?.id).not.toBe(id);
});

test.each([
  ['none', undefined],
  ['nothing', ''],
  ['a scheme alone', 'Bearer'],
  ['a scheme and a space', 'Bearer '],
  ['no scheme', `${id}.${secret}`],
  ['another scheme', `Token ${id}.${secret}`],
  ['a scheme with a colon', `Bearer: ${id}.${secret}`],
  ['a query string', `Bearer ?key=${id}.${secret}`],
  ['a key in quotes', `Bearer "${id}.${secret}"`],
  ['two keys', `Bearer ${id}.${secret}, Bearer ${id}.${secret}`],
  ['two headers in one', `Bearer ${id}.${secret},${id}.${secret}`],
  ['a key and more', `Bearer ${id}.${secret}.x`],
  ['an id alone', `Bearer ${id}`],
  ['an id and a dot', `Bearer ${id}.`],
  ['a secret alone', `Bearer .${secret}`],
  ['an id that is too short', `Bearer ${id.slice(1)}.${secret}`],
  ['a secret that is too long', `Bearer ${id}.${secret}A`],
  ['a letter that is none', `Bearer ${id}.${secret.slice(1)}+`],
  ['a line break', `Bearer ${id}.${secret}\n`],
  ['a tab', `Bearer\t${id}.${secret}`],
  ['a token (JWT)', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
  ['a signature of AWS', 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1, Signature=0'],
  ['a user without password', basic(id)],
  ['a password with a colon', basic(`${id}:${secret}:`)],
  ['a key as user', basic(`${id}.${secret}:`)],
  ['another user', basic(`admin:${secret}`)],
  ['a user of two bytes a letter', basic(`${'é'.repeat(16)}:${secret}`)],
  ['what is no base64', 'Basic !!!!'],
  ['a key that is not encoded', `Basic ${id}:${secret}`],
])('%s holds no key', (_what, header) => {
  expect(credentialIn(header)).toBeUndefined();
});

test('junk holds no key, and throws nothing', () => {
  const bytes = fc.uint8Array().map((junk) => Buffer.from(junk).toString('latin1'));
  fc.assert(
    fc.property(fc.oneof(bytes, fc.string()), (junk) => {
      for (const text of [junk, `Bearer ${junk}`, `Basic ${junk}`, basic(junk)]) {
        expect(credentialIn(text)).toBeUndefined();
      }
    }),
  );
});

test('a long header is read in little time', () => {
  expect(credentialIn(`Basic ${' '.repeat(100_000)}x y`)).toBeUndefined();
  expect(credentialIn(`Bearer ${'.'.repeat(100_000)}`)).toBeUndefined();
});

test('a secret is known by its hash, and no other is', () => {
  fc.assert(
    fc.property(anyKey, fc.nat({ max: 42 }), (key, at) => {
      const hash = hashOf(key.secret);
      expect(hash).toBe(createHash('sha256').update(key.secret).digest('base64url'));
      expect(isSecret(key.secret, hash)).toBe(true);
      const letter = key.secret[at] === 'A' ? 'B' : 'A';
      const wrong = key.secret.slice(0, at) + letter + key.secret.slice(at + 1);
      expect(isSecret(wrong, hash)).toBe(false);
      expect(isSecret('', hash)).toBe(false);
      expect(isSecret(hash, hash)).toBe(false);
    }),
  );
});
