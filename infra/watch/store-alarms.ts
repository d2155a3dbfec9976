// The table or the bucket refuses. What they refuse is tried again, a few times, and then its
// caller is told to come later.

import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmPlan, fiveMinutes, sum } from './alarm-plan.ts';
import type { Watched } from './watched.ts';

/** Of five minutes, for a quarter of an hour: one in three seconds. A table or a prefix that grows
 * refuses some while it is split, and then no more. */
const throttles = 100;

/** Why DynamoDB refuses a call of a table that is paid by request and has no maximum of its own.
 * Source: DynamoDB's "CloudWatch throttling metrics". */
export const throttleReasons = {
  hotRead: 'ReadKeyRangeThroughputThrottleEvents',
  hotWrite: 'WriteKeyRangeThroughputThrottleEvents',
  accountRead: 'ReadAccountLimitThrottleEvents',
  accountWrite: 'WriteAccountLimitThrottleEvents',
} as const;

type Reason = keyof typeof throttleReasons;

export function throttlesOf({ table: { table } }: Watched, reason: Reason): Metric {
  return new Metric({
    ...sum,
    namespace: 'AWS/DynamoDB',
    metricName: throttleReasons[reason],
    dimensionsMap: { TableName: table.tableName },
  });
}

export function storeAlarms(watched: Watched): readonly AlarmPlan[] {
  const refusing = (id: string, reasons: readonly Reason[], why: string): AlarmPlan => ({
    id,
    means: `the table has refused calls for a quarter of an hour, since ${why}`,
    metric: new MathExpression({
      label: id,
      // One that has none says nothing, and would silence the other.
      expression: reasons.map((reason) => `FILL(${reason}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(
        reasons.map((reason) => [reason, throttlesOf(watched, reason)]),
      ),
      period: fiveMinutes,
    }),
    threshold: throttles,
    periods: 3,
  });
  return [
    {
      id: 'TableThrottles',
      isEssential: true,
      means: 'the table has refused calls for a quarter of an hour, since they come too fast',
      metric: watched.engine.metric('sluice.table.throttles'),
      threshold: throttles,
      periods: 3,
    },
    refusing('TableHot', ['hotRead', 'hotWrite'], 'one partition of it has more than it takes'),
    refusing('TableAtQuota', ['accountRead', 'accountWrite'], "the account's quota is reached"),
    {
      id: 'ObjectThrottles',
      means: 'the bucket has answered 503 for a quarter of an hour, since calls come too fast',
      metric: watched.engine.metric('sluice.object.throttles'),
      threshold: throttles,
      periods: 3,
    },
  ];
}
