// `npm run fsck`: whether index and objects of a store say the same; and with --repair, mended
// where that is certain. It ends with 0 if they do, 1 for leftovers alone, 2 for damage, and 3 if
// it could not look.
//
// A data directory belongs to one process: the engine on it is to be stopped before. In an account
// others may go on meanwhile.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { check } from './check.ts';
import { type FsckOptions, readFsckOptions } from './fsck-options.ts';
import { documentOf, exitCodeOf, exitCodes, inPieces, linesOf } from './fsck-text.ts';
import { reasonOf } from './reasons.ts';

// Nothing of this process may end with what a check ends with, however it fails.
process.on('uncaughtException', (error) => fail(reasonOf(error)));

const read = readFsckOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') console.log(read.text);
else if (read.kind === 'fault') fail(`${read.text}\n(npm run fsck -- --help lists the flags)`);
else await run(read.options);

async function run(options: FsckOptions): Promise<void> {
  const checked = await check(options);
  const lines = options.isJson ? documentOf(checked) : linesOf(checked);
  await pipeline(Readable.from(inPieces(lines)), process.stdout, { end: false });
  process.exitCode = exitCodeOf(checked.report);
}

function fail(message: string): never {
  console.error(`fsck: ${message}`);
  process.exit(exitCodes.failed);
}
