// s3rver, over a folder that is removed afterwards. It replaces what is there (it knows no
// If-None-Match) and looks at no checksum. Its continuation tokens need a cipher that Node keeps
// behind a flag, so it is a process of its own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach } from 'vitest';
import { type Emulator, startChildServer } from './child-server.ts';

const program = fileURLToPath(new URL('../../node_modules/s3rver/bin/s3rver.js', import.meta.url));

export async function startS3rver(): Promise<Emulator> {
  const folder = await mkdtemp(join(tmpdir(), 's3rver-'));
  const emulator = await startChildServer(process.execPath, (port) => [
    '--openssl-legacy-provider',
    program,
    '--silent',
    '--directory',
    folder,
    '--address',
    '127.0.0.1',
    '--port',
    String(port),
  ]);
  const stop = async () => {
    await emulator.stop();
    await rm(folder, { recursive: true });
  };
  return { endpoint: emulator.endpoint, stop };
}

const replaces = 's3rver knows no If-None-Match';

/** Promises of the objects that s3rver itself breaks, by the names of their tests. */
const gaps: ReadonlyMap<string, string> = new Map([
  ['a put of the same bytes again finds them there', replaces],
  ['no put replaces an object', replaces],
  [
    'of many puts of one key at once exactly one is stored, and it is the one that is there',
    replaces,
  ],
  [
    'a range is those bytes; past the end it is shorter, or empty',
    's3rver reads bytes=0-0 as the whole object',
  ],
  [
    'keys come with their lengths, across folders, in the order of their bytes',
    's3rver sorts a folder by its name without the slash',
  ],
]);

/** To be called in a describe: its tests of those promises are skipped, each with the reason. */
export function skipGapsOfS3rver(): void {
  beforeEach(({ task, skip }) => {
    skip(gaps.has(task.name), gaps.get(task.name));
  });
}
