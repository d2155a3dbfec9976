// The objects as files of one directory, for a single process. A key is a path:
//
//     <directory>/unfinished/<n>                 a put under way; cleared when the store is opened
//     <directory>/objects/segments/ab/01ARZ...   an object, whole
//
// - An object gets its name by a hard link to a file that is written: a process that is killed
//   leaves no part of one under a key, and a name that is taken is not taken again.
// - The file is synced after it was linked. Journaling file systems (ext4, XFS, Btrfs) write a link
//   and the file it names in one transaction, so that one sync makes bytes and name durable; the
//   folders above are synced once a process. What a power cut leaves of a put that was not answered
//   may be a name without its bytes: no ref names it.
// - What takes microseconds is done at once: a hop to another thread and back waits for its turn
//   among the requests. Making a file and syncing it wait for the journal, and would block them.
// - A delete is not synced. A power cut may bring the object back, and the next sweep takes it.

import { closeSync, linkSync, mkdirSync, openSync, read, rmSync, writevSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ByteRange, ListedObject, ListPage, Objects } from '../shared/store/objects.ts';
import { StoreError, type StoreOutcome } from '../shared/store/store-error.ts';
import { compareUtf8 } from '../shared/store/utf8-order.ts';
import { assertKey, assertKeys, assertRange } from './assert-keys.ts';

/** @param directory one that exists, and that no other process uses. */
export function openFileObjects({ directory }: { readonly directory: string }): Objects {
  const root = join(directory, 'objects');
  const unfinished = join(directory, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  for (const folder of [unfinished, root]) mkdirSync(folder, { recursive: true });
  const ensureFolder = durableFolders(root);
  let puts = 0;

  return {
    async put({ key, parts }) {
      assertKey(key);
      const path = join(root, key);
      const temporary = join(unfinished, String(puts++));
      await attempt('not-done', () => ensureFolder(dirname(path)));
      const file = await attempt('not-done', () => open(temporary, 'wx'));
      try {
        await attempt('not-done', async () => writeWhole(file.fd, parts));
        return await attempt('unknown', () => giveName(file, temporary, path));
      } finally {
        file.close().catch(() => undefined);
        rmSync(temporary, { force: true });
      }
    },
    async read(range) {
      assertRange(range);
      return await attempt('not-done', () => readRange(join(root, range.key), range));
    },
    async delete(keys) {
      assertKeys(keys);
      const paths = keys.map((key) => join(root, key));
      await attempt('unknown', () => Promise.all(paths.map((path) => rm(path, { force: true }))));
    },
    async list(page) {
      return await attempt('not-done', () => listPage(root, page));
    },
  };
}

/** @returns a function that makes a folder at or below `root`, and resolves when its name is
 * durable, and so are those of the folders above it. */
function durableFolders(root: string): (folder: string) => Promise<void> {
  const folders = new Map<string, Promise<void>>();

  async function make(folder: string): Promise<void> {
    const parent = dirname(folder);
    if (folder !== root) await ensure(parent);
    await mkdir(folder, { recursive: true });
    await syncPath(parent);
  }

  function ensure(folder: string): Promise<void> {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const made = make(folder);
    folders.set(folder, made);
    made.catch(() => folders.delete(folder));
    return made;
  }

  return ensure;
}

function writeWhole(file: number, parts: readonly Uint8Array[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const written = writevSync(file, parts);
  if (written !== length) throw new Error(`wrote ${written} of ${length} bytes`);
}

/** Resolves when the name and its bytes are durable, whoever took the name. */
async function giveName(file: FileHandle, from: string, to: string): Promise<'stored' | 'exists'> {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    await syncPath(to);
    return 'exists';
  }
  try {
    await file.sync();
  } catch (error) {
    // A second sync would succeed, and yet what the first could not write is gone: it is put anew.
    rmSync(to, { force: true });
    throw error;
  }
  return 'stored';
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readRange(path: string, range: ByteRange): Promise<Uint8Array | undefined> {
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  try {
    // Not from Node's pool: what is kept of a small range would keep the pool's whole slab.
    const bytes = Buffer.allocUnsafeSlow(range.length);
    let length = 0;
    while (length < range.length) {
      const [left, position] = [range.length - length, range.position + length];
      const { bytesRead } = await readInto(file, bytes, length, left, position);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

const readInto = promisify(read);

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function listPage(root: string, page: ListPage): Promise<readonly ListedObject[]> {
  const listed: ListedObject[] = [];
  if (page.limit === 0) return listed;
  for await (const key of keysOf(root, '', page)) {
    const file = await unlessMissing(stat(join(root, key)));
    if (file !== undefined) listed.push({ key, length: file.size });
    if (listed.length === page.limit) break;
  }
  return listed;
}

/** The keys of a page and of those behind it. A folder sorts as its keys do: with its slash. */
async function* keysOf(root: string, folder: string, page: ListPage): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const names = entries.map((entry) => folder + entry.name + (entry.isDirectory() ? '/' : ''));
  for (const name of names.sort(compareUtf8)) {
    if (!name.endsWith('/')) {
      if (name.startsWith(page.prefix) && isAfter(name, page)) yield name;
    } else if (name.startsWith(page.prefix) || page.prefix.startsWith(name)) {
      if (isAfter(name, page) || page.after?.startsWith(name)) yield* keysOf(root, name, page);
    }
  }
}

function isAfter(name: string, { after }: ListPage): boolean {
  return after === undefined || compareUtf8(name, after) > 0;
}

async function unlessMissing<Result>(action: Promise<Result>): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function attempt<Result>(
  outcome: StoreOutcome,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    throw new StoreError(outcome, 'unavailable', { cause });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
