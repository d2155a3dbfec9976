// Objects as files: the port's promises, and what failures and crashes may leave behind.

import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openFileObjects } from '../../local/file-objects.ts';
import { AssertionError } from '../../shared/assert.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { objectsContract } from '../contract/objects-contract.ts';

let parent = '';
let directory = '';

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-objects-'));
});
beforeEach(async () => {
  directory = await mkdtemp(join(parent, 'data-'));
});
afterAll(() => rm(parent, { recursive: true }));

objectsContract('files', async () => ({
  objects: openFileObjects({ directory: await mkdtemp(join(parent, 'contract-')) }),
  close: async () => {},
}));

function put(objects: Objects, key: string, ...parts: string[]): Promise<string> {
  return objects.put({ key, parts: parts.map((part) => Buffer.from(part)), crc32c: 0 });
}

async function read(objects: Objects, key: string): Promise<string> {
  return Buffer.from((await objects.read({ key, position: 0, length: 100 })) ?? 'none').toString();
}

test('an object is a file of its key’s name, and there when opened again', async () => {
  await put(openFileObjects({ directory }), 'segments/ab/1', 'body');
  expect(await readdir(directory, { recursive: true })).toContain('objects/segments/ab/1');
  const objects = openFileObjects({ directory });
  expect(await read(objects, 'segments/ab/1')).toBe('body');
  expect(await put(objects, 'segments/ab/1', 'other')).toBe('exists');
});

test('a put leaves nothing but its object, whatever its outcome', async () => {
  const objects = openFileObjects({ directory });
  await Promise.all(['a', 'a', 'b/c', 'b/c'].map((key) => put(objects, key, 'body')));
  await expect(put(objects, 'a/under-a-file', 'body')).rejects.toThrow();
  expect(await readdir(join(directory, 'unfinished'))).toEqual([]);
});

test('what a crash left unfinished is no object, and is cleared away', async () => {
  const objects = openFileObjects({ directory });
  await put(objects, 'a', 'body');
  for (const name of ['0', '1', '2']) await writeFile(join(directory, 'unfinished', name), 'ha');
  const again = openFileObjects({ directory });
  expect(await readdir(join(directory, 'unfinished'))).toEqual([]);
  expect(await again.list({ prefix: '', limit: 10 })).toEqual([{ key: 'a', length: 4 }]);
  expect(await put(again, 'b', 'body')).toBe('stored');
});

test('a put that fails before its object has a name is not done, and may be retried', async () => {
  const objects = openFileObjects({ directory });
  await put(objects, 'a', 'in the way');
  const failure = { name: 'StoreError', outcome: 'not-done', reason: 'unavailable' };
  await expect(put(objects, 'a/b', 'body')).rejects.toMatchObject(failure);
  await objects.delete(['a']);
  expect(await put(objects, 'a/b', 'body')).toBe('stored');
});

test('a put that fails when its object may have a name is unknown', async () => {
  const objects = openFileObjects({ directory });
  await put(objects, 'a/b', 'body');
  await rm(join(directory, 'objects', 'a'), { recursive: true });
  const failure = { name: 'StoreError', outcome: 'unknown', reason: 'unavailable' };
  await expect(put(objects, 'a/c', 'body')).rejects.toMatchObject(failure);
});

test('a read or a list that fails is not done', async () => {
  const objects = openFileObjects({ directory });
  await mkdir(join(directory, 'objects', 'folder'));
  const failure = { name: 'StoreError', outcome: 'not-done', reason: 'unavailable' };
  const range = { key: 'folder', position: 0, length: 1 };
  await expect(objects.read(range)).rejects.toMatchObject(failure);
  await rm(join(directory, 'objects'), { recursive: true });
  await expect(objects.list({ prefix: '', limit: 1 })).rejects.toMatchObject(failure);
});

test('more parts than one system call takes are all written', async () => {
  const objects = openFileObjects({ directory });
  const parts = Array.from({ length: 3_000 }, (_, index) => Buffer.from([index % 256, 1]));
  await objects.put({ key: 'a', parts, crc32c: 0 });
  const body = await objects.read({ key: 'a', position: 0, length: 10_000 });
  expect(Buffer.concat(parts).equals(body ?? Buffer.alloc(0))).toBe(true);
});

const outside = ['', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../../b', 'a/.', 'a\0b'];
test.each(outside)('%j is no key', async (key) => {
  const objects = openFileObjects({ directory });
  await expect(put(objects, key, 'body')).rejects.toThrow(AssertionError);
  await expect(objects.read({ key, position: 0, length: 1 })).rejects.toThrow(AssertionError);
  await expect(objects.delete(['a', key])).rejects.toThrow(AssertionError);
});

test('a range of nothing, or from before the beginning, is a mistake', async () => {
  const objects = openFileObjects({ directory });
  for (const [position, length] of [[0, 0] as const, [-1, 2] as const]) {
    const range = { key: 'a', position, length };
    await expect(objects.read(range)).rejects.toThrow(AssertionError);
  }
});

test('a prefix that leads out of the store finds nothing', async () => {
  const objects = openFileObjects({ directory });
  await put(objects, 'a', 'body');
  for (const prefix of ['../', '/', './', '../objects/']) {
    expect(await objects.list({ prefix, limit: 10 })).toEqual([]);
  }
});

test('a sync that failed leaves no name behind, so that the bytes are put anew', async () => {
  const objects = openFileObjects({ directory });
  await put(objects, 'segments/aa/first', 'opens the folders');
  const probe = await open(join(directory, 'probe'), 'w');
  const broken = vi.spyOn(Object.getPrototypeOf(probe), 'sync');
  broken.mockRejectedValueOnce(new Error('EIO'));
  await probe.close();
  const failed = put(objects, 'segments/aa/second', 'bytes');
  await expect(failed).rejects.toMatchObject({ name: 'StoreError', outcome: 'unknown' });
  const key = 'segments/aa/second';
  expect(await objects.read({ key, position: 0, length: 5 })).toBeUndefined();
  expect(await put(objects, key, 'bytes')).toBe('stored');
  broken.mockRestore();
});
