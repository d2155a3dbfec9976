// The files of a folder and of the folders in it, read one by one: what cannot be read hides
// nothing of the rest, and is not taken for gone.

import { isUtf8 } from 'node:buffer';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

export type FolderFile = {
  /** Other than before once the file has changed. */
  readonly version: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
};

export type FolderFiles = {
  /** By their paths in the folder, parted by slashes as an object's key is. */
  readonly files: ReadonlyMap<string, FolderFile>;
  /** Paths of files and folders that may be there, and could not be read. */
  readonly unread: ReadonlySet<string>;
  /** Why, by what tells one reason from another: one of each kind for the files of a folder. */
  readonly faults: ReadonlyMap<string, Error>;
};

/** A folder that is not there has no files. What is hidden is not among them.
 * @param ownData directory whose files are the engine's own: a record of each would change them,
 *   and that would be the next record. undefined: there is none. */
export async function filesIn(folder: string, ownData: string | undefined): Promise<FolderFiles> {
  const files = new Map<string, FolderFile>();
  const unread = new Set<string>();
  const faults = new Map<string, Error>();
  const own = ownData === undefined ? undefined : await realpath(ownData).catch(() => undefined);

  /** @param where folder whose fault it is, said once. */
  function leave(path: string, where: string, error: NodeJS.ErrnoException): void {
    if (error.code === 'ENOENT') return;
    unread.add(path);
    const key = `${error.code} ${where}`;
    if (!faults.has(key)) faults.set(key, error);
  }

  async function readFolder(place: string, path: string): Promise<void> {
    if (own !== undefined && `${place}${sep}`.startsWith(`${own}${sep}`)) {
      if (path === '') leave(path, path, ownDataFault(place));
      return;
    }
    const entries = await readdir(place, { withFileTypes: true, encoding: 'buffer' });
    for (const entry of entries) {
      const name = entry.name.toString();
      if (name.startsWith('.')) continue;
      const innerPlace = join(place, name);
      const innerPath = path === '' ? name : `${path}/${name}`;
      if (!isUtf8(entry.name)) {
        leave(innerPath, path, nameFault(innerPlace));
      } else if (entry.isDirectory()) {
        await readFolder(innerPlace, innerPath).catch((error) =>
          leave(innerPath, innerPath, error),
        );
      } else if (entry.isFile()) {
        await readFile(innerPlace, innerPath).catch((error) => leave(innerPath, path, error));
      }
    }
  }

  async function readFile(place: string, path: string): Promise<void> {
    const { mtimeMs, size, ino } = await stat(place);
    // A file's time may be beyond what a date holds.
    const modifiedAt = new Date(Math.min(mtimeMs, 8.64e15));
    files.set(path, { version: `${mtimeMs}-${size}-${ino}`, bytes: size, modifiedAt });
  }

  // No folder below is behind a link: those are not followed.
  const reading = realpath(folder).then((place) => readFolder(place, ''));
  await reading.catch((error) => leave('', '', error));
  return { files, unread, faults };
}

function ownDataFault(place: string): NodeJS.ErrnoException {
  const error = new Error(`${place} is where the engine has its own data: none of it is brought`);
  return Object.assign(error, { code: 'EINVAL' });
}

/** A key is text. */
function nameFault(place: string): NodeJS.ErrnoException {
  const error = new Error(`the name of ${place} is not UTF-8: no such file is brought`);
  return Object.assign(error, { code: 'EILSEQ' });
}
