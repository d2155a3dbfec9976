// What keeps an engine small and fast to read, however long it lives:
//
//     table's stream ── rolls ──> partitions ── upkeep ──> removes what is too old or superseded,
//                                     ^                    and merges what is small
//     every hour ──── survey ─────────┘
//
//     every six hours ── collect ──> clears away what deleted topics and rewrites have left behind
//
// Nothing waits for any of it, and nothing it does is in the way of appends and fetches. All of it
// may be ended at any time, run twice at once, or be off for days: the next run goes on.

import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { EngineFunction } from './engine-function.ts';
import type { EngineParts } from './engine-parts.ts';
import { FunctionSchedule } from './function-schedule.ts';
import { HousekeepingAlarms } from './housekeeping-alarms.ts';
import { UpkeepQueue } from './upkeep-queue.ts';

/** A few hundred messages. */
const rollsTimeout = Duration.seconds(30);
/** Some merges: what is left over is for the next run. */
const upkeepTimeout = Duration.minutes(10);
/** MB. What a merge reads, what it becomes and what is put, each of 64 MiB at most, and more than a
 * whole CPU for what compresses it. */
const upkeepMemorySize = 2_048;
/** Messages for all partitions. */
const surveyTimeout = Duration.minutes(5);
/** As long as Lambda lets it: it looks at every object that is old enough. */
const collectTimeout = Duration.minutes(15);

export class Housekeeping extends Construct {
  /** They tell nobody until they are given actions. */
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, { table, segments, settings }: EngineParts) {
    super(scope, id);
    const queue = new UpkeepQueue(this, 'Partitions', { workerTimeout: upkeepTimeout });

    const rolls = new EngineFunction(this, { ...settings, name: 'rolls', timeout: rollsTimeout });
    const untold = new DeadLetterQueue(this, 'UntoldRolls');
    table.announceRollsTo(rolls, untold);
    queue.grantSend(rolls);

    const upkeep = new EngineFunction(this, {
      ...settings,
      name: 'upkeep',
      memorySize: upkeepMemorySize,
      timeout: upkeepTimeout,
    });
    segments.grantGet(upkeep);
    segments.grantPut(upkeep);
    table.grantUpkeep(upkeep);
    queue.work(upkeep, settings.housekeepingConcurrency);

    const survey = new EngineFunction(this, {
      ...settings,
      name: 'survey',
      timeout: surveyTimeout,
    });
    table.grantSurvey(survey);
    queue.grantSend(survey);
    new FunctionSchedule(this, 'SurveySchedule', {
      starts: survey,
      every: Duration.hours(1),
      description: 'has every partition looked after',
    });

    const collect = new EngineFunction(this, {
      ...settings,
      name: 'collect',
      timeout: collectTimeout,
    });
    segments.grantGet(collect);
    segments.grantDelete(collect);
    table.grantCollect(collect);
    new FunctionSchedule(this, 'CollectSchedule', {
      starts: collect,
      every: Duration.hours(6),
      description: 'clears away what nobody can reach any more',
    });

    const functions = { rolls, upkeep, survey, collect };
    const { alarms } = new HousekeepingAlarms(this, 'Alarms', { functions, queue, untold });
    this.alarms = alarms;
  }
}
