// The soak with the engine it runs, bundled into one module, with chunks and limits of
// housekeeping so small that merges, compactions and sweeps never stop, and caches so small that
// what they hold is driven out. Nothing but numbers is changed.

import { join } from 'node:path';
import { buildPatched, type Patch } from '../sim/build.ts';
import type { soak } from './soak.ts';

export type SoakModule = { readonly soak: typeof soak };

const limitsFile = 'shared/limits.ts';
const housekeepingFile = 'shared/housekeeping-limits.ts';

const smallLimits: readonly Patch[] = [
  limit(housekeepingFile, 'mergeBytesAim', '64 * mebibyte', '2 * mebibyte'),
  limit(housekeepingFile, 'mergeChunksDue', '64', '3'),
  limit(housekeepingFile, 'mergeBytesDue', '8 * mebibyte', '256 * kibibyte'),
  limit(housekeepingFile, 'mergeAgeMillis', '60 * 60 * 1000', '2_000'),
  limit(housekeepingFile, 'largeRefBytes', 'mebibyte', '40 * kibibyte'),
  limit(housekeepingFile, 'sweepObjectsMax', '500_000', '500'),
  limit(limitsFile, 'refsPerChunk', '16', '4'),
  limit(limitsFile, 'rangeCacheBytesMax', '64 * mebibyte', '2 * mebibyte'),
  limit(limitsFile, 'chunkCacheEntriesMax', '10_000', '2_000'),
  limit(limitsFile, 'chunkCacheMillis', '10 * 60 * 1000', '4_000'),
  // The caches' memory is laid out when they are made, and new readers make their own.
  limit(limitsFile, 'headCacheEntriesMax', '10_000', '50'),
  limit(limitsFile, 'topicCacheEntriesMax', '10_000', '50'),
  limit(limitsFile, 'groupCacheEntriesMax', '1_000', '10'),
  {
    file: 'shared/log/rewrite.ts',
    find: 'export const chunksPerSwapMax = transactItemsMax - 1;',
    replace: 'export const chunksPerSwapMax = 5;',
  },
  {
    file: 'shared/engine/upkeep/read-chunks.ts',
    find: 'const chunksPerPage = 512;',
    replace: 'const chunksPerPage = 16;',
  },
  {
    file: 'shared/engine/upkeep/retain-partition.ts',
    find: 'const runsPerDrop = 64;',
    replace: 'const runsPerDrop = 2;',
  },
  // Tombstones go while the soak goes on.
  {
    file: 'shared/log/compaction.ts',
    find: 'const unseenMillisMax = sweepGraceMillis + chunkCacheMillis;',
    replace: 'const unseenMillisMax = 8_000 + chunkCacheMillis;',
  },
];

/** @param patches on top of the small limits. */
export function buildSoak(patches: readonly Patch[] = []): Promise<SoakModule> {
  const entry = join(import.meta.dirname, 'soak.ts');
  // Its stores are on this machine.
  return buildPatched(entry, [...smallLimits, ...patches], ['*/open-aws-stores.ts']);
}

function limit(file: string, name: string, from: string, to: string): Patch {
  return {
    file,
    find: `export const ${name} = ${from};`,
    replace: `export const ${name} = ${to};`,
  };
}
