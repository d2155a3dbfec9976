// A request's body: whole, in however many chunks it comes, and never more of it than the bound.

import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBody } from '../../local/read-body.ts';

const bytesMax = 100;

function request(declared?: number): IncomingMessage {
  const incoming = new IncomingMessage(new Socket());
  if (declared !== undefined) incoming.headers['content-length'] = String(declared);
  return incoming;
}

const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 8 });

test('the body is its chunks, one behind the other, and what is above the bound is refused', () =>
  fc.assert(
    fc.asyncProperty(chunks, fc.boolean(), async (parts, isDeclared) => {
      const sent = Buffer.concat(parts);
      const incoming = request(isDeclared ? sent.length : undefined);
      const reading = readBody(incoming, bytesMax);
      for (const part of parts) incoming.push(Buffer.from(part));
      if (sent.length > bytesMax) {
        const refusal = { code: 'REQUEST_TOO_LARGE', detail: { field: 'body', limit: bytesMax } };
        // Its end is not waited for.
        await expect(reading).rejects.toMatchObject(refusal);
      } else {
        incoming.push(null);
        expect(Buffer.from(await reading)).toEqual(sent);
      }
    }),
  ));

test('a length above the bound is refused before a byte is read', async () => {
  const incoming = request(bytesMax + 1);
  await expect(readBody(incoming, bytesMax)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  expect(incoming.readableFlowing).toBeNull();
});

test('what comes after a refusal is let through and not kept', async () => {
  const incoming = request();
  const reading = readBody(incoming, bytesMax);
  incoming.push(Buffer.alloc(bytesMax + 1));
  await expect(reading).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  incoming.push(Buffer.alloc(bytesMax));
  incoming.push(null);
  await setImmediate();
  expect(incoming.readableLength).toBe(0);
  expect(incoming.readableEnded).toBe(true);
});

test('chunks are copied as they come, into at most twice their bytes', async () => {
  const incoming = request();
  const reading = readBody(incoming, 1_000);
  await setImmediate();
  const chunk = Buffer.alloc(1);
  for (let byte = 0; byte < 256; byte++) {
    // Kept by reference, the first would become what the last is.
    incoming.push(byte === 0 ? Buffer.of(0) : chunk.fill(byte));
  }
  incoming.push(null);
  const body = await reading;
  expect([...body]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  expect(body.buffer.byteLength).toBeLessThanOrEqual(512);
});

test('one that was cut off before is not waited for', async () => {
  const incoming = request(50);
  incoming.destroy();
  await setImmediate();
  await expect(readBody(incoming, bytesMax)).rejects.toMatchObject({ code: 'MALFORMED_REQUEST' });
});

test('a request that is cut off is nobody’s fault here', async () => {
  const incoming = request(50);
  const reading = readBody(incoming, bytesMax);
  incoming.push(Buffer.alloc(20));
  incoming.destroy(new Error('aborted'));
  await expect(reading).rejects.toMatchObject({
    code: 'MALFORMED_REQUEST',
    message: 'The body was cut off',
  });
});
