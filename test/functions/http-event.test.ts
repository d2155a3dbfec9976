// An event of API Gateway becomes the request that the caller made, and a reply what he gets.

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyOf, requestOf, resultOf } from '../../functions/http-event.ts';
import { fetchBytesMax } from '../../shared/limits.ts';

type Parts = Partial<APIGatewayProxyEventV2> & { readonly method?: string };

function event({ method = 'GET', ...parts }: Parts = {}): APIGatewayProxyEventV2 {
  return {
    rawPath: '/',
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { domainName: 'abc.example.com', http: { method } },
    ...parts,
  } as APIGatewayProxyEventV2;
}

const pathOf = (rawPath: string) => new URL(requestOf(event({ rawPath })).url).pathname;

describe('the request', () => {
  test('has the method, the path, the query and the headers', () => {
    const request = requestOf(
      event({
        method: 'POST',
        rawPath: '/v3/clusters/c/topics/orders/records:batch',
        rawQueryString: 'timeout=5&max_bytes=a%20b',
        headers: { 'content-type': 'application/json', 'x-none': undefined },
      }),
    );
    expect(request.method).toBe('POST');
    expect(request.url).toBe(
      'https://abc.example.com/v3/clusters/c/topics/orders/records:batch?timeout=5&max_bytes=a%20b',
    );
    expect([...request.headers]).toEqual([['content-type', 'application/json']]);
  });

  test('keeps what a path’s segment holds: the gateway has decoded it', () => {
    expect(pathOf('/consumers/a?b#c%2Fd')).toBe('/consumers/a%3Fb%23c%252Fd');
    const segment = fc.string({ unit: 'binary' }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(segment, segment, (one, other) => {
        fc.pre([one, other].every((text) => !/^\.\.?$/.test(text)));
        const decoded = pathOf(`/${one}/${other}`).split('/').map(decodeURIComponent);
        expect(decoded).toEqual(['', one.toWellFormed(), other.toWellFormed()]);
      }),
    );
  });

  test('never climbs out of the path that was authorized', () => {
    expect(pathOf('/topics/mine/../yours')).toBe('/topics/mine/%252E%252E/yours');
    expect(pathOf('/topics/./mine')).toBe('/topics/%252E/mine');
    const step = fc.constantFrom('.', '..', '%2e%2e', '%2E.', '\\', 'topics', 'mine', '', '\t..');
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        expect(pathOf(`/${steps.join('/')}`).split('/')).toHaveLength(steps.length + 1);
      }),
    );
  });

  test('has a header’s bytes, whatever they are', () => {
    const { headers } = requestOf(event({ headers: { name: 'Zürich €' } }));
    expect(Buffer.from(headers.get('name') ?? '', 'latin1').toString()).toBe('Zürich €');
  });
});

describe('the body', () => {
  test('is the bytes that were sent, as text or in base64', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        expect([...bodyOf(event({ body, isBase64Encoded: true }), bytes.length)]).toEqual([
          ...bytes,
        ]);
      }),
    );
    expect([...bodyOf(event({ body: '€' }), 3)]).toEqual([0xe2, 0x82, 0xac]);
    expect(bodyOf(event(), 0)).toHaveLength(0);
  });

  test('is refused above its bound, in bytes', () => {
    const refusal = expect.objectContaining({
      code: 'REQUEST_TOO_LARGE',
      message: 'body: must be at most 2 bytes',
    });
    expect(() => bodyOf(event({ body: '€' }), 2)).toThrow(refusal);
    expect(() => bodyOf(event({ body: 'AAAA', isBase64Encoded: true }), 2)).toThrow(refusal);
  });
});

describe('the result', () => {
  test('is text where the reply is text', async () => {
    const headers = { 'Content-Type': 'application/vnd.kafka.json.v2+json', 'Retry-After': '1' };
    expect(await resultOf(new Response('{"a":"é"}', { status: 503, headers }))).toEqual({
      statusCode: 503,
      headers: { 'content-type': 'application/vnd.kafka.json.v2+json', 'retry-after': '1' },
      body: '{"a":"é"}',
      isBase64Encoded: false,
    });
  });

  test('is base64 where it is not', async () => {
    const bytes = Uint8Array.of(0, 255, 128);
    const headers = { 'Content-Type': 'application/vnd.sluice.batches' };
    expect(await resultOf(new Response(bytes, { headers }))).toMatchObject({
      body: 'AP+A',
      isBase64Encoded: true,
    });
  });

  test('fits Lambda’s 6 MB, whatever the body of the greatest fetch holds', async () => {
    for (const filling of ['a', '"', '\\u0000', '{"key":null,"value":"","offset":0}']) {
      const body = filling.repeat(fetchBytesMax / filling.length);
      const result = await resultOf(new Response(body));
      expect(Buffer.byteLength(JSON.stringify(result)), filling).toBeLessThan(6_000_000);
      expect(result.isBase64Encoded, filling).toBe(filling === '"');
    }
  });

  test('has no body where the reply has none', async () => {
    expect(await resultOf(new Response(null, { status: 204 }))).toMatchObject({
      statusCode: 204,
      body: '',
      isBase64Encoded: false,
    });
  });
});
