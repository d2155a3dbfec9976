// The objects over S3. A PUT says If-None-Match, so that no object is ever replaced, and carries
// the caller's CRC-32C, which S3 checks against the bytes before it answers; the SDK checks
// nothing.
//
// A missing key answers 404 only to a role that may list the bucket; to others it is AccessDenied.
//
// Source: the Amazon S3 User Guide, "How to prevent object overwrites with conditional writes" and
// "Checking object integrity".

import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assert } from '../assert.ts';
import { objectsDeleteMax } from '../limits.ts';
import type { ByteRange, ListedObject, ListPage, Objects, ObjectToPut } from '../store/objects.ts';
import { partialFailure, readFailure, writeFailure } from './store-errors.ts';

/** @param access.client as s3Client (clients.ts) makes it: retries off, every call ended. */
export function s3Objects(access: BucketAccess): Objects {
  return {
    put: (object) => put(access, object),
    read: (range) => read(access, range),
    delete: (keys) => deleteAll(access, keys),
    list: (page) => list(access, page),
  };
}

type BucketAccess = { readonly client: S3Client; readonly bucketName: string };

async function put(access: BucketAccess, { key, parts, crc32c }: ObjectToPut) {
  const command = new PutObjectCommand({
    Bucket: access.bucketName,
    Key: key,
    Body: joined(parts),
    IfNoneMatch: '*',
    ChecksumCRC32C: bigEndianBase64(crc32c),
  });
  try {
    await access.client.send(command);
    return 'stored';
  } catch (failure) {
    if (failure instanceof Error && failure.name === 'PreconditionFailed') return 'exists';
    throw writeFailure(failure);
  }
}

/** One part is sent as it stands: a segment is megabytes. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first, second] = parts;
  return first !== undefined && second === undefined ? first : Buffer.concat(parts);
}

function bigEndianBase64(crc32c: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32c);
  return bytes.toString('base64');
}

/** The body is part of the call: it fails as a read when it breaks off. */
async function read(access: BucketAccess, { key, position, length }: ByteRange) {
  assert(position >= 0 && length >= 1, 'a range is of one byte at least');
  const command = new GetObjectCommand({
    Bucket: access.bucketName,
    Key: key,
    Range: `bytes=${position}-${position + length - 1}`,
  });
  try {
    const { Body: body } = await access.client.send(command);
    return await body?.transformToByteArray();
  } catch (failure) {
    const name = failure instanceof Error ? failure.name : undefined;
    if (name === 'NoSuchKey') return undefined;
    if (name === 'InvalidRange') return new Uint8Array(0);
    throw readFailure(failure);
  }
}

async function deleteAll(access: BucketAccess, keys: readonly string[]): Promise<void> {
  assert(keys.length <= objectsDeleteMax, `${keys.length} keys are too many to delete at once`);
  if (keys.length === 0) return;
  const command = new DeleteObjectsCommand({
    Bucket: access.bucketName,
    Delete: { Objects: keys.map((key) => ({ Key: key })), Quiet: true },
  });
  const { Errors: errors = [] } = await access.client.send(command).catch((failure: unknown) => {
    throw writeFailure(failure);
  });
  const [first] = errors;
  if (first === undefined) return;
  const { Code: code = '', Message: message = '' } = first;
  throw partialFailure(code, new Error(`${code}: ${message}`));
}

/** S3 answers 1,000 keys at most, and may answer fewer that are not the last. */
async function list(access: BucketAccess, page: ListPage): Promise<readonly ListedObject[]> {
  const found: ListedObject[] = [];
  let next: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: access.bucketName,
      Prefix: page.prefix,
      StartAfter: page.after,
      MaxKeys: page.limit - found.length,
      ContinuationToken: next,
    });
    const answer = await access.client.send(command).catch((failure: unknown) => {
      throw readFailure(failure);
    });
    for (const { Key: key = '', Size: length = 0 } of answer.Contents ?? []) {
      found.push({ key, length });
    }
    next = answer.NextContinuationToken;
  } while (next !== undefined && found.length < page.limit);
  return found;
}
