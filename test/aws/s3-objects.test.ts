// The objects over S3: the promises, on s3rver and on a fake that knows what s3rver does not; and
// what S3 says when it fails.

import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { s3Client } from '../../shared/aws/clients.ts';
import { createBucket } from '../../shared/aws/create-stores.ts';
import { s3Objects } from '../../shared/aws/s3-objects.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { type OpenObjects, objectsContract } from '../contract/objects-contract.ts';
import { type Emulator, stoppedUnless } from '../emulators/child-server.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { startS3Fake } from '../emulators/s3-fake.ts';
import { skipGapsOfS3rver, startS3rver } from '../emulators/s3rver.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';

const bucketName = 'segments';
const key = 'segments/00/object';
const parts = [Buffer.from('1234'), Buffer.from('56789')];
/** The check value of CRC-32C, of these nine digits. Source: the catalogue of CRC algorithms. */
const crc32c = 0xe3069283;

objectsContract('a fake S3', async () => open(await startS3Fake(bucketName)));

describe('s3rver', () => {
  skipGapsOfS3rver();
  objectsContract('s3rver', async () => {
    const emulator = await startS3rver();
    const client = s3Client({ endpoint: emulator.endpoint, ...emulatorCredentials });
    await stoppedUnless(emulator, createBucket(client, bucketName));
    client.destroy();
    return open(emulator);
  });
});

describe('S3 itself', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  test('is sent the caller’s checksum and no other, and the bytes as they are', async () => {
    let headers: IncomingHttpHeaders = {};
    const objects = await objectsAt((request, response) => {
      headers = request.headers;
      request.resume().on('end', () => response.end());
    });
    expect(await objects.put({ key, parts, crc32c })).toBe('stored');
    expect(headers).toMatchObject({ 'content-length': '9', 'if-none-match': '*' });
    const sums = Object.entries(headers).filter(([name]) => name.includes('checksum'));
    expect(sums).toEqual([['x-amz-checksum-crc32c', '4waSgw==']]);
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('stores nothing when the bytes are not those of the checksum', async () => {
    const objects = await objectsOf(await startS3Fake(bucketName));
    const corrupt = { outcome: 'not-done', reason: 'corrupt' };
    await expect(objects.put({ key, parts, crc32c: 0 })).rejects.toMatchObject(corrupt);
    expect(await objects.read({ key, position: 0, length: 1 })).toBeUndefined();
    expect(await objects.put({ key, parts, crc32c })).toBe('stored');
  });

  test.each([
    [409, 'ConditionalRequestConflict', { outcome: 'not-done', reason: 'conflict' }],
    [503, 'SlowDown', { outcome: 'not-done', reason: 'throttled' }],
    [500, 'InternalError', { outcome: 'unknown', reason: 'unavailable' }],
    [404, 'NoSuchBucket', { outcome: 'not-done', reason: 'unavailable' }],
  ])('that answers %d %s to a put leaves it so', async (status, code, left) => {
    const objects = await objectsAt(answering(status, `<Error><Code>${code}</Code></Error>`));
    await expect(objects.put({ key, parts, crc32c })).rejects.toMatchObject(left);
  });

  test('without its bucket is no empty store', async () => {
    const objects = await objectsOf(await startS3Fake('another'));
    const wrong = { outcome: 'not-done', reason: 'unavailable' };
    await expect(objects.read({ key, position: 0, length: 1 })).rejects.toMatchObject(wrong);
    await expect(objects.list({ prefix: '', limit: 1 })).rejects.toMatchObject(wrong);
  });

  test('may fail to delete some of many keys, in an answer of 200', async () => {
    const error = '<Error><Key>a</Key><Code>SlowDown</Code><Message>Wait</Message></Error>';
    const objects = await objectsAt(answering(200, `<DeleteResult>${error}</DeleteResult>`));
    const left = { outcome: 'unknown', reason: 'throttled' };
    await expect(objects.delete(['a', 'b'])).rejects.toMatchObject(left);
  });

  async function objectsAt(listener: RequestListener): Promise<Objects> {
    return await objectsOf(await startScriptedServer(listener));
  }

  async function objectsOf(emulator: Emulator): Promise<Objects> {
    const { objects, close } = open(emulator);
    closing.push(close);
    return objects;
  }
});

function answering(status: number, body: string): RequestListener {
  return (request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(body));
  };
}

function open(emulator: Emulator): OpenObjects {
  const client = s3Client({ endpoint: emulator.endpoint, ...emulatorCredentials });
  const close = () => {
    client.destroy();
    return emulator.stop();
  };
  return { objects: s3Objects({ client, bucketName }), close };
}
