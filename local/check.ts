// Whether index and objects of a store say the same; and if it is asked for, mended where that is
// certain.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, openCall } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import { checkStore } from '../shared/engine/upkeep/fsck/check-store.ts';
import { repairStore } from '../shared/engine/upkeep/fsck/repair-store.ts';
import { sweepGraceMillis } from '../shared/housekeeping-limits.ts';
import type { EpochMillis } from '../shared/ids.ts';
import type { FsckOptions } from './fsck-options.ts';
import type { Checked } from './fsck-text.ts';
import { type OpenStores, openStores, tableFile } from './open-stores.ts';
import type { StoreOptions } from './options.ts';

/** @throws Error: it cannot look. */
export async function check({
  stores,
  topic,
  depth,
  repairs: isAsked,
}: FsckOptions): Promise<Checked> {
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
