// What an alarm is planned to be, before it is decided whether it is wanted; and the plans that are
// alike for every function.

import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { EngineFunction } from '../engine-function.ts';

export interface AlarmPlan {
  /** The construct's, and a part of the alarm's name. */
  readonly id: string;
  /** Of RUNBOOK.md. @default the id */
  readonly article?: string;
  /** What is the matter, as the rest of a sentence. */
  readonly means: string;
  readonly metric: IMetric;
  /** What it is from here on; of a clock, what it is below. */
  readonly threshold: number;
  /** How many of the metric's periods it must last. @default 1 */
  readonly periods?: number;
  /** Whether it is there unless none is wanted. @default false */
  readonly isEssential?: boolean;
  /** Of what happens again and again by itself: it is the matter that it does not.
   * @default false */
  readonly isClock?: boolean;
}

/** Of every five minutes. */
export const fiveMinutes = Duration.minutes(5);
export const maximum = { statistic: Stats.MAXIMUM, period: fiveMinutes };
export const sum = { statistic: Stats.SUM, period: fiveMinutes };

/** Something waits for people. */
export function setAside(id: string, { queue }: DeadLetterQueue, means: string): AlarmPlan {
  return {
    id,
    means,
    metric: queue.metricApproximateNumberOfMessagesVisible(maximum),
    threshold: 1,
  };
}

/** A try or two that fail are made again; three in an hour have a reason. */
export const errorsInAnHour = 3;

/** A function that has crashed, or ran out of time or memory, again and again. */
export function failing({ function: lambda, node: { id } }: EngineFunction): AlarmPlan {
  return {
    id: `${id}Fails`,
    article: 'FunctionFails',
    means: `the function ${id.toLowerCase()} has failed three times in an hour`,
    metric: lambda.metricErrors({ statistic: Stats.SUM, period: Duration.hours(1) }),
    threshold: errorsInAnHour,
  };
}

/** A function that its clock has not started for some of its intervals. */
export function stopped(
  { function: lambda, node: { id } }: EngineFunction,
  { every, intervals }: { readonly every: Duration; readonly intervals: number },
): AlarmPlan {
  const long = Duration.minutes(intervals * every.toMinutes()).toHumanString();
  return {
    id: `${id}Stopped`,
    article: 'ClockStopped',
    means: `the function ${id.toLowerCase()} has not been started for ${long}`,
    metric: lambda.metricInvocations({ statistic: Stats.SUM, period: every }),
    threshold: 1,
    periods: intervals,
    isClock: true,
  };
}
