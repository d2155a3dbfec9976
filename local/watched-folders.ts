// A folder as the local stand-in of a bucket: each file that comes into it, or changes, is the
// event that S3 would send of an object. A file is an event once it has stayed the same between two
// looks, so that none is told of that is half written. What was told of before is told again by the
// next process, and known by its marks: nothing that came while none was running is missed.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Pauses } from './pauses.ts';

export const lookMillis = 500;

export type WatchedFolder = {
  readonly folder: string;
  /** Between two looks. */
  readonly pauses: Pauses;
  /** @returns false: it has not taken the event, and is to be given it again. */
  readonly take: (event: unknown) => Promise<boolean>;
};

type Seen = { readonly version: string; readonly isTold: boolean };

/** Resolves once the pauses have ended, and the event that is taken then. */
export async function watchFolder(parts: WatchedFolder): Promise<void> {
  const { folder, pauses, take } = parts;
  let before: ReadonlyMap<string, Seen> = new Map();
  while (!pauses.ended) {
    // Files that are gone are not remembered.
    const now = new Map<string, Seen>();
    for (const [path, file] of await filesIn(folder)) {
      if (pauses.ended) return;
      const seen = before.get(path);
      const isSame = seen?.version === file.version;
      const isTold = isSame && (seen.isTold || (await take(eventOf(folder, path, file))));
      now.set(path, { version: file.version, isTold });
    }
    before = now;
    await pauses.pause(lookMillis);
  }
}

type File = { readonly version: string; readonly bytes: number; readonly modifiedAt: Date };

/** A folder that is not there has none. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, File>> {
  const files = new Map<string, File>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    const version = `${found.mtimeMs}-${found.size}-${found.ino}`;
    files.set(path, { version, bytes: found.size, modifiedAt: found.mtime });
  }
  return files;
}

/** As S3 sends it (version 2.1), of what a folder has. Source: "Event message structure" in the
 * Amazon S3 User Guide. */
function eventOf(folder: string, path: string, { version, bytes, modifiedAt }: File): unknown {
  const key = relative(folder, path).split(sep).join('/');
  const bucket = basename(resolve(folder));
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
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
