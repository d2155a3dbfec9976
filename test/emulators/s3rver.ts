// s3rver, over a folder that is removed afterwards. It replaces what is there (it knows no
// If-None-Match) and looks at no checksum. Its continuation tokens need a cipher that Node keeps
// behind a flag, so it is a process of its own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
