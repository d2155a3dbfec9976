// What all who take part in a soak share: the partitions and what is known of them, processes over
// the same stores, and what is counted.

import { type Call, createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import type { Chance } from '../../shared/engine/environment.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import { EngineError } from '../../shared/errors.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { requestMillisMax } from '../../shared/limits.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { seededChance } from '../world/seeded-chance.ts';
import type { Contents } from './contents.ts';
import { Dice } from './dice.ts';
import type { ModelPartition } from './model.ts';
import { slowly } from './slow-stores.ts';

export type Tally = ReturnType<typeof nothingCounted>;

export function nothingCounted() {
  return {
    /** To a partition each. */
    appends: 0,
    records: 0,
    transactions: 0,
    /** Shares of requests that were stored before. */
    repeats: 0,
    /** Appends whose writer was not told where they are. */
    placeless: 0,
    /** Others were in the way. */
    refusedWrites: 0,
    /** Objects that were swapped in, and chunks of them. */
    merges: 0,
    chunksMerged: 0,
    /** The same, of compactions. */
    compactions: 0,
    passes: 0,
    recordsLeftOut: 0,
    /** That raised a log start. */
    retentions: 0,
    deletions: 0,
    sweeps: 0,
    objectsDeleted: 0,
    /** Partitions to which all that was due was done. */
    lookedAfter: 0,
    /** Acts that had no time. */
    cutOff: 0,
    refusedUpkeep: 0,
    fetches: 0,
    recordsRead: 0,
    timesFound: 0,
    /** Fetches of what was below the log start by then. */
    overtaken: 0,
    /** Offsets of tombstones that a reader passed and that were left out. */
    tombstonesGone: 0,
    refusedReads: 0,
  };
}

/** Of those that see their caches filled and driven out by all that others do. */
const sharedProcesses = 3;

export class Setting {
  readonly seed: number;
  readonly contents: Contents;
  readonly tally: Tally = nothingCounted();
  readonly partitions: ModelPartition[] = [];
  readonly violations: string[] = [];
  readonly startedAt = hostClock.now();
  /** Whether everybody is to come to an end. */
  isOver = false;
  readonly #stores: Stores;
  readonly #chance: Chance;
  readonly #shared: readonly Engine[];

  constructor(seed: number, stores: Stores, contents: Contents) {
    this.seed = seed;
    this.contents = contents;
    this.#stores = stores;
    this.#chance = seededChance(seed);
    this.#shared = Array.from({ length: sharedProcesses }, () => this.newEngine());
  }

  /** A process of its own, that remembers nothing. */
  newEngine(stores = this.#stores): Engine {
    return createEngine({ ...stores, clock: hostClock, chance: this.#chance });
  }

  /** One of one's own, near or far, or one that others use too. */
  drawEngine(dice: Dice): Engine {
    if (dice.odds(0.4)) return dice.pick(this.#shared);
    return dice.odds(0.4) ? this.newEngine() : this.newEngine(slowly(this.#stores, dice));
  }

  readonly complain = (what: string): void => {
    const seconds = (hostClock.now() - this.startedAt) / 1_000;
    this.violations.push(`${seconds.toFixed(1)} s: ${what}`);
  };

  /** Somebody who does one thing after the other until the soak is over. What he throws is no
   * answer that any verb may give. */
  async repeat(who: string, part: number, act: (dice: Dice) => Promise<void>): Promise<void> {
    const dice = new Dice(this.seed * 1_000 + part);
    while (!this.isOver) {
      try {
        await act(dice);
      } catch (error) {
        this.complain(`${who}: ${saidOf(error)}`);
        await pause(dice, pauseAfterFaultMillisMax);
      }
    }
  }
}

const linesOfError = 4;
/** What is wrong is mostly wrong again at once. */
const pauseAfterFaultMillisMax = 500;

/** @param millis that it may take. */
export function callOf(engine: Engine, millis = requestMillisMax): Call {
  return openCall(engine, { deadline: (hostClock.now() + millis) as EpochMillis });
}

/** Nothing was done, and the same may succeed later: others were in the way.
 * @throws any other error. */
export function refusal(error: unknown): 'refused' {
  const isRefused =
    error instanceof EngineError && (error.code === 'THROTTLED' || error.code === 'UNAVAILABLE');
  if (isRefused) return 'refused';
  throw error;
}

/** For what is thrown that may not be. @param what was being done. */
export function during(what: string): (error: unknown) => never {
  return (error) => {
    throw new Error(what, { cause: error });
  };
}

/** With where it came from, in short. */
export function saidOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return `${error.message}: ${saidOf(error.cause)}`;
  return (error.stack ?? error.message).split('\n', linesOfError).join('\n');
}

export function pause(dice: Dice, millisMax: number): Promise<void> {
  return hostClock.sleep(dice.upTo(millisMax));
}
