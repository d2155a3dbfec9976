// The part of S3 that the engine uses, and that s3rver lacks: If-None-Match, and checksums that are
// looked at. One bucket in a Map. It lists few keys at a time, so that every longer list is of
// several answers, and refuses what it does not know.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Emulator } from './child-server.ts';
import { startScriptedServer } from './scripted-server.ts';

const keysPerAnswer = 7;

type Answer = {
  readonly status: number;
  readonly body?: Uint8Array | string;
};

type Objects = Map<string, Uint8Array>;

export function startS3Fake(bucketName: string): Promise<Emulator> {
  const objects: Objects = new Map();
  return startScriptedServer((request, response) => {
    void answer(objects, bucketName, request).then((answered) => send(response, answered));
  });
}

function send(response: ServerResponse, { status, body = '' }: Answer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body);
}

async function answer(
  objects: Objects,
  bucketName: string,
  request: IncomingMessage,
): Promise<Answer> {
  const body = await buffer(request);
  const url = new URL(request.url ?? '/', 'http://fake');
  const [, bucket, ...path] = url.pathname.split('/').map(decodeURIComponent);
  const key = path.join('/');
  if (bucket !== bucketName) return failure(404, 'NoSuchBucket');
  if (request.method === 'PUT') return put(objects, key, body, request);
  if (request.method === 'GET' && key !== '') return read(objects, key, request.headers.range);
  if (request.method === 'GET' && url.searchParams.has('list-type')) {
    return list(objects, url.searchParams);
  }
  const deletes = request.method === 'POST' && url.searchParams.has('delete');
  return deletes ? remove(objects, body.toString()) : failure(501, 'NotImplemented');
}

function put(objects: Objects, key: string, body: Uint8Array, request: IncomingMessage): Answer {
  const declared = Buffer.from(String(request.headers['x-amz-checksum-crc32c']), 'base64');
  if (declared.length !== 4) return failure(400, 'InvalidRequest');
  if (declared.readUInt32BE() !== crc32c(body)) return failure(400, 'BadDigest');
  if (request.headers['if-none-match'] !== '*') return failure(403, 'AccessDenied');
  if (objects.has(key)) return failure(412, 'PreconditionFailed');
  objects.set(key, body);
  return { status: 200 };
}

function read(objects: Objects, key: string, range = ''): Answer {
  const object = objects.get(key);
  if (object === undefined) return failure(404, 'NoSuchKey');
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (first === undefined || last === undefined) return failure(501, 'NotImplemented');
  if (Number(first) >= object.length) return failure(416, 'InvalidRange');
  return { status: 206, body: object.subarray(Number(first), Number(last) + 1) };
}

function list(objects: Objects, query: URLSearchParams): Answer {
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(query.get('prefix') ?? '') && compare(key, after) > 0)
    .toSorted(compare);
  const count = Math.min(Number(query.get('max-keys') ?? 1_000), keysPerAnswer);
  const page = keys.slice(0, count);
  const contents = page.map((key) => {
    const { length = 0 } = objects.get(key) ?? {};
    return `<Contents><Key>${escaped(key)}</Key><Size>${length}</Size></Contents>`;
  });
  const token = `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>`;
  const next = keys.length > count ? token : '';
  return { status: 200, body: `<ListBucketResult>${contents.join('')}${next}</ListBucketResult>` };
}

function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function remove(objects: Objects, xml: string): Answer {
  for (const [, key = ''] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(unescaped(key));
  return { status: 200, body: '<DeleteResult/>' };
}

function failure(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function unescaped(xml: string): string {
  return xml.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The Castagnoli polynomial, reflected, a bit at a time. Source: RFC 3720. */
function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return ~crc >>> 0;
}
