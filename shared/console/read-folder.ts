// The console's files as they lie in a folder, read whole at a process's start: there are a few,
// and a request reads none.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ConsoleFile, ConsoleFiles } from './console-files.ts';

/** @returns by path within the folder, with slashes; empty: there is no such folder. */
export function readFolder(folder: string): ConsoleFiles {
  const files = new Map<string, ConsoleFile>();
  for (const entry of entriesOf(folder)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = new Uint8Array(readFileSync(path));
    const gzipped = new Uint8Array(gzipSync(bytes));
    files.set(relative(folder, path).replaceAll(sep, '/'), { bytes, gzipped });
  }
  return files;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
