// A folder as the local stand-in of a bucket: each file that comes into it, or changes, is the
// event that S3 would send of an object. A file is an event once it has stayed the same between two
// looks, so that none is told of that is half written.
//
// What was told is saved after it was taken, and the next process begins with that: what came while
// none was running is not missed, and what was there is not told again. What a crash leaves unsaved
// is told twice, and known by its mark.
//
// What was told of a file is forgotten once it is gone, since files may come and go for years; were
// it forgotten too early, the file would be told of again when it is back:
//
// - What cannot be read is not gone.
// - A folder without any file says nothing: it is what a volume leaves that is not there. So of a
//   folder that was emptied the last files are kept in mind until another comes.
// - One look may be taken while the folder is moved away: two must miss the file.

import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { type FolderFile, type FolderFiles, filesIn } from './folder-files.ts';
import type { Pauses } from './pauses.ts';
import type { ToldFiles } from './told-files.ts';

export const lookMillis = 500;

export type WatchedFolder = {
  readonly folder: string;
  /** Directory of the engine's own data, whose files are not told of; undefined: there is none. */
  readonly ownData: string | undefined;
  /** Between two looks. */
  readonly pauses: Pauses;
  readonly toldFiles: ToldFiles;
  /** @returns false: it has not taken the event, and is to be given it again. */
  readonly take: (event: unknown) => Promise<boolean>;
  /** Told of what cannot be read, again only once it could be read meanwhile. */
  readonly onFault: (error: unknown) => void;
};

/** Resolves once the pauses have ended, and the event that is taken then. */
export async function watchFolder(watched: WatchedFolder): Promise<void> {
  const { folder, ownData, pauses, toldFiles, take, onFault } = watched;
  const bucket = bucketOf(folder);
  const told = new Map(await toldFiles.load());
  let before: FolderFiles = { files: new Map(), unread: new Set(), faults: new Map() };
  let isSaved = true;

  async function look(now: FolderFiles): Promise<void> {
    for (const [path, version] of told) {
      const file = now.files.get(path);
      const isStill = file === undefined ? !isGone(path, before, now) : file.version === version;
      if (isStill) continue;
      told.delete(path);
      isSaved = false;
    }
    for (const [path, file] of now.files) {
      if (pauses.ended) break;
      const isWhole = before.files.get(path)?.version === file.version;
      if (!isWhole || told.has(path) || !(await take(eventOf(bucket, path, file)))) continue;
      told.set(path, file.version);
      isSaved = false;
    }
    if (!isSaved) isSaved = await toldFiles.save(told);
  }

  while (!pauses.ended) {
    const now = await filesIn(folder, ownData);
    for (const [key, fault] of now.faults) if (!before.faults.has(key)) onFault(fault);
    await look(now);
    before = now;
    await pauses.pause(lookMillis);
  }
}

/** @param path of a file that `now` does not have. */
function isGone(path: string, before: FolderFiles, now: FolderFiles): boolean {
  if (now.files.size === 0 || before.files.has(path)) return false;
  const parts = path.split('/');
  return !parts.some((_, at) => now.unread.has(parts.slice(0, at + 1).join('/')));
}

/** `id` tells it from one of the same name: two folders may have files of one name, time, size and
 * number, and be brought into one topic. */
type Bucket = { readonly name: string; readonly id: string };

function bucketOf(folder: string): Bucket {
  const place = resolve(folder);
  const id = createHash('sha256').update(place).digest('hex').slice(0, 16);
  return { name: basename(place), id };
}

/** As S3 sends it (version 2.1), of what a folder has. Source: "Event message structure" in the
 * Amazon S3 User Guide. */
function eventOf(bucket: Bucket, path: string, file: FolderFile): unknown {
  const { version, bytes, modifiedAt } = file;
  const encoded = encodeURIComponent(path).replaceAll('%2F', '/').replaceAll('%20', '+');
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'local',
    eventTime: modifiedAt.toISOString(),
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: bucket.name, arn: `arn:aws:s3:::${bucket.name}` },
      object: { key: encoded, size: bytes, sequencer: `${version}-${bucket.id}` },
    },
  };
  return { Records: [record] };
}
