// Everyone falls asleep between any two steps: two who compact, one who merges, one who raises the
// log start, one who sweeps without any grace, and those who read, while keys come and go.

import { expect, test } from 'vitest';
import { deleteRecords } from '../../../shared/engine/delete-records.ts';
import { type Engine, openCall } from '../../../shared/engine/engine.ts';
import { compactPartition } from '../../../shared/engine/upkeep/compact-partition.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import { EngineError } from '../../../shared/errors.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { readHead } from '../../../shared/log/head.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import { headKey } from '../../../shared/store/items.ts';
import { drowsyEngine } from '../../world/drowsy-engine.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { inWorld, type World } from '../../world/world.ts';
import { orphans, sweep } from './household.ts';
import { asKafka, hour, KeyedLog, longCall, Reader, stateOf } from './keyed-log.ts';

const worlds = Number(process.env['SLUICE_DROWSY_WORLDS'] ?? 6);
const minute = 60_000;
const options = { ...asKafka, deleteRetentionMillis: 3 * hour, keysMax: 5, chunksMax: 2 };

class Home {
  isOver = false;
  logStart = 0;
  readonly world: World;
  readonly log: KeyedLog;
  readonly #chance;
  #engines = 0;

  constructor(world: World, log: KeyedLog, seed: number) {
    this.world = world;
    this.log = log;
    this.#chance = seededChance(seed);
  }

  sleeper(): Engine {
    const seed = Math.floor(this.#chance.fraction() * 1e9) + this.#engines++;
    return drowsyEngine(this.world, { seed, odds: 0.1, napMillisMax: 6 * minute });
  }

  draw(below: number): number {
    return Math.floor(this.#chance.fraction() * below);
  }

  async append(): Promise<void> {
    for (let number = 0; number < 150; number++) {
      const key = `k${this.draw(8)}`;
      await this.log.put(this.draw(3) === 0 ? key : `${key}=${number}`);
      await this.world.time.sleep(this.draw(20 * minute));
    }
    this.isOver = true;
  }

  /** Again and again, by a process of its own. */
  async housekeep(work: (engine: Engine) => Promise<unknown>): Promise<void> {
    for (let engine = this.sleeper(); !this.isOver; engine = this.sleeper()) {
      await this.world.time.sleep(this.draw(hour));
      await work(engine).catch((error: unknown) => {
        if (!(error instanceof EngineError)) throw error;
        expect(error.outcome).not.toBe('definite');
      });
    }
  }

  compact(dirtyRatioMin: number) {
    return this.housekeep((engine) => {
      const deadline = (engine.clock.now() + 15 * minute) as EpochMillis;
      const call = openCall(engine, { deadline });
      return compactPartition(engine, call, this.log.id, { ...options, dirtyRatioMin });
    });
  }

  raise() {
    return this.housekeep(async (engine) => {
      if (this.draw(4) > 0) return;
      const before = this.draw(this.log.written.length - 20);
      const place = { topic: 'orders', partition: 0 };
      this.logStart = Math.max(this.logStart, before);
      await deleteRecords(engine, longCall(engine), { ...place, before });
      const bounds = { millis: undefined, bytes: undefined };
      await retainPartition(engine, longCall(engine), this.log.id, bounds);
    });
  }

  async read(): Promise<void> {
    while (!this.isOver) {
      const { logStart } = this;
      const reader = new Reader(this.world, { engine: this.sleeper(), position: logStart });
      while (!(await reader.goOn(300).catch(outOfRange)));
      const isSlow = this.world.time.now() - reader.startedAt > options.deleteRetentionMillis;
      if (isSlow || this.logStart !== logStart) continue;
      const written = this.log.written.slice(logStart, reader.position);
      expect(stateOf(reader.seen)).toEqual(stateOf(written));
      await this.world.time.sleep(20 * minute);
    }
  }
}

/** Its reader was overtaken, and begins again. */
function outOfRange(error: unknown): true {
  expect(error).toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
  return true;
}

test.each(Array.from({ length: worlds }, (_, seed) => seed))('world %i', (seed) =>
  inWorld(seed, async (world) => {
    const log = await KeyedLog.create(world);
    const home = new Home(world, log, seed);
    const raises = seed % 3 === 0 ? [home.raise()] : [];
    await Promise.all([
      home.append(),
      home.compact(0),
      home.compact(0.5),
      home.housekeep((engine) => mergePartition(engine, longCall(engine), log.id, 'zstd')),
      home.housekeep((engine) => sweep(world, engine)),
      ...raises,
      home.read(),
      home.read(),
    ]);
    await log.check(home.logStart);
    for (let round = 0; round < 3; round++) {
      await world.time.sleep(10 * hour);
      await log.compact({ ...options, dirtyRatioMin: 0, keysMax: 100 });
      await log.check(home.logStart);
    }
    await sweep(world);
    expect(await orphans(world, [log.id])).toEqual([]);
    await log.check(home.logStart);
    const { tailBase } = readHead(world.account.stored.peek(headKey(log.id)) as Item);
    const rolled = (await log.read(home.logStart)).filter(({ offset }) => offset < tailBase);
    expect(rolled.filter(({ value }) => value === null)).toEqual([]);
  }),
);
