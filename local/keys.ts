// `npm run keys`: API keys, at the table that keeps them. So the first one is made, which nobody
// can ask for who has none. A secret is the one thing on standard output; what is for people goes
// to standard error. It ends with 0 if it is done, 1 if what is asked for cannot be, and 3 if it
// could not be done, or nobody knows.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, openCall } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import { EngineError } from '../shared/errors.ts';
import type { EpochMillis } from '../shared/ids.ts';
import type { Table } from '../shared/store/table.ts';
import {
  type KeysAsk,
  type KeysOptions,
  readKeysOptions,
  type TableOptions,
} from './keys-options.ts';
import { answerOf, type Said } from './keys-text.ts';
import { memoryObjects } from './memory-objects.ts';
import { tableFile } from './open-stores.ts';
import { reasonOf } from './reasons.ts';
import { openSqliteTable } from './sqlite-table.ts';

const exitCodes = { refused: 1, failed: 3 } as const;

process.on('uncaughtException', (error) => fail(error));

const read = readKeysOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') console.log(read.text);
else if (read.kind === 'fault') fail(`${read.text}\n(npm run keys -- --help says more)`);
else await run(read.options);

async function run({ table: place, ask, isJson }: KeysOptions): Promise<void> {
  const { table, close } = await openTable(place, ask);
  let said: Said;
  try {
    const engine = createEngine({
      objects: memoryObjects(),
      table,
      clock: hostClock,
      chance: hostChance,
    });
    const call = openCall(engine, { deadline: Number.MAX_SAFE_INTEGER as EpochMillis });
    said = await answerOf(engine, call, ask);
  } finally {
    await close();
  }
  const out = isJson ? JSON.stringify(said.document, undefined, 2) : said.lines.join('\n');
  if (out !== '') process.stdout.write(`${out}\n`);
  if (said.note !== undefined) console.error(`keys: ${said.note}`);
}

type OpenTable = { readonly table: Table; readonly close: () => Promise<void> };

async function openTable(place: TableOptions, { verb }: KeysAsk): Promise<OpenTable> {
  if (place.kind === 'aws') {
    const { findAwsTable } = await import('./open-aws-stores.ts');
    return findAwsTable(place);
  }
  const { directory } = place;
  const path = join(directory, tableFile);
  // The first key comes before the first start.
  if (verb === 'create') await mkdir(directory, { recursive: true });
  else if (!existsSync(path)) throw new Error(`there is no data in ${directory}`);
  try {
    return openSqliteTable({ path });
  } catch (error) {
    throw new Error(`${reasonOf(error as Error)}: stop its engine first, or ask it (POST /keys)`);
  }
}

function fail(reason: Error | string): never {
  console.error(`keys: ${reason instanceof Error ? reasonOf(reason) : reason}`);
  const isRefusal = reason instanceof EngineError && reason.outcome === 'definite';
  process.exit(isRefusal ? exitCodes.refused : exitCodes.failed);
}
