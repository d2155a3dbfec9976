// Housekeeping within one process: what the stream and the schedules do in an account.
// Rolls are seen as they are written, and their partitions looked after a little later.
//
// - One thing at a time: appends and fetches have the rest of the machine. And no object is swept
//   that is just being written.
// - Nothing of it outlives the process; a survey at its start finds what was left.
// - Its end cuts off what is under way, at the next call to a store: the next process goes on.

import { assert } from '../shared/assert.ts';
import { rolledChunk } from '../shared/contract.ts';
import { type Call, type Engine, openCall } from '../shared/engine/engine.ts';
import type { Clock } from '../shared/engine/environment.ts';
import { tellRun } from '../shared/engine/tell-run.ts';
import { collect, whatStays } from '../shared/engine/upkeep/collect.ts';
import {
  type DuePartition,
  partitionsOfAll,
  upkeepPartitions,
} from '../shared/engine/upkeep/upkeep-partitions.ts';
import { withinTime } from '../shared/engine/upkeep/within-time.ts';
import { EngineError } from '../shared/errors.ts';
import {
  collectIntervalMillis,
  housekeepingMillisMax,
  rollsGatherMillis,
  sweepGraceMillis,
  upkeepIntervalMillis,
} from '../shared/housekeeping-limits.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { requestMillisMax } from '../shared/limits.ts';
import type { OperationName } from '../shared/metric-names.ts';
import type { Stores } from '../shared/store/counted.ts';
import { partitionOfPk, partitionPk } from '../shared/store/items.ts';
import type { Told } from '../shared/told.ts';
import { Pauses } from './pauses.ts';
import type { See } from './watched-table.ts';

export type Pace = {
  /** Between a roll and what is done about it: many rolls of a partition are one merge. */
  readonly gatherMillis: number;
  readonly surveyMillis: number;
  readonly collectMillis: number;
  /** Between the start and the first: a process may never live as long as from one to the next. */
  readonly firstCollectMillis: number;
  /** Objects that are younger are not swept. */
  readonly graceMillis: number;
};

const minute = 60_000;

/** Where stores are this process's alone, what it does costs nothing but its work, and whatever is
 * on its way into the index is one of its own requests. */
export const pacesAlone: Pace = {
  gatherMillis: 10_000,
  surveyMillis: 5 * minute,
  collectMillis: 60 * minute,
  firstCollectMillis: 5 * minute,
  graceMillis: 5 * minute,
};

/** Where others use them too, and each call has a price: as in an account. */
export const pacesAmongOthers: Pace = {
  gatherMillis: rollsGatherMillis,
  surveyMillis: upkeepIntervalMillis,
  collectMillis: collectIntervalMillis,
  firstCollectMillis: upkeepIntervalMillis,
  graceMillis: sweepGraceMillis,
};

assert(
  pacesAlone.graceMillis > 2 * requestMillisMax,
  'no append is swept on its way into the index',
);

export type HousekeepingParts = {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly onFault: (error: unknown) => void;
  /** Told of each run. */
  readonly tell: (told: Told) => void;
};

export class Housekeeping {
  readonly #parts: HousekeepingParts;
  readonly #pauses: Pauses;
  /** Partitions that wait to be looked after. */
  readonly #waiting = new Map<string, DuePartition>();
  #engine: Engine | undefined;
  #looking: Promise<void> | undefined;
  #clocks: Promise<unknown> | undefined;
  /** The last of what is done one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
    this.#pauses = new Pauses(parts.clock);
  }

  /** Of the table (watched-table.ts): the chunks that rolls put. Rewrites put theirs in
   * transactions. */
  readonly see: See = (_, item) => {
    if (!item?.sk.startsWith(rolledChunk.sortKeyPrefix)) return;
    const id = partitionOfPk(item.pk);
    if (id !== undefined) this.#add({ id, byClock: false });
  };

