// Which files of a watched folder were told of, for the next process to know: a file of the data
// directory for each folder and topic.
//
//     <directory>/watched/<name>.json     name: SHA-256 of ["<folder>","<topic>"], in hex
//     {"folder":"/srv/in","topic":"orders","told":[["sub/a.csv","1700000000000-5-12"],...]}
//
// - Each file that was told of is its path and its version. Folder and topic are for people.
// - It is written beside its name, synced and renamed: under its name it is always whole.
// - What cannot be read says that nothing was told. Then all is told again, and what its topic was
//   told less than 15 days ago is known there by its marks.

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Versions of what was told of, by a file's path in its folder. */
export type Told = ReadonlyMap<string, string>;

export type ToldFiles = {
  readonly load: () => Promise<Told>;
  /** @returns false: it could not be written, and what was saved before is what is loaded. */
  readonly save: (told: Told) => Promise<boolean>;
};

/** Of an engine without a directory of its own. In memory, topics end with what was told of them;
 * for the stores of an account the marks are all there is. */
export const toldNowhere: ToldFiles = { load: async () => new Map(), save: async () => true };

export type FolderOfTopic = { readonly folder: string; readonly topic: string };

/** @param directory of the engine's data, and of no other process. */
export function toldFilesIn(directory: string, { folder, topic }: FolderOfTopic): ToldFiles {
  // Whatever directory the engine is started from.
  const watched = { folder: resolve(folder), topic };
  const name = createHash('sha256')
    .update(JSON.stringify([watched.folder, topic]))
    .digest('hex');
  const path = join(directory, 'watched', `${name}.json`);
  return {
    load: async () => toldIn(await readFile(path, 'utf8').catch(() => '')),
    save: async (told) => {
      const text = JSON.stringify({ ...watched, told: [...told] });
      return await writeWhole(path, text).then(
        () => true,
        () => false,
      );
    },
  };
}

function toldIn(text: string): Told {
  try {
    const { told }: { readonly told?: unknown } = JSON.parse(text);
    if (Array.isArray(told) && told.every(isPair)) return new Map(told);
  } catch {
    // No JSON, or null.
  }
  return new Map();
}

function isPair(one: unknown): one is [string, string] {
  return Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === 'string');
}

async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(beside, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
