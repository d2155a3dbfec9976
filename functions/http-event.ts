// API Gateway's event as a Request, and a Response as what it sends back. Format 2.0.
//
// - The event's path is decoded already, and a Request's is not: it is encoded again, so that a
//   name with a `?` or a `%` in it stays a name.
// - A path never climbs. A URL reads `..` as a step back, so that `/topics/mine/../yours` would be
//   let through as one topic and served as the other: such a segment is encoded once more, and
//   names nothing.
// - The body stays in the event until someone asks for it, with a bound.
//
// Source: API Gateway's "Create AWS Lambda proxy integrations for HTTP APIs".

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bodyTooLarge } from '../shared/errors.ts';

export function requestOf(event: APIGatewayProxyEventV2): Request {
  const { rawPath, rawQueryString, requestContext } = event;
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  const url = `https://${requestContext.domainName}${encodedPath(rawPath)}${query}`;
  return new Request(url, { method: requestContext.http.method, headers: headersOf(event) });
}

function encodedPath(path: string): string {
  const segments = path.toWellFormed().split('/');
  return segments
    .map((segment) => (/^\.\.?$/.test(segment) ? segment.replaceAll('.', '%2E') : segment))
    .map((segment) => encodeURI(segment).replace(/[?#]/g, encodeURIComponent))
    .join('/');
}

/** A value's characters are given as the bytes they came in: a Headers object holds nothing
 * else. */
function headersOf({ headers }: APIGatewayProxyEventV2): [string, string][] {
  const given: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) given.push([name, Buffer.from(value).toString('latin1')]);
  }
  return given;
}

/** The body's bytes.
 * @throws EngineError REQUEST_TOO_LARGE above `bytesMax`, before they are decoded. */
export function bodyOf(event: APIGatewayProxyEventV2, bytesMax: number): Uint8Array {
  const { body = '', isBase64Encoded } = event;
  const encoding = isBase64Encoded ? 'base64' : 'utf8';
  if (Buffer.byteLength(body, encoding) > bytesMax) throw bodyTooLarge(bytesMax);
  return Buffer.from(body, encoding);
}

/** Text goes as it is, and anything else in base64, which costs a third of Lambda's 6 MB. So does a
 * long text of which the result, being JSON itself, would escape more than a third. */
export async function resultOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = textForm.test(response.headers.get('content-type') ?? 'text/plain');
  const isLong = bytes.length > anyTextBytesMax;
  const isBase64Encoded = !isText || (isLong && escapes(bytes) > bytes.length / 3);
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** Half of 6 MB and room for the headers: were every byte escaped, it would fit. */
const anyTextBytesMax = 3_000_000;

const textForm = /^text\/|^application\/(.+\+)?json\b/;

/** How many of the bytes JSON says by two: JSON text holds no others that it says by more. */
function escapes(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === quote || byte === backslash) count++;
  return count;
}

const quote = 0x22;
const backslash = 0x5c;
