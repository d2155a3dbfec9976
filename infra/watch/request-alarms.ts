// Callers are refused, or wait.

import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { functionNames } from '../../shared/contract.ts';
import type { OperationName } from '../../shared/metric-names.ts';
import { type AlarmPlan, failing, fiveMinutes, sum } from './alarm-plan.ts';
import type { Alarms } from './alarms.ts';
import { failuresOf, type Watched } from './watched.ts';

/** Of a hundred requests. One that fails is sent again; an engine at rest has no other to set
 * against it, and so it must last. */
const failedPercent = 5;
/** Of five minutes. A burst that is cut is what a limit is for; one that stays is too low. */
const refusedRequests = 100;
const throttledInvocations = 10;

export function requestAlarms(watched: Watched, wanted: Alarms): readonly AlarmPlan[] {
  const { apiKeys, console: page, engine, functions, http } = watched;
  const asked = {
    ...functions,
    ...(apiKeys && { authorize: apiKeys.authorize }),
    ...(page && { console: page.function }),
  };
  return [
    {
      id: 'ApiFails',
      isEssential: true,
      means: `${failedPercent} of 100 requests or more have failed with 5xx for ten minutes`,
      metric: new MathExpression({
        label: '5xx of 100 requests',
        expression: '100 * FILL(failed, 0) / requests',
        usingMetrics: {
          failed: engine.metricServerErrors(sum),
          requests: engine.metricRequests(sum),
        },
        period: fiveMinutes,
      }),
      threshold: failedPercent,
      periods: 2,
    },
    {
      id: 'Faults',
      isEssential: true,
      means: 'the engine has met a state that its own code takes to be impossible',
      metric: failuresOf(engine, 'fault'),
      threshold: 1,
    },
    {
      id: 'Damage',
      isEssential: true,
      means: 'something stored is missing or not what was written',
      metric: engine.metric('sluice.damage'),
      threshold: 1,
    },
    {
      id: 'ApiRefuses',
      means:
        'the API has refused requests for a quarter of an hour, since more come than it may take',
      metric: http.refusals(sum),
      threshold: refusedRequests,
      periods: 3,
    },
    {
      id: 'FunctionsThrottled',
      means: 'Lambda has refused requests for a quarter of an hour, since too many are under way',
      metric: new MathExpression({
        label: 'refused by Lambda',
        // One that nobody calls says nothing, and would silence the others.
        expression: Object.keys(asked)
          .map((name) => `FILL(${name}, 0)`)
          .join(' + '),
        usingMetrics: Object.fromEntries(
          Object.entries(asked).map(([name, of]) => [name, of.function.metricThrottles(sum)]),
        ),
        period: fiveMinutes,
      }),
      threshold: throttledInvocations,
      periods: 3,
    },
    slow(watched, 'ProduceSlow', 'send', wanted.produceLatency.toSeconds({ integral: false })),
    slow(watched, 'FetchSlow', 'fetch', wanted.fetchLatency.toSeconds({ integral: false })),
    ...functionNames.map((name) => failing(functions[name])),
    ...(apiKeys === undefined ? [] : [apiKeys.authorize, apiKeys.keys].map(failing)),
    ...(page === undefined ? [] : [failing(page.function)]),
  ];
}

function slow(
  { engine }: Watched,
  id: string,
  operation: OperationName,
  seconds: number,
): AlarmPlan {
  return {
    id,
    means: `one ${operation} of a hundred has taken ${seconds} s or more for a quarter of an hour`,
    metric: engine.metricOperationDuration(operation, {
      statistic: Stats.percentile(99),
      period: fiveMinutes,
    }),
    threshold: seconds,
    periods: 3,
  };
}
