// Signatures that every library of Standard Webhooks takes, and secrets that all read alike.

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretFault, secretFrom, signatureHeaders } from '../../shared/webhook/signature.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1_614_265_330,
  secrets: [secret],
  body: Buffer.from('{"test": 2432232314}'),
};
/** The vector of the specification's own libraries; `openssl dgst -hmac` says the same. */
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

test('a message is signed as the specification has it', () => {
  expect(signatureHeaders(message)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': signature,
  });
});

test('while a secret is replaced, either verifies', () => {
  const other = secretFrom(new Uint8Array(32).fill(7));
  const { 'webhook-signature': both } = signatureHeaders({ ...message, secrets: [other, secret] });
  const [first, second, ...more] = both?.split(' ') ?? [];
  expect(more).toEqual([]);
  expect(second).toBe(signature);
  const hmac = createHmac('sha256', new Uint8Array(32).fill(7));
  hmac.update(`${message.id}.1614265330.{"test": 2432232314}`);
  expect(first).toBe(`v1,${hmac.digest('base64')}`);
});

test('the bytes of a body are signed, whatever they are', () => {
  const body = Buffer.from([0xff, 0x00, 0xfe]);
  const hmac = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'));
  const signed = Buffer.concat([Buffer.from(`${message.id}.1614265330.`), body]);
  const expected = `v1,${hmac.update(signed).digest('base64')}`;
  expect(signatureHeaders({ ...message, body })['webhook-signature']).toBe(expected);
});

test('any 24 to 64 bytes make a secret', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), (bytes) => {
      const made = secretFrom(bytes);
      expect(secretFault(made)).toBeUndefined();
      expect(new Uint8Array(Buffer.from(made.slice(6), 'base64'))).toEqual(bytes);
    }),
  );
  expect(() => secretFrom(new Uint8Array(23))).toThrow('too few or too many');
  expect(() => secretFrom(new Uint8Array(65))).toThrow('too few or too many');
});

const base64 = (bytes: number) => Buffer.alloc(bytes, 0xfb).toString('base64');

test.each([
  ['', 'must begin with whsec_'],
  [base64(32), 'must begin with whsec_'],
  [`WHSEC_${base64(32)}`, 'must begin with whsec_'],
  ['whsec_', 'must be of 24 to 64 bytes'],
  [`whsec_${base64(23)}`, 'must be of 24 to 64 bytes'],
  [`whsec_${base64(65)}`, 'must be of 24 to 64 bytes'],
  [`whsec_${base64(32).replace('=', '')}`, 'must be whsec_ and base64, padded and canonical'],
  [`whsec_${base64(30).replaceAll('+', '-')}`, 'must be whsec_ and base64, padded and canonical'],
  [`whsec_${base64(30)}\n`, 'must be whsec_ and base64, padded and canonical'],
  [`whsec_ ${base64(30)}`, 'must be whsec_ and base64, padded and canonical'],
  [`whsec_${'A'.repeat(42)}B=`, 'must be whsec_ and base64, padded and canonical'],
])('%j is no secret', (text, fault) => {
  expect(secretFault(text)).toBe(fault);
});

test.each([
  ['an id in two parts', { id: 'a.b' }],
  ['an id that would end the header', { id: 'a\r\nb' }],
  ['an empty id', { id: '' }],
  ['half a second', { timestampSeconds: 0.5 }],
  ['no secret', { secrets: [] }],
  ['what is no secret', { secrets: ['whsec_AAAA'] }],
])('%s is not signed', (_, wrong) => {
  expect(() => signatureHeaders({ ...message, ...wrong })).toThrow();
});
