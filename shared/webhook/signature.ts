// Signed as Standard Webhooks says, version 1: HMAC-SHA256 over the id, the timestamp and the body,
// so that a receiver can tell who sent it, and neither an old request nor a body under another id
// passes for a new one.
//
// Source: the Standard Webhooks specification (standardwebhooks.com), "Signature scheme" and
// "Webhook headers".

import { createHmac } from 'node:crypto';
import { assert } from '../assert.ts';
import { decodeBase64, encodeBase64 } from '../base64.ts';

const prefix = 'whsec_';

/** The specification's bounds of a secret's bytes. */
const secretBytesMin = 24;
const secretBytesMax = 64;

/** What is wrong with a secret, as the end of a sentence that does not say it; undefined:
 * nothing. */
export function secretFault(text: string): string | undefined {
  if (!text.startsWith(prefix)) return `must begin with ${prefix}`;
  const bytes = decodeBase64(text.slice(prefix.length));
  // What is not canonical one decoder skips and another does not: the two would sign differently.
  if (bytes === undefined) return `must be ${prefix} and base64, padded and canonical`;
  if (bytes.length < secretBytesMin || bytes.length > secretBytesMax) {
    return `must be of ${secretBytesMin} to ${secretBytesMax} bytes`;
  }
  return undefined;
}

/** @param bytes unguessable; secretBytesMin to secretBytesMax of them. */
export function secretFrom(bytes: Uint8Array): string {
  const text = prefix + encodeBase64(bytes);
  assert(secretFault(text) === undefined, 'a secret of too few or too many bytes');
  return text;
}

export type SignedMessage = {
  /** The same for each try of a message: receivers know a repeat by it. Visible ASCII without ".",
   * which parts what is signed. */
  readonly id: string;
  /** Of this try, since 1970: receivers refuse what is minutes old. */
  readonly timestampSeconds: number;
  /** As secretFault has nothing against. While a secret is being replaced the old one goes on
   * signing beside the new, so that the receiver may change at any time between. */
  readonly secrets: readonly string[];
  readonly body: Uint8Array;
};

export function signatureHeaders(message: SignedMessage): Readonly<Record<string, string>> {
  const { id, timestampSeconds, secrets } = message;
  assert(/^[!-~]+$/.test(id) && !id.includes('.'), 'an id that cannot be signed');
  assert(Number.isSafeInteger(timestampSeconds), 'a timestamp that is not of whole seconds');
  assert(secrets.length > 0, 'nothing to sign with');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': secrets.map((secret) => signature(message, secret)).join(' '),
  };
}

function signature({ id, timestampSeconds, body }: SignedMessage, secret: string): string {
  assert(secretFault(secret) === undefined, 'a secret that is none');
  const hmac = createHmac('sha256', Buffer.from(secret.slice(prefix.length), 'base64'));
  return `v1,${hmac.update(`${id}.${timestampSeconds}.`).update(body).digest('base64')}`;
}
