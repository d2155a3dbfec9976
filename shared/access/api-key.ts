// API keys: what a caller holds, and what of it is stored.
//
//     <id>.<secret>      id 12 bytes, secret 32 bytes, each in base64url
//
// A secret is 256 bits of chance, shown once; only its SHA-256 is stored. A slow hash guards what
// people think up: nobody tries 2^256 secrets.
//
// A key travels as a Bearer token, whole, or as Basic's user (the id) and password (the secret).
// Sources: RFC 6750, RFC 7617; OWASP's "Password Storage Cheat Sheet".

import { createHash, timingSafeEqual } from 'node:crypto';

export const keyIdBytes = 12;
export const keySecretBytes = 32;

export type Credential = { readonly id: string; readonly secret: string };

const idForm = /^[\w-]{16}$/;
const secretForm = /^[\w-]{43}$/;

export function isKeyId(text: string): boolean {
  return idForm.test(text);
}

export function keyText({ id, secret }: Credential): string {
  return `${id}.${secret}`;
}

/** @param authorization the header's value. @returns undefined: it holds no key. */
export function credentialIn(authorization: string | undefined): Credential | undefined {
  const [, scheme, value] = /^(basic|bearer) +([^ ]+) *$/i.exec(authorization ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  const isBasic = scheme.toLowerCase() === 'basic';
  const [id, secret, more] = isBasic
    ? Buffer.from(value, 'base64').toString('latin1').split(':')
    : value.split('.');
  if (id === undefined || secret === undefined || more !== undefined) return undefined;
  return idForm.test(id) && secretForm.test(secret) ? { id, secret } : undefined;
}

/** What is stored of a secret, in base64url. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** In a time that says nothing of how much of it is right. */
export function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(hash));
}
