// Signature Version 4 by its specification, as whoever receives a request checks it: from what came
// over the wire and the secret alone. It shares nothing with the client.
// Source: "Create a signed AWS API request", in the IAM User Guide.

import { createHash, createHmac } from 'node:crypto';

export type Received = {
  readonly method: string;
  /** As it stood in the request line, with its query. */
  readonly target: string;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
};

/** What the signature of a request is of, and whether it is the one that the secret makes. */
export function checkSignature({ method, target, headers, body }: Received, secret: string) {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/;
  const [, keyId, scope = '', signed = '', signature] =
    form.exec(headers['authorization'] ?? '') ?? [];
  const [path = '', query = ''] = target.split('?');
  const names = signed.split(';');
  const canonical = [
    method,
    path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<Uint8Array>((last, part) => hmac(last, part), Buffer.from(`AWS4${secret}`));
  const isRight = hmac(key, toSign).toString('hex') === signature;
  return { keyId, scope, names, isRight };
}

/** By name and then by value, each as it is after decoding and encoding again. */
function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  const decoded = pairs.map((pair) => pair.split('=').map(decodeURIComponent));
  const encoded = decoded.map(([name = '', value = '']) => [encode(name), encode(value)] as const);
  const sorted = encoded.toSorted(([a, b], [c, d]) => (a === c ? order(b, d) : order(a, c)));
  return sorted.map((pair) => pair.join('=')).join('&');
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Every byte but letters, digits and -._~ */
function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      if (/[A-Za-z0-9\-._~]/.test(letter)) return letter;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Uint8Array, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
