// When people are told: which alarms an engine has, from where on each is on, and what they cost.

import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { Alarms } from '../../../infra/watch/alarms.ts';
import { withoutHash } from '../mappings.ts';
import { engineResources, newStack, type Resource, resourcesOf } from '../template.ts';
import { alarmsIn, metricsOf, resourcesOfEveryAlarm, stackOfEveryAlarm } from './every-alarm.ts';

const every = alarmsIn(resourcesOfEveryAlarm());
const nameOf = (id: string) => withoutHash(id).replace(/^.*Alarms/, '');
const namesIn = (resources: ReturnType<typeof engineResources>) =>
  alarmsIn(resources).map(([id]) => nameOf(id));
const costOf = (alarms: readonly (readonly [string, Resource])[]) =>
  alarms.reduce((sum, [, alarm]) => sum + metricsOf(alarm).length, 0);

/** From where on, and for how long. */
function said([id, alarm]: readonly [string, Resource]): string {
  const { EvaluationPeriods: periods, Threshold: threshold, Metrics: queries } = alarm.Properties;
  const [{ MetricStat }] = [queries?.find((one: object) => 'MetricStat' in one) ?? {}];
  const { Period: period, Stat } = MetricStat ?? alarm.Properties;
  const stat = Stat ?? alarm.Properties['Statistic'] ?? alarm.Properties['ExtendedStatistic'];
  const formula = queries?.find((one: object) => 'Expression' in one)?.Expression;
  const metrics =
    formula?.replaceAll(/FILL\((\w+), 0\)/g, '$1') ??
    metricsOf(alarm).map(({ MetricName }) => MetricName);
  const sign = alarm.Properties['ComparisonOperator'] === 'LessThanThreshold' ? '<' : '>=';
  return `${nameOf(id)}: ${metrics} ${stat} ${sign} ${threshold}, ${periods} x ${period / 60} min`;
}

/** Where callers are known by keys, and there is a console. */
const throttled = 'produce + fetch + groups + subscriptions + topics + authorize + console';

test('what each is about, and from where on', () => {
  expect(every.map(said).sort()).toEqual([
    'ApiFails: 100 * failed / requests Sum >= 5, 2 x 5 min',
    'ApiRefuses: sluice.api.refusals Sum >= 100, 3 x 5 min',
    'AppendsUnrouted: ApproximateNumberOfMessagesVisible Maximum >= 1, 1 x 5 min',
    'AuthorizeFails: Errors Sum >= 3, 1 x 60 min',
    'CollectFails: Errors Sum >= 3, 1 x 60 min',
    'CollectStopped: Invocations Sum < 1, 3 x 180 min',
    'ConsoleFails: Errors Sum >= 3, 1 x 60 min',
    'Damage: sluice.damage Sum >= 1, 1 x 5 min',
    'DelayedSetAside: ApproximateNumberOfMessagesVisible Maximum >= 1, 1 x 5 min',
    'DeliverFails: Errors Sum >= 3, 1 x 60 min',
    'Faults: sluice.failures Sum >= 1, 1 x 5 min',
    'FetchFails: Errors Sum >= 3, 1 x 60 min',
    'FetchSlow: messaging.client.operation.duration p99 >= 3, 3 x 5 min',
    `FunctionsThrottled: ${throttled} Sum >= 10, 3 x 5 min`,
    'GroupBehind: group_max_lag_seconds Maximum >= 3600, 3 x 5 min',
    'GroupsFails: Errors Sum >= 3, 1 x 60 min',
    'IngestFails: Errors Sum >= 3, 1 x 60 min',
    'IngestSetAside: ApproximateNumberOfMessagesVisible Maximum >= 1, 1 x 5 min',
    'KeysFails: Errors Sum >= 3, 1 x 60 min',
    'MergeBacklog: sluice.merge.backlog Maximum >= 1, 6 x 60 min',
    'ObjectThrottles: sluice.object.throttles Sum >= 100, 3 x 5 min',
    'ProduceFails: Errors Sum >= 3, 1 x 60 min',
    'ProduceSlow: messaging.client.operation.duration p99 >= 3, 3 x 5 min',
    'Rebalances: sluice.group.rebalances Sum >= 30, 6 x 5 min',
    'RollsUntold: ApproximateNumberOfMessagesVisible Maximum >= 1, 1 x 5 min',
    'RouteFails: Errors Sum >= 3, 1 x 60 min',
    'RouterBehind: IteratorAge Maximum >= 300000, 3 x 5 min',
    'StreamBehind: IteratorAge Maximum >= 10800000, 3 x 5 min',
    'SubscriptionsFails: Errors Sum >= 3, 1 x 60 min',
    'SweepFails: Errors Sum >= 3, 1 x 60 min',
    'SweepLeaves: sluice.sweep.left.objects Maximum >= 1, 2 x 180 min',
    'SweepStopped: Invocations Sum < 1, 6 x 5 min',
    'TableAtQuota: accountRead + accountWrite Sum >= 100, 3 x 5 min',
    'TableHot: hotRead + hotWrite Sum >= 100, 3 x 5 min',
    'TableThrottles: sluice.table.throttles Sum >= 100, 3 x 5 min',
    'TopicsFails: Errors Sum >= 3, 1 x 60 min',
    'UpkeepFails: Errors Sum >= 3, 1 x 60 min',
    'UpkeepStopped: Invocations Sum < 1, 3 x 60 min',
    'WakeUpsSetAside: ApproximateNumberOfMessagesVisible Maximum >= 1, 1 x 5 min',
    'WakeUpsWait: ApproximateAgeOfOldestMessage Maximum >= 900, 3 x 5 min',
  ]);
});

