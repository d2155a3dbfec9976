// A partition of keyed records, and all that was ever written to it: what compaction may leave out
// of it is judged against that.

import { expect } from 'vitest';
import { type Call, type Engine, openCall } from '../../../shared/engine/engine.ts';
import { fetchRecords } from '../../../shared/engine/fetch.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import {
  type Compacted,
  type CompactionOptions,
  compactPartition,
} from '../../../shared/engine/upkeep/compact-partition.ts';
import { findRewrites } from '../../../shared/engine/upkeep/rewrites.ts';
import { sweepGraceMillis } from '../../../shared/housekeeping-limits.ts';
import type { EpochMillis, PartitionId } from '../../../shared/ids.ts';
import { chunkCacheMillis, refsPerChunk } from '../../../shared/limits.ts';
import type { Compaction } from '../../../shared/log/compaction.ts';
import type { World } from '../../world/world.ts';

export type Written = {
  readonly offset: number;
  readonly key: string | null;
  /** null: a tombstone. */
  readonly value: string | null;
  readonly timestamp: number;
};

export const hour = 60 * 60 * 1000;
const retention = 24 * hour;
/** After this a tombstone that was kept once may go. */
export const tombstoneMillis = retention + sweepGraceMillis + chunkCacheMillis;

/** Of a process that has a year. */
export function longCall(engine: Engine): Call {
  const deadline = (engine.clock.now() + 365 * 24 * hour) as EpochMillis;
  return openCall(engine, { deadline });
}

export const asKafka: CompactionOptions = {
  compression: 'zstd',
  lagMillisMin: 0,
  deleteRetentionMillis: retention,
  dirtyRatioMin: 0.5,
};

/** So many appends as fill chunks, of keys in turn. */
export function rounds(chunks: number, keys: readonly string[], name = 'v'): readonly string[] {
  return Array.from({ length: chunks * refsPerChunk }, (_, index) => {
    return `${keys[index % keys.length]}=${name}${index}`;
  });
}

export class KeyedLog {
  readonly written: Written[] = [];
  readonly id: PartitionId;
  readonly #world: World;
  readonly #engine: Engine;

  constructor(world: World, id: PartitionId) {
    this.#world = world;
    this.id = id;
    this.#engine = world.newEngine();
  }

  static async create(world: World): Promise<KeyedLog> {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    return new KeyedLog(world, { topicId, partition: 0 });
  }

  /** Appended together. @param entries 'k=v', or 'k' for a tombstone. */
  put(...entries: readonly string[]): Promise<void> {
    return this.#append(
      entries.map((entry) => {
        const [key = '', value = null] = entry.split('=');
        return { key, value };
      }),
    );
  }

  putKeyless(...values: readonly (string | null)[]): Promise<void> {
    return this.#append(values.map((value) => ({ key: null, value })));
  }

  async #append(all: readonly Pick<Written, 'key' | 'value'>[]): Promise<void> {
    const timestamp = this.#world.time.now();
    const bytesOf = (text: string | null) => (text === null ? null : Buffer.from(text));
    const records = all.map(({ key, value }) => {
      const content = { key: bytesOf(key), value: bytesOf(value), headers: [] };
      return { ...content, timestamp, partition: 0 };
    });
    const call = this.#world.call(this.#engine);
    const appended = await produceRecords(this.#engine, call, { topic: 'orders', records });
    for (const [at, entry] of appended.entries()) {
      if ('error' in entry) throw entry.error;
      this.written.push({ ...(all[at] as (typeof all)[number]), timestamp, offset: entry.offset });
    }
    await this.#engine.background.idle();
  }

  /** One append each. */
  async putEach(entries: readonly string[]): Promise<void> {
    for (const entry of entries) await this.put(entry);
  }

  /** With all the time it wants. @param engine a process of its own, if absent. */
  compact(
    options: Partial<CompactionOptions> = {},
    engine = this.#world.newEngine(),
  ): Promise<Compacted> {
    const call = longCall(engine);
    return compactPartition(engine, call, this.id, { ...asKafka, ...options });
  }

  async compaction(): Promise<Compaction | undefined> {
    const engine = this.#world.newEngine();
    return (await findRewrites(engine, longCall(engine), this.id))?.compaction;
  }

  /** All there is, as a new process reads it once all replicas have it. Each record is checked to
   * be what was written there. */
  async read(logStart = 0): Promise<readonly Written[]> {
    await this.#world.time.sleep(2_000);
    const reader = new Reader(this.#world, { position: logStart });
    while (!(await reader.goOn()));
    for (const record of reader.seen) expect(record).toEqual(this.written[record.offset]);
    expect(reader.position).toBe(this.written.length);
    return reader.seen;
  }

  /** Every key is as it was left, and nothing that was deleted is there again. */
  async check(logStart = 0): Promise<void> {
    const written = this.written.slice(logStart);
    expect(stateOf(await this.read(logStart))).toEqual(stateOf(written));
  }

  /** What a new process reads, in short: 'k=v@offset'. */
  async texts(): Promise<readonly string[]> {
    return (await this.read()).map(textOf);
  }
}

/** Where the last record of each key is, of those that are not deleted. */
export function stateOf(records: readonly Written[]): ReadonlyMap<string | null, number> {
  const state = new Map<string | null, number>();
  for (const { key, value, offset } of records) {
    if (value === null) state.delete(key);
    else state.set(key, offset);
  }
  return state;
}

export function textOf({ offset, key, value }: Written): string {
  return value === null ? `${key}@${offset}` : `${key}=${value}@${offset}`;
}

/** Reads on to the end, a little at a time. */
export class Reader {
  readonly seen: Written[] = [];
  readonly startedAt: number;
  position: number;
  readonly #engine: Engine;

  constructor(world: World, { engine = world.newEngine(), position = 0 } = {}) {
    this.position = position;
    this.#engine = engine;
    this.startedAt = world.time.now();
  }

  /** @returns whether it is at the end. */
  async goOn(maxBytes = 1_000_000): Promise<boolean> {
    const request = { topic: 'orders', partition: 0, offset: this.position, maxBytes };
    const fetched = await fetchRecords(this.#engine, longCall(this.#engine), {
      ...request,
      waitMillis: 0,
    });
    for (const { offset, key, value, timestamp } of fetched.records) {
      const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();
      this.seen.push({ offset, timestamp, key: text(key), value: text(value) });
    }
    this.position = fetched.nextOffset;
    return this.position === fetched.highWatermark;
  }
}