  /** @param engine over the watched table. */
  start(engine: Engine): void {
    const { surveyMillis, collectMillis, firstCollectMillis, graceMillis } = this.#parts.pace;
    this.#engine = engine;
    const survey = upkeep(async (call) => {
      for (const id of await partitionsOfAll(engine, call)) this.#add({ id, byClock: true });
    });
    // What it has no time for is for the next run.
    const work = async (call: Call) => {
      const { swept } = await collect(engine, call, { graceMillis });
      const stays = whatStays(swept);
      if (stays !== undefined) this.#parts.onFault(stays);
    };
    const clear: Work = { operation: 'collect', work };
    this.#clocks = Promise.all([
      this.#every(surveyMillis, engine, survey),
      this.#pauses.pause(firstCollectMillis).then(() => {
        return this.#every(collectMillis, engine, clear);
      }),
    ]);
    this.#look();
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#engine = undefined;
    this.#pauses.end();
    await Promise.all([this.#looking, this.#clocks]);
  }

  #add({ id, byClock }: DuePartition): void {
    const key = partitionPk(id);
    this.#waiting.set(key, { id, byClock: byClock || this.#waiting.get(key)?.byClock === true });
    this.#look();
  }

  #look(): void {
    if (this.#waiting.size === 0 || this.#engine === undefined) return;
    this.#looking ??= this.#lookAfterAll(this.#engine);
  }

  /** What comes meanwhile is for the next time. */
  async #lookAfterAll(engine: Engine): Promise<void> {
    await this.#pauses.pause(this.#parts.pace.gatherMillis);
    const partitions = [...this.#waiting.values()];
    this.#waiting.clear();
    await this.#inTurn(
      engine,
      upkeep((call) => upkeepPartitions(engine, call, partitions)),
    );
    this.#looking = undefined;
    this.#look();
  }

  async #every(millis: number, engine: Engine, work: Work): Promise<void> {
    while (!this.#pauses.ended) {
      await this.#inTurn(engine, work);
      await this.#pauses.pause(millis);
    }
  }

  #inTurn(engine: Engine, work: Work): Promise<void> {
    this.#last = this.#last.then(() => this.#do(engine, work));
    return this.#last;
  }

  /** The next survey finds what the stores made fail. What is damaged somebody has to know. */
  async #do(engine: Engine, { operation, work }: Work): Promise<void> {
    if (this.#pauses.ended) return;
    const call = this.#call(engine);
    await tellRun(engine, call, { operation, tell: this.#parts.tell }, () => {
      return withinTime(engine, call, () => work(call));
    }).catch((error) => {
      const isOurs = error instanceof EngineError && error.outcome !== 'definite';
      if (!isOurs) this.#parts.onFault(error);
    });
  }

  /** Its time is over once the process is about to end. */
  #call(engine: Engine): Call {
    const pauses = this.#pauses;
    const end = this.#parts.clock.now() + housekeepingMillisMax;
    const call = openCall(engine, { deadline: end as EpochMillis });
    return {
      ...yielding(call, this.#parts.clock),
      operations: call.operations,
      tally: call.tally,
      get deadline() {
        return (pauses.ended ? 0 : end) as EpochMillis;
      },
    };
  }
}

type Work = {
  readonly operation: OperationName;
  readonly work: (call: Call) => Promise<unknown>;
};

function upkeep(work: Work['work']): Work {
  return { operation: 'upkeep', work };
}

/** Stores on this machine may answer at once, and a thousand reads in a row would keep every
 * request waiting: before each of them, who waits has his turn. */
function yielding({ table, objects }: Stores, clock: Clock): Stores {
  const afterOthers = async <Answer>(read: () => Promise<Answer>) => {
    await clock.turn();
    return read();
  };
  return {
    table: {
      get: (key, read) => afterOthers(() => table.get(key, read)),
      query: (range) => afterOthers(() => table.query(range)),
      write: (write) => table.write(write),
      transact: (writes) => table.transact(writes),
    },
    objects: {
      put: (object) => objects.put(object),
      read: (range) => afterOthers(() => objects.read(range)),
      delete: (keys) => objects.delete(keys),
      list: (page) => afterOthers(() => objects.list(page)),
    },
  };
}
