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
    // The caches' memory is laid out when they are made, and every process makes its own.
    headCacheEntriesMax: ['10_000', '20'],
    topicCacheEntriesMax: ['10_000', '20'],
    groupCacheEntriesMax: ['1_000', '20'],
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
