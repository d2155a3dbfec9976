// When somebody should look at housekeeping. None of it is urgent: records are appended and read as
// before, and what was not done is done later; but storage grows, and old parts of a log are read
// more slowly. Each alarm says what it means and what to do.

import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { EngineFunction } from './engine-function.ts';
import type { UpkeepQueue } from './upkeep-queue.ts';

/** By function: what is the matter while it fails. */
const untilThen = {
  rolls: 'partitions are looked after once an hour, by the survey.',
  upkeep:
    'some partitions are not merged, and keep what is too old. An error of the code DAMAGED ' +
    'says what cannot be read: it stays as it is until somebody repairs it.',
  survey: 'partitions that nobody appends to are not looked after, and keep what is too old.',
  collect:
    'objects that nothing names, and what deleted topics have left, are stored and paid for.',
} as const;

type Housekeeper = keyof typeof untilThen;
const housekeepers = Object.keys(untilThen) as readonly Housekeeper[];

export interface HousekeepingAlarmsProps {
  readonly functions: Readonly<Record<Housekeeper, EngineFunction>>;
  readonly queue: UpkeepQueue;
  /** What could not be told of rolls. */
  readonly untold: DeadLetterQueue;
}

/** A try or two that fail are made again; three in an hour have a reason. */
const errorsInAnHour = 3;
/** Every partition is named once an hour: from then on there are more than are looked after. */
const queueAge = Duration.hours(3);
/** The stream keeps a day. */
const streamAge = Duration.hours(1);

const maximum = { statistic: Stats.MAXIMUM, period: Duration.minutes(5) };
const sumOfAnHour = { statistic: Stats.SUM, period: Duration.hours(1) };

export class HousekeepingAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: HousekeepingAlarmsProps) {
    super(scope, id);
    this.alarms = [...this.#ofQueues(props), ...this.#ofErrors(props)];
  }

  #ofQueues({ queue, untold, functions: { rolls } }: HousekeepingAlarmsProps): readonly Alarm[] {
    return [
      this.#alarm('PartitionsGivenUp', {
        metric: queue.deadLetters.queue.metricApproximateNumberOfMessagesVisible(maximum),
        threshold: 1,
        description:
          'partitions could not be looked after in five tries. They are appended to and read as ' +
          'before, but are not merged, and keep what is too old. The log of the upkeep function ' +
          'says why. Once that is mended, redrive or purge the dead-letter queue of partitions: ' +
          'the survey names them again every hour.',
      }),
      this.#alarm('RollsUntold', {
        metric: untold.queue.metricApproximateNumberOfMessagesVisible(maximum),
        threshold: 1,
        description:
          'rolls in the table could not be told on to those who look after partitions. The log ' +
          'of the rolls function says why. Nothing is lost, since the survey names every ' +
          'partition within the hour: purge the queue of untold rolls once that is mended.',
      }),
      this.#alarm('PartitionsWait', {
        metric: queue.queue.metricApproximateAgeOfOldestMessage(maximum),
        threshold: queueAge.toSeconds(),
        periods: 3,
        description:
          'a partition waits for hours to be looked after. Either there are more than can be at ' +
          'once, and housekeepingConcurrency is to be raised, or one fails again and again, and ' +
          'the log of the upkeep function says why.',
      }),
      this.#alarm('StreamBehind', {
        metric: rolls.function.metric('IteratorAge', maximum),
        threshold: streamAge.toMilliseconds(),
        periods: 3,
        description:
          'the rolls function is an hour behind the stream of the table, which keeps a day. Look ' +
          'at its log and its throttles: what it fails on, or what takes the concurrency of the ' +
          'account. The survey does its work meanwhile, once an hour.',
      }),
    ];
  }

  #ofErrors({ functions }: HousekeepingAlarmsProps): readonly Alarm[] {
    return housekeepers.map((name) => {
      const of = functions[name];
      return this.#alarm(`${of.node.id}Fails`, {
        metric: of.function.metricErrors(sumOfAnHour),
        threshold: errorsInAnHour,
        description:
          `the ${name} function has failed three times in an hour: its log says why. Its next ` +
          `run that succeeds does what was not done; until then ${untilThen[name]}`,
      });
    });
  }

  #alarm(id: string, { metric, threshold, periods = 1, description }: AlarmParts): Alarm {
    return new Alarm(this, id, {
      alarmDescription: `Sluice: ${description}`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      // An idle function, or an empty queue, says nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

interface AlarmParts {
  readonly metric: IMetric;
  /** What it is from here on. */
  readonly threshold: number;
  /** That it must last. @default 1 */
  readonly periods?: number;
  /** What it means, and what to do. */
  readonly description: string;
}
