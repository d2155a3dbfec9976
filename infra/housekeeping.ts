// What keeps an engine small and fast to read, however long it lives:
//
//     table's stream ── the partitions that were rolled ──> upkeep ── removes what is too old or
//     every hour ────── all partitions ───────────────────>           superseded, and merges what
//                                                                     is small
//     every three hours ──────────────────────────────────> collect ── clears away what deleted
//                                                            topics and rewrites have left behind
//
// Nothing waits for any of it, and nothing it does is in the way of appends and fetches. All of it
// may be ended at any time, run twice at once, or be off for days: the next run goes on.

import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  collectIntervalMillis,
  housekeepingMillisMax,
  upkeepIntervalMillis,
} from '../shared/housekeeping-limits.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { EngineFunction } from './engine-function.ts';
import type { EngineParts } from './engine-parts.ts';
import { FunctionSchedule } from './function-schedule.ts';

/** As long as Lambda lets them: what is left over is for the next run. */
const timeout = Duration.millis(housekeepingMillisMax);
/** MB. What a merge reads, what it becomes and what is put, each of 64 MiB at most, and more than a
 * whole CPU for what compresses it. */
const upkeepMemorySize = 2_048;
/** MB. Half a million objects as S3 lists them, 16 pages of an index and 200 footers are some 300;
 * but it reads thousands of those a second, which take a whole CPU. */
const collectMemorySize = 2_048;

export class Housekeeping extends Construct {
  readonly upkeep: EngineFunction;
  readonly collect: EngineFunction;
  /** The rolls that the stream could not tell. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, { table, segments, settings }: EngineParts) {
    super(scope, id);
    const upkeep = new EngineFunction(this, {
      ...settings,
      name: 'upkeep',
      memorySize: upkeepMemorySize,
      timeout,
    });
    segments.grantGet(upkeep);
    segments.grantPut(upkeep);
    table.grant(upkeep, 'upkeep');
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const concurrency = settings.housekeepingConcurrency;
    table.announceRollsTo(upkeep, { deadLetters, concurrency });
    new FunctionSchedule(this, 'UpkeepSchedule', {
      starts: upkeep,
      every: Duration.millis(upkeepIntervalMillis),
      description: 'looks after every partition',
    });

    const collect = new EngineFunction(this, {
      ...settings,
      name: 'collect',
      memorySize: collectMemorySize,
      timeout,
    });
    segments.grantGet(collect);
    segments.grantDelete(collect);
    table.grant(collect, 'collect');
    new FunctionSchedule(this, 'CollectSchedule', {
      starts: collect,
      every: Duration.millis(collectIntervalMillis),
      description: 'clears away what nobody can reach any more',
    });

    this.upkeep = upkeep;
    this.collect = collect;
    this.deadLetters = deadLetters;
  }
}
