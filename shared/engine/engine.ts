// One process's engine: the stores, time and chance it was handed, and what it remembers between
// requests. All of the memory is cache or work under way: a cold start misses nothing but warmth.

import { LRUCache } from 'lru-cache';
import type { ValveState } from '../delivery/valve.ts';
import { rewriteReadsInFlightMax } from '../housekeeping-limits.ts';
import type { EpochMillis, Incarnation } from '../ids.ts';
import {
  groupCacheEntriesMax,
  headCacheEntriesMax,
  headPollMillis,
  rangeCacheBytesMax,
  segmentBytesMax,
  topicCacheEntriesMax,
} from '../limits.ts';
import { noWakeUps, type WakeUps } from '../ports/wake-ups.ts';
import { counted, noOperations, type Operations, type Stores } from '../store/counted.ts';
import { newTally, type Tally } from '../told.ts';
import { valveCacheEntriesMax } from '../trigger-limits.ts';
import type { AclMemory } from './access/acls.ts';
import { apiKeyCacheEntriesMax, type KnownApiKey } from './access/authenticate.ts';
import { type AppendQueue, newAppendQueue } from './append-queue.ts';
import { Arrivals } from './arrivals.ts';
import { Background } from './background.ts';
import { ChunkCache } from './chunk-cache.ts';
import type { Chance, Clock } from './environment.ts';
import type { KnownTarget } from './group/known-targets.ts';
import type { KnownHead } from './heads.ts';
import type { StoredRange } from './ranges.ts';
import type { CachedTopic } from './topic-cache.ts';

export type EngineParts = Stores & {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Who delivers. @default nobody is told: noWakeUps */
  readonly wakeUps?: WakeUps;
  readonly settings?: Partial<EngineSettings>;
};

export type EngineSettings = {
  /** How often a waiting fetch looks at a head that other processes append to; undefined: there are
   * none, and every append is announced in this process. @default headPollMillis */
  readonly headPollMillis: number | undefined;
  /** So many bytes go on at once, and gather no others while a commit is under way: where a PUT has
   * no price, sharing one only saves work that many bytes outweigh. @default segmentBytesMax */
  readonly gatherBytes: number;
  /** Appends that a rewrite reads at once. @default rewriteReadsInFlightMax */
  readonly rewriteReadsInFlight: number;
  /** Whether this process alone delivers: a lease that another has is of one that has ended.
   * @default false */
  readonly deliversAlone: boolean;
};

export type Engine = Stores & {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly wakeUps: WakeUps;
  readonly settings: EngineSettings;
  /** Of all calls since the start. */
  readonly operations: Operations;
  readonly topics: LRUCache<string, CachedTopic>;
  readonly heads: LRUCache<string, KnownHead>;
  readonly chunks: ChunkCache;
  readonly ranges: LRUCache<string, StoredRange>;
  /** By group. */
  readonly targets: LRUCache<string, KnownTarget>;
  /** Who delivers in this process, for as long as its turn lasts. */
  readonly workers: Set<Incarnation>;
  /** As they were left, by name. */
  readonly valves: LRUCache<string, NonNullable<ValveState>>;
  readonly acls: AclMemory;
  /** By id. */
  readonly apiKeys: LRUCache<string, KnownApiKey>;
  readonly appends: AppendQueue;
  readonly arrivals: Arrivals;
  readonly background: Background;
};

/** One request: its stores count what it does, and nothing is begun for it after its deadline. */
export type Call = Stores & {
  readonly deadline: EpochMillis;
  readonly operations: Operations;
  /** What else it does, for whoever tells of it at its end. */
  readonly tally: Tally;
};

export function createEngine({ objects, table, clock, chance, ...parts }: EngineParts): Engine {
  const operations = noOperations();
  return {
    ...counted({ objects, table }, operations),
    clock,
    chance,
    wakeUps: parts.wakeUps ?? noWakeUps,
    settings: {
      headPollMillis,
      gatherBytes: segmentBytesMax,
      rewriteReadsInFlight: rewriteReadsInFlightMax,
      deliversAlone: false,
      ...parts.settings,
    },
    operations,
    topics: new LRUCache({ max: topicCacheEntriesMax }),
    heads: new LRUCache({ max: headCacheEntriesMax }),
    chunks: new ChunkCache(clock),
    ranges: new LRUCache({
      maxSize: rangeCacheBytesMax,
      sizeCalculation: (range) => range.cost,
    }),
    targets: new LRUCache({ max: groupCacheEntriesMax }),
    workers: new Set(),
    valves: new LRUCache({ max: valveCacheEntriesMax }),
    acls: {},
    apiKeys: new LRUCache({ max: apiKeyCacheEntriesMax }),
    appends: newAppendQueue(),
    arrivals: new Arrivals(),
    background: new Background(),
  };
}

export function openCall(engine: Engine, { deadline }: { readonly deadline: EpochMillis }): Call {
  const operations = noOperations();
  return { ...counted(engine, operations), deadline, operations, tally: newTally() };
}