describe('which there are', () => {
  test('unless something is said, ten metrics: as many as an account has free', () => {
    const essential = engineResources();
    expect(costOf(alarmsIn(essential))).toBe(10);
    expect(namesIn(essential).sort()).toEqual([
      'ApiFails',
      'CollectFails',
      'Damage',
      'Faults',
      'GroupBehind',
      'RouterBehind',
      'StreamBehind',
      'TableThrottles',
      'UpkeepFails',
    ]);
  });

  test('and one for a source that sets aside what could not be stored', () => {
    const [stack] = stackOfEveryAlarm(Alarms.essential());
    const resources = resourcesOf(stack);
    expect(costOf(alarmsIn(resources))).toBe(11);
    expect(namesIn(resources)).toContain('IngestSetAside');
  });

  test('of a console where there is one, and only there', () => {
    const alarms = Alarms.all();
    const withPage = alarmsIn(engineResources({ alarms, console: true }));
    const without = alarmsIn(engineResources({ alarms }));
    const others = without.map(([id]) => nameOf(id));
    const more = withPage.map(([id]) => nameOf(id)).filter((name) => !others.includes(name));
    expect(more).toEqual(['ConsoleFails']);
    expect(costOf(withPage) - costOf(without)).toBe(2);
  });

  test('none, if somebody else watches', () => {
    expect(alarmsIn(resourcesOf(stackOfEveryAlarm(Alarms.none())[0]))).toEqual([]);
  });

  test('all cost what docs/operating.md says', () => {
    const ofSource = every.filter(([id]) => id.startsWith('EngineIngests'));
    const ofKeys = every.filter(([id]) => ['AuthorizeFails', 'KeysFails'].includes(nameOf(id)));
    const ofConsole = every.filter(([id]) => nameOf(id) === 'ConsoleFails');
    // FunctionsThrottled looks at the function that knows the keys, too, and at the console's.
    const keys = costOf(ofKeys) + 1;
    const page = costOf(ofConsole) + 1;
    const all = costOf(every) - costOf(ofSource) - keys - page;
    const [, told] =
      /(\d+) metrics, two more/.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
    expect(Number(told)).toBe(all);
    expect([costOf(ofSource), keys, page]).toEqual([2, 3, 2]);
  });
});

describe('each', () => {
  test('is a sentence, and names where it goes on', () => {
    for (const [, { Properties }] of every) {
      expect(Properties['AlarmDescription']).toMatch(
        /^Sluice: [a-zA-Z0-9][^.]{20,160}\. What to do: RUNBOOK\.md#[a-z]+$/,
      );
    }
  });

  test('says nothing of an engine at rest, but for clocks, which never rest', () => {
    for (const [id, { Properties }] of every) {
      const isClock = nameOf(id).endsWith('Stopped');
      expect(Properties).toMatchObject({
        TreatMissingData: isClock ? 'breaching' : 'notBreaching',
        ComparisonOperator: isClock ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      });
    }
  });

  /** Source: CloudWatch's PutMetricAlarm, "Period" and "EvaluationPeriods". */
  test('looks no longer back than CloudWatch allows', () => {
    for (const [, { Properties }] of every) {
      const { EvaluationPeriods: periods, Metrics: queries } = Properties;
      const seconds = (queries ?? [{ Period: Properties['Period'] }]).map(
        (one: { Period?: number; MetricStat?: { Period: number } }) =>
          one.MetricStat?.Period ?? one.Period ?? 0,
      );
      const period = Math.max(...seconds);
      expect(period % 60).toBe(0);
      expect(period * periods).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 7 * 86_400);
    }
  });
});

describe('people', () => {
  const people = 'arn:aws:sns:eu-central-1:123456789012:people';
  const tell = { bind: () => ({ alarmActionArn: people }) };

  test('are told by all of them, those of a source that comes later too', () => {
    const [stack] = stackOfEveryAlarm(Alarms.all({ actions: [tell] }));
    for (const [, { Properties }] of alarmsIn(resourcesOf(stack))) {
      expect(Properties['AlarmActions']).toEqual([people]);
    }
  });

  test('or in a way of their own: an engine says which alarms it has', () => {
    const [stack, engine] = stackOfEveryAlarm();
    for (const alarm of engine.alarms) alarm.addOkAction(tell);
    const told = alarmsIn(resourcesOf(stack)).map(([, { Properties }]) => Properties['OKActions']);
    expect(told).toEqual(every.map(() => [people]));
  });

  test('say what is too old, or too slow, for them', () => {
    const stack = newStack();
    const alarms = Alarms.all({
      lag: Duration.minutes(5),
      produceLatency: Duration.millis(500),
      fetchLatency: Duration.seconds(8),
    });
    new MessageEngine(stack, 'Engine', { alarms });
    const lines = alarmsIn(resourcesOf(stack)).map(said);
    const of = (name: string) => lines.find((line) => line.startsWith(`${name}: `));
    expect(of('GroupBehind')).toContain('>= 300,');
    expect(of('ProduceSlow')).toContain('p99 >= 0.5,');
    expect(of('FetchSlow')).toContain('p99 >= 8,');
  });

  test('are told at once when that cannot be', () => {
    expect(() => Alarms.essential({ lag: Duration.seconds(59) })).toThrow('lag is 59: it must be');
    expect(() => Alarms.all({ fetchLatency: Duration.seconds(30) })).toThrow(
      'fetchLatency is 30000: it must be',
    );
  });
});
