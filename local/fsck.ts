// `npm run fsck`: whether index and objects of a store say the same; and with --repair, mended
// where that is certain. It ends with 0 if they do, 1 for leftovers alone, 2 for damage, and 3 if
// it could not look.
//
// A data directory belongs to one process: the engine on it is to be stopped before. In an account
// others may go on meanwhile.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createEngine, openCall } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import { checkStore } from '../shared/engine/upkeep/fsck/check-store.ts';
import { repairStore } from '../shared/engine/upkeep/fsck/repair-store.ts';
import { sweepGraceMillis } from '../shared/housekeeping-limits.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { type FsckOptions, readFsckOptions } from './fsck-options.ts';
import { type Checked, documentOf, exitCodeOf, exitCodes, inPieces, linesOf } from './fsck-text.ts';
import { type OpenStores, openStores, tableFile } from './open-stores.ts';
import type { StoreOptions } from './options.ts';
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

async function check({ stores, topic, depth, repairs: isAsked }: FsckOptions): Promise<Checked> {
  const { objects, table, place, alone: isAlone, close } = await openThere(stores);
  try {
    const engine = createEngine({ objects, table, clock: hostClock, chance: hostChance });
    const call = openCall(engine, { deadline: Number.MAX_SAFE_INTEGER as EpochMillis });
    const look = () => checkStore(engine, call, { depth, ...(topic !== undefined && { topic }) });
    const first = await look();
    if (!isAsked) return { place, depth, report: first, repairs: undefined };
    const options = { graceMillis: sweepGraceMillis, isAlone };
    const repairs = await repairStore(engine, call, first, options);
    const isAsBefore = repairs.length === 0 && first.stale.length === 0;
    return { place, depth, report: isAsBefore ? first : await look(), repairs };
  } finally {
    await close();
  }
}

/** What is not there must not be made, and then found to be healthy. */
async function openThere(stores: StoreOptions): Promise<OpenStores> {
  if (stores.kind === 'aws') {
    const { findAwsStores } = await import('./open-aws-stores.ts');
    return findAwsStores(stores);
  }
  if (stores.kind === 'directory' && !existsSync(join(stores.directory, tableFile))) {
    throw new Error(`there is no data in ${stores.directory}`);
  }
  return openStores(stores);
}

function fail(message: string): never {
  console.error(`fsck: ${message}`);
  process.exit(exitCodes.failed);
}
