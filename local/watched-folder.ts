// A folder as the local stand-in of a bucket: each file that comes into it, or changes, is the
// event that S3 would send of an object. A file is an event once it has stayed the same between two
// looks, so that none is told of that is half written.
//
// What was told is saved after it was taken, and the next process begins with that: what came while
// none was running is not missed, and what was there is not told again. What a crash leaves unsaved
// is told twice, and known by its mark.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Pauses } from './pauses.ts';
import type { ToldFiles } from './told-files.ts';

export const lookMillis = 500;

export type WatchedFolder = {
  readonly folder: string;
  /** Between two looks. */
  readonly pauses: Pauses;
  readonly toldFiles: ToldFiles;
  /** @returns false: it has not taken the event, and is to be given it again. */
  readonly take: (event: unknown) => Promise<boolean>;
};

/** Resolves once the pauses have ended, and the event that is taken then. */
export async function watchFolder(watched: WatchedFolder): Promise<void> {
  const { folder, pauses, toldFiles, take } = watched;
  const told = new Map(await toldFiles.load());
  let before: Files = new Map();
  let isSaved = true;

  async function look(files: Files): Promise<void> {
    for (const [path, version] of told) {
      if (files.get(path)?.version === version) continue;
      told.delete(path);
      isSaved = false;
    }
    for (const [path, file] of files) {
      if (pauses.ended) break;
      const isWhole = before.get(path)?.version === file.version;
      if (!isWhole || told.has(path) || !(await take(eventOf(folder, path, file)))) continue;
      told.set(path, file.version);
      isSaved = false;
    }
    before = files;
    if (!isSaved) isSaved = await toldFiles.save(told);
  }

  while (!pauses.ended) {
    const files = await filesIn(folder);
    if (files !== undefined) await look(files);
    await pauses.pause(lookMillis);
  }
}

/** By their paths in the folder, as an object's key has them. */
type Files = ReadonlyMap<string, File>;

type File = { readonly version: string; readonly bytes: number; readonly modifiedAt: Date };

/** @returns undefined: the folder is not there, or changes while it is read, and says nothing of
 * its files. Were it taken for empty, all of them would be told of again when it is back. */
async function filesIn(folder: string): Promise<Files | undefined> {
  const files = new Map<string, File>();
  const reading = readdir(folder, { recursive: true, withFileTypes: true });
  const entries = await reading.catch(() => undefined);
  if (entries === undefined) return undefined;
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join('/');
    // An engine's own data may be among what is hidden, and changes with each event.
    if (!entry.isFile() || /(^|\/)\./.test(path)) continue;
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) continue;
    const version = `${found.mtimeMs}-${found.size}-${found.ino}`;
    files.set(path, { version, bytes: found.size, modifiedAt: found.mtime });
  }
  return files;
}

/** As S3 sends it (version 2.1), of what a folder has. Source: "Event message structure" in the
 * Amazon S3 User Guide. */
function eventOf(folder: string, path: string, { version, bytes, modifiedAt }: File): unknown {
  const bucket = basename(resolve(folder));
  const encoded = encodeURIComponent(path).replaceAll('%2F', '/').replaceAll('%20', '+');
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'local',
    eventTime: modifiedAt.toISOString(),
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: { key: encoded, size: bytes, sequencer: version },
    },
  };
  return { Records: [record] };
}
