// The objects as files of one directory, for a single process. A key is a path:
//
//     <directory>/unfinished/<n>                 a put under way; cleared when the store is opened
//     <directory>/objects/segments/ab/01ARZ...   an object, whole
//
// - An object gets its name by a hard link to a file that is written and synced: a crash leaves no
//   part of one under a key, and a name that is taken is not taken again.
// - A name is as durable as its folder, so the folder is synced too before a put is answered, and
//   once a process the folders above it. Without that a power cut may forget an object whose ref,
//   in another file, survived.
// - A delete is not synced. A power cut may bring the object back, and the next sweep takes it.

import { mkdirSync, rmSync } from 'node:fs';
import { link, mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteRange, ListedObject, ListPage, Objects } from '../shared/store/objects.ts';
import { StoreError, type StoreOutcome } from '../shared/store/store-error.ts';
import { compareUtf8 } from '../shared/store/utf8-order.ts';
import { assertKey, assertKeys, assertRange } from './object-arguments.ts';

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
      try {
        await attempt('not-done', async () => {
          await writeSynced(temporary, parts);
          await ensureFolder(dirname(path));
        });
        return await attempt('unknown', async () => {
          const outcome = await linkUnlessTaken(temporary, path);
          await syncFolder(dirname(path));
          return outcome;
        });
      } finally {
        await unlink(temporary).catch(() => undefined);
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
    await syncFolder(parent);
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

async function writeSynced(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const { bytesWritten } = await file.writev(parts);
    if (bytesWritten !== length) throw new Error(`wrote ${bytesWritten} of ${length} bytes`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function linkUnlessTaken(from: string, to: string): Promise<'stored' | 'exists'> {
  try {
    await link(from, to);
    return 'stored';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists';
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readRange(path: string, range: ByteRange): Promise<Uint8Array | undefined> {
  const file = await unlessMissing(open(path));
  if (file === undefined) return undefined;
  try {
    const bytes = new Uint8Array(range.length);
    let length = 0;
    while (length < range.length) {
      const position = range.position + length;
      const { bytesRead } = await file.read(bytes, length, range.length - length, position);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
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
