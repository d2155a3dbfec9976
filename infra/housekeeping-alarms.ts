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

/** By function: what is the matter while it fails. */
const untilThen = {
  upkeep:
    'some partitions are not merged, and keep what is too old. An error of the code DAMAGED ' +
    'says what cannot be read: it stays as it is until somebody repairs it (npm run fsck).',
  collect:
    'objects that nothing names, and what deleted topics have left, are stored and paid for. ' +
    'That it ran out of time means that there is more of them than it clears away in three ' +
    'runs. After much was deleted that passes by itself; else start it by hand as well: any ' +
    'number of runs at once does no harm.',
} as const;

type Housekeeper = keyof typeof untilThen;
const housekeepers = Object.keys(untilThen) as readonly Housekeeper[];

export interface HousekeepingAlarmsProps {
  readonly functions: Readonly<Record<Housekeeper, EngineFunction>>;
  /** What the stream could not tell. */
  readonly deadLetters: DeadLetterQueue;
}

/** A try or two that fail are made again; three in an hour have a reason. */
const errorsInAnHour = 3;
/** The stream keeps a day. */
const streamAge = Duration.hours(3);

const maximum = { statistic: Stats.MAXIMUM, period: Duration.minutes(5) };
const sumOfAnHour = { statistic: Stats.SUM, period: Duration.hours(1) };

export class HousekeepingAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: HousekeepingAlarmsProps) {
    super(scope, id);
    this.alarms = [...this.#ofRolls(props), ...this.#ofErrors(props)];
  }

  #ofRolls({ deadLetters, functions: { upkeep } }: HousekeepingAlarmsProps): readonly Alarm[] {
    return [
      this.#alarm('RollsUntold', {
        metric: deadLetters.queue.metricApproximateNumberOfMessagesVisible(maximum),
        threshold: 1,
        description:
          'partitions that were rolled could not be looked after in three tries. They are ' +
          'appended to and read as before, but some are not merged. The log of the upkeep ' +
          'function says why. Nothing is lost, since it looks after every partition once an ' +
          'hour: purge the dead-letter queue once that is mended.',
      }),
      this.#alarm('StreamBehind', {
        metric: upkeep.function.metric('IteratorAge', maximum),
        threshold: streamAge.toMilliseconds(),
        periods: 3,
        description:
          'the upkeep function is hours behind the stream of the table, which keeps a day. ' +
          'Either more is appended than it merges, and housekeepingConcurrency is to be raised, ' +
          'or it fails again and again, or something takes the concurrency of the account: its ' +
          'log and its throttles say which.',
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
