// The engine with small constants: chunks of three refs, tails of nine, caches of a handful, so
// that rolls, evictions and second pages never stop, and a run of a hundred requests meets them
// all. Nothing but numbers is changed.

import type { Patch } from './build.ts';

export const smallWorld: readonly Patch[] = [
  ...limits('shared/limits.ts', {
    refsPerChunk: ['16', '3'],
    tailRefsMax: ['256', '9'],
    residentProducersMax: ['6', '2'],
    residentProducersBusyMax: ['32', '4'],
    residentProducersFull: ['64', '7'],
    evictionsMax: ['32', '3'],
    stampsPerUpdateMax: ['32', '3'],
    fetchRefsMax: ['1_024', '7'],
    // A roll of a full tail takes two cuts.
    removeFirstMax: ['100', '6'],
    triesMax: ['10', '5'],
    // Longer than anything is late, frozen or wrong about the time, and shorter than a run may be.
    producerExpiryMillis: ['7 * 24 * 60 * 60 * 1000', '3 * 60 * 60 * 1000'],
    itemsPerQuery: ['1_000', '2'],
    polledPartitionsMax: ['16', '2'],
    expiriesPerChangeMax: ['90', '2'],
    groupLookMillis: ['2_000', '200'],
    topicsCheckMillis: ['30_000', '1_000'],
    appendQueueBytesMax: ['64 * mebibyte', '4 * kibibyte'],
    rangeCacheBytesMax: ['64 * mebibyte', '3 * kibibyte'],
    // A tenth of it is a partition's.
    chunkCacheEntriesMax: ['10_000', '40'],
    chunkCacheMillis: ['10 * 60 * 1000', '20_000'],
    // The caches' memory is laid out when they are made, and every process makes its own.
    headCacheEntriesMax: ['10_000', '20'],
    topicCacheEntriesMax: ['10_000', '20'],
    groupCacheEntriesMax: ['1_000', '20'],
    objectsDeleteMax: ['1_000', '2'],
  }),
  ...limits('shared/housekeeping-limits.ts', {
    // Merges of two chunks, and of objects of a few hundred bytes.
    mergeBytesAim: ['64 * mebibyte', '3 * kibibyte'],
    mergeChunksDue: ['64', '2'],
    mergeBytesDue: ['8 * mebibyte', '900'],
    mergeAgeMillis: ['60 * 60 * 1000', '20_000'],
    largeRefBytes: ['mebibyte', '240'],
    rewrittenRefBytesAim: ['4 * mebibyte', '1_000'],
    compactionKeysMax: ['3_000_000', '3'],
    objectsListMax: ['1_000', '2'],
    sweepObjectsMax: ['500_000', '6'],
  }),
  ...limits('shared/trigger-limits.ts', {
    // Turns that end in the middle, and leases that are soon over.
    workerTurnMillis: ['20_000', '3_000'],
    leaseSlackMillis: ['10_000', '2_000'],
    deliveryFetchBytes: ['4 * 1024 * 1024', '1_000'],
    recordsPassedMax: ['50_000', '3'],
    queueBatchMessagesMax: ['10', '3'],
    ingestedPerTransaction: ['5_000', '3'],
    ingestItemsMax: ['transactItemsMax - 1', '4'],
    redrivenPerTransaction: ['50', '2'],
    valveCacheEntriesMax: ['2 * subscriptionsMax', '4'],
  }),
  // Swaps of several transactions, and pages and passes that end in the middle.
  {
    file: 'shared/log/rewrite.ts',
    find: 'export const chunksPerSwapMax = transactItemsMax - 1;',
    replace: 'export const chunksPerSwapMax = 2;',
  },
  {
    file: 'shared/log/rewrite.ts',
    find: 'export const chunksPerRewriteMax = 20 * chunksPerSwapMax;',
    replace: 'export const chunksPerRewriteMax = 2 * chunksPerSwapMax;',
  },
  {
    file: 'shared/engine/upkeep/read-chunks.ts',
    find: 'const chunksPerPage = 512;',
    replace: 'const chunksPerPage = 3;',
  },
  {
    file: 'shared/engine/upkeep/named-objects.ts',
    find: 'const chunksPerPage = 2_000;',
    replace: 'const chunksPerPage = 3;',
  },
  {
    file: 'shared/engine/upkeep/clear-topics.ts',
    find: 'const topicsAtOnce = 32;',
    replace: 'const topicsAtOnce = 2;',
  },
  {
    file: 'shared/engine/upkeep/retain-partition.ts',
    find: 'const runsPerDrop = 64;',
    replace: 'const runsPerDrop = 2;',
  },
  {
    file: 'shared/engine/upkeep/clear-items.ts',
    find: 'const itemsPerPage = 512;',
    replace: 'const itemsPerPage = 3;',
  },
  // Tombstones go while others are at work.
  {
    file: 'shared/log/compaction.ts',
    find: 'const unseenMillisMax = sweepGraceMillis + chunkCacheMillis;',
    replace: 'const unseenMillisMax = 10_000 + chunkCacheMillis;',
  },
  {
    file: 'shared/engine/look-up.ts',
    find: 'const chunksPerQuery = 16;',
    replace: 'const chunksPerQuery = 2;',
  },
  {
    file: 'shared/engine/find-refs.ts',
    find: 'const chunksPerQueryMax = 64;',
    replace: 'const chunksPerQueryMax = 3;',
  },
];

function limits(
  file: string,
  changes: Readonly<Record<string, readonly [from: string, to: string]>>,
): Patch[] {
  return Object.entries(changes).map(([name, [from, to]]) => ({
    file,
    find: `export const ${name} = ${from};`,
    replace: `export const ${name} = ${to};`,
  }));
}
