// What is asked of API keys, done at the table that keeps them.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, openCall } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import type { EpochMillis } from '../shared/ids.ts';
import type { Table } from '../shared/store/table.ts';
import type { KeysAsk, KeysOptions, TableOptions } from './keys-options.ts';
import { answerOf, type Said } from './keys-text.ts';
import { memoryObjects } from './memory-objects.ts';
import { tableFile } from './open-stores.ts';
import { reasonOf } from './reasons.ts';
import { openSqliteTable } from './sqlite-table.ts';

/** @throws EngineError: it is refused; Error: it could not be done, or nobody knows. */
export async function askKeys({ table: place, ask }: KeysOptions): Promise<Said> {
  const { table, close } = await openTable(place, ask);
  try {
    const engine = createEngine({
      objects: memoryObjects(),
      table,
      clock: hostClock,
      chance: hostChance,
    });
    const call = openCall(engine, { deadline: Number.MAX_SAFE_INTEGER as EpochMillis });
    return await answerOf(engine, call, ask);
  } finally {
    await close();
  }
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
