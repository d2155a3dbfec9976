// Which alarms an engine has. An alarm costs ten cents a month for each metric that it looks at,
// whatever happens, and an account has ten of those free: so the default is ten.
//
// Source: Amazon CloudWatch Pricing.

import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { checkRanges } from '../ranges.ts';

export interface EssentialAlarmsProps {
  /** Who is told when one of them begins: those of sources that are attached later, too.
   * @default nobody, until actions are added to them */
  readonly actions?: readonly IAlarmAction[];

  /** How old records may be when a group or a subscription gets to them, in whole seconds, 1 minute
   * to 14 days.
   * @default 1 hour */
  readonly lag?: Duration;
}

export interface AllAlarmsProps extends EssentialAlarmsProps {
  /** How long 99 of 100 appends may take, 100 milliseconds to 29 seconds.
   * @default 3 seconds: an append is a tenth of one, a cold start one */
  readonly produceLatency?: Duration;

  /** How long 99 of 100 fetches may take, without what they wait for records, 100 milliseconds to
   * 29 seconds.
   * @default 3 seconds */
  readonly fetchLatency?: Duration;
}

/** Least and most of each, both allowed. Below a minute of lag every pause of a group's members
 * would be told; a stream's records and SQS's messages are gone after 14 days. */
const ranges = {
  lag: { least: 60, most: 14 * 24 * 60 * 60, unit: 'seconds' },
  produceLatency: { least: 100, most: 29_000, unit: 'milliseconds' },
  fetchLatency: { least: 100, most: 29_000, unit: 'milliseconds' },
} as const;

export class Alarms {
  /** None at all: somebody else watches. */
  static none(): Alarms {
    return new Alarms('none', {});
  }

  /** Those that say that callers are refused, that data is damaged, that records are not delivered
   * or not looked after: ten metrics, and one for each source that sets aside what could not be
   * stored. $1 a month, or nothing where the account's ten free ones are left.
   * @throws RangeError that names the prop, its value and its range. */
  static essential(props: EssentialAlarmsProps = {}): Alarms {
    return new Alarms('essential', props);
  }

  /** And those that say why, or that it is about to be so: some $4 a month, $3 where the ten free
   * ones are left.
   * @throws RangeError that names the prop, its value and its range. */
  static all(props: AllAlarmsProps = {}): Alarms {
    return new Alarms('all', props);
  }

  readonly kind: 'none' | 'essential' | 'all';
  readonly actions: readonly IAlarmAction[];
  readonly lag: Duration;
  readonly produceLatency: Duration;
  readonly fetchLatency: Duration;

  private constructor(kind: Alarms['kind'], props: AllAlarmsProps) {
    checkRanges(props, ranges);
    this.kind = kind;
    this.actions = props.actions ?? [];
    this.lag = props.lag ?? Duration.hours(1);
    this.produceLatency = props.produceLatency ?? Duration.seconds(3);
    this.fetchLatency = props.fetchLatency ?? Duration.seconds(3);
  }

  has({ isEssential = false }: { readonly isEssential?: boolean }): boolean {
    return this.kind === 'all' || (this.kind === 'essential' && isEssential);
  }
}
