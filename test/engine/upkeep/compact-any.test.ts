// Any history of a compacted partition: keys are written and deleted, chunks are rolled, merged and
// compacted, by runs that end anywhere, and readers go through it meanwhile as slowly as they like.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCall } from '../../../shared/engine/engine.ts';
import { compactPartition } from '../../../shared/engine/upkeep/compact-partition.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { EngineError } from '../../../shared/errors.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { inWorld, type World } from '../../world/world.ts';
import { asKafka, hour, KeyedLog, longCall, Reader, stateOf } from './keyed-log.ts';

const minute = 60_000;

const anySettings = fc.record({
  lagMillisMin: fc.constantFrom(0, 0, hour),
  deleteRetentionMillis: fc.constantFrom(4 * hour, 24 * hour),
  dirtyRatioMin: fc.constantFrom(0, 0.5),
  keysMax: fc.constantFrom(3, 100, 100),
  chunksMax: fc.constantFrom(1, 3, 100),
});

const anyEntry = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 2 }))
  .map(([key, value]) => (value === 0 ? `k${key}` : `k${key}=${value}`));

/** An hour is the least between two passes of a little. */
const anyRun = fc.record({
  sleepMillis: fc.constantFrom(0, hour, hour),
  runMillis: fc.constantFrom(400, 1_500, hour, hour),
});

const anyDeed = fc.oneof(
  { weight: 5, arbitrary: fc.array(anyEntry, { minLength: 8, maxLength: 24, size: 'max' }) },
  { weight: 2, arbitrary: fc.constantFrom(minute, 20 * minute, 13 * hour, 26 * hour) },
  { weight: 1, arbitrary: fc.constant('merge' as const) },
  { weight: 5, arbitrary: anyRun },
  { weight: 1, arbitrary: fc.record({ begins: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ bytes: fc.integer({ min: 1, max: 300 }) }) },
);

type Run = typeof anyRun extends fc.Arbitrary<infer Of> ? Of : never;
type Settings = typeof anySettings extends fc.Arbitrary<infer Of> ? Of : never;
type Deed = typeof anyDeed extends fc.Arbitrary<infer Of> ? Of : never;

class History {
  readonly #world: World;
  readonly #log: KeyedLog;
  readonly #settings: Settings;
  /** A process that reads all the time: what it knows may be old. */
  readonly #warm;
  #readers: Reader[] = [];
  /** By offset: when the first run began that has gone past it. */
  readonly #cleanedFrom: number[] = [];

  constructor(world: World, log: KeyedLog, settings: Settings) {
    this.#world = world;
    this.#log = log;
    this.#settings = settings;
    this.#warm = world.newEngine();
  }

  async do(deed: Deed): Promise<void> {
    if (typeof deed === 'number') await this.#world.time.sleep(deed);
    else if (deed === 'merge') await this.#merge();
    else if ('runMillis' in deed) await this.#compact(deed);
    else if ('begins' in deed) this.#begin(deed.begins);
    else if ('bytes' in deed) await this.#read(deed.bytes);
    else await this.#log.putEach(deed);
  }

  async #merge(): Promise<void> {
    const engine = this.#world.newEngine();
    await mergePartition(engine, longCall(engine), this.#log.id, 'zstd');
  }

  async #compact({ sleepMillis, runMillis }: Run) {
    await this.#world.time.sleep(sleepMillis);
    const engine = this.#world.newEngine();
    const startedAt = engine.clock.now();
    const deadline = (startedAt + runMillis) as EpochMillis;
    const options = { ...asKafka, ...this.#settings };
    await compactPartition(engine, openCall(engine, { deadline }), this.#log.id, options).catch(
      (error: unknown) => {
        if (!(error instanceof EngineError)) throw error;
        expect(error.outcome).toBe('retriable');
      },
    );
    await this.#checkAt(startedAt);
  }

  async #checkAt(startedAt: number): Promise<void> {
    const { cleanedTo = 0, pass } = (await this.#log.compaction()) ?? {};
    const done = Math.max(cleanedTo, Math.min(pass?.at ?? 0, pass?.to ?? 0));
    for (let offset = 0; offset < done; offset++) this.#cleanedFrom[offset] ??= startedAt;
    const read = await this.#log.read();
    const { written } = this.#log;
    expect(stateOf(read)).toEqual(stateOf(written));
    const there = new Set(read.map(({ offset }) => offset));
    const { lagMillisMin, deleteRetentionMillis } = this.#settings;
    const keys = new Set<string | null>();
    for (const { offset, key, value, timestamp } of written.toReversed()) {
      const isLast = !keys.has(key);
      keys.add(key);
      if (there.has(offset)) continue;
      // Only what is old is gone, and of a key's last records tombstones that had their time.
      expect(timestamp).toBeLessThanOrEqual(this.#world.time.now() - lagMillisMin);
      if (!isLast) continue;
      expect(value).toBeNull();
      const cleanedFrom = this.#cleanedFrom[offset] ?? Number.POSITIVE_INFINITY;
      expect(this.#world.time.now() - cleanedFrom).toBeGreaterThan(deleteRetentionMillis);
    }
    const cleaned = read.filter(({ offset }) => offset < cleanedTo).map(({ key }) => key);
    expect(new Set(cleaned).size).toBe(cleaned.length);
  }

  #begin(isCold: boolean): void {
    this.#readers.push(new Reader(this.#world, isCold ? {} : { engine: this.#warm }));
  }

  /** Who was not longer at it than a tombstone stays knows how every key was left. */
  async #read(bytes: number): Promise<void> {
    const goingOn: Reader[] = [];
    for (const reader of this.#readers) {
      if (!(await reader.goOn(bytes))) {
        goingOn.push(reader);
        continue;
      }
      const millis = this.#world.time.now() - reader.startedAt;
      if (millis > this.#settings.deleteRetentionMillis) continue;
      const written = this.#log.written.slice(0, reader.position);
      expect(stateOf(reader.seen)).toEqual(stateOf(written));
    }
    this.#readers = goingOn;
  }
}

test('a key is always as it was left, and what is deleted does not come back', async () => {
  const histories = fc.tuple(
    fc.nat(),
    anySettings,
    fc.array(anyDeed, { minLength: 8, maxLength: 30, size: 'max' }),
  );
  await fc.assert(
    fc.asyncProperty(histories, ([seed, settings, deeds]) =>
      inWorld(seed, async (world) => {
        const log = await KeyedLog.create(world);
        const history = new History(world, log, settings);
        for (const deed of deeds) await history.do(deed);
        for (const _ of [1, 2, 3]) {
          await history.do({ sleepMillis: 30 * hour, runMillis: hour });
        }
      }),
    ),
    { numRuns: Number(process.env['SLUICE_COMPACTED_HISTORIES'] ?? 60) },
  );
}, 120_000);
