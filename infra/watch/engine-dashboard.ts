// How an engine is, on one page: from its callers down to its stores, and which alarms are on.
//
// An account has three dashboards free, each of fifty metrics: this one has that many, each
// statistic counted. Source: Amazon CloudWatch Pricing.

import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { failureClasses, type OperationName } from '../../shared/metric-names.ts';
import type { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { EngineFunction } from '../engine-function.ts';
import { fiveMinutes, maximum, sum } from './alarm-plan.ts';
import { throttleReasons, throttlesOf } from './store-alarms.ts';
import { failuresOf, type Watched } from './watched.ts';

/** Columns of twenty-four, and rows. */
const third = { width: 8, height: 6 };
const percentile = (of: number) => ({ statistic: Stats.percentile(of), period: fiveMinutes });
const counted = { statistic: Stats.SAMPLE_COUNT, period: fiveMinutes };

const told = ['send', 'fetch', 'poll', 'deliver', 'ingest'] as const satisfies OperationName[];
const timed = ['send', 'fetch'] as const satisfies OperationName[];

export interface EngineDashboardProps {
  readonly watched: Watched;
  /** The list as it is when the app is synthesized: those of sources are made later. */
  readonly alarms: readonly Alarm[];
}

export class EngineDashboard extends Construct {
  constructor(scope: Construct, id: string, { watched, alarms }: EngineDashboardProps) {
    super(scope, id);
    // Without a name of its own: two engines may be in one account.
    new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(12),
      widgets: [
        [heading(watched), states(alarms)],
        requests(watched),
        deliveries(watched),
        housekeeping(watched),
        stores(watched),
      ],
    });
  }
}

function heading({ engine }: Watched): IWidget {
  return new TextWidget({
    width: 8,
    height: 4,
    markdown: [
      `# Sluice: ${engine.engineName}`,
      'An alarm ends in the name of its article in **RUNBOOK.md**. Of what has no alarm:',
      'TableRestored, ObjectLost, CredentialsLeaked, SubscriptionStuck, Drain.',
    ].join('\n'),
  });
}

function states(alarms: readonly Alarm[]): IWidget {
  // The library reads the list when it writes the dashboard.
  return new AlarmStatusWidget({ width: 16, height: 4, alarms: alarms as Alarm[] });
}

function requests({ http, engine }: Watched): IWidget[] {
  return [
    graph('Requests and work, by operation', [
      ...told.map((one) => engine.metricOperationDuration(one, { ...counted, label: one })),
      engine.metricRequests({ ...sum, label: 'requests' }),
    ]),
    graph('How long it takes (s)', [
      ...timed.map((one) =>
        engine.metricOperationDuration(one, { ...percentile(50), label: `${one} p50` }),
      ),
      ...timed.map((one) =>
        engine.metricOperationDuration(one, { ...percentile(99), label: `${one} p99` }),
      ),
      engine.metric('messaging.process.duration', { ...percentile(99), label: 'targets p99' }),
    ]),
    graph('What fails', [
      engine.metricServerErrors({ ...sum, label: '5xx' }),
      http.refusals({ ...sum, label: '429 of the API' }),
      ...failureClasses.map((one) => failuresOf(engine, one, { label: one })),
    ]),
  ];
}

function deliveries({ engine, triggers, housekeeping }: Watched): IWidget[] {
  const { wakeUps, route, unrouted } = triggers;
  const waiting = ({ queue }: DeadLetterQueue, label: string) =>
    queue.metricApproximateNumberOfMessagesVisible({ ...maximum, label });
  return [
    graph('Messages', [
      engine.metric('messaging.client.sent.messages', { label: 'sent' }),
      engine.metric('messaging.client.consumed.messages', { label: 'consumed' }),
    ]),
    graph('How far behind (s), and changes of groups', [
      engine.metric('group_max_lag_seconds', { label: 'the furthest group' }),
      wakeUps.queue.metricApproximateAgeOfOldestMessage({ ...maximum, label: 'oldest wake-up' }),
      engine.metric('sluice.group.rebalances', { label: 'rebalances' }),
    ]),
    graph('What waits', [
      wakeUps.queue.metricApproximateNumberOfMessagesVisible({ ...maximum, label: 'wake-ups' }),
      wakeUps.delayed.metricApproximateNumberOfMessagesVisible({ ...maximum, label: 'put off' }),
      route.function.metric('IteratorAge', { ...maximum, label: 'age of appends (ms)' }),
      waiting(unrouted, 'appends set aside'),
      waiting(wakeUps.deadLetters, 'wake-ups set aside'),
      waiting(wakeUps.delayedDeadLetters, 'put off and set aside'),
      waiting(housekeeping.deadLetters, 'rolls set aside'),
    ]),
  ];
}

function housekeeping({ functions, housekeeping, engine, triggers }: Watched): IWidget[] {
  const { upkeep, collect } = housekeeping;
  const { worker, route } = triggers;
  const concurrency = (of: EngineFunction) =>
    of.function.metric('ConcurrentExecutions', { ...maximum, label: of.node.id.toLowerCase() });
  const errors = (of: EngineFunction) =>
    of.function.metricErrors({ ...sum, label: `${of.node.id.toLowerCase()} fails` });
  return [
    graph('What housekeeping leaves, and how long it takes', [
      engine.metric('sluice.merge.backlog', { label: 'partitions without time' }),
      engine.metric('sluice.sweep.left.objects', { label: 'objects left' }),
      upkeep.function.metricDuration({ ...maximum, label: 'upkeep (ms)' }),
      collect.function.metricDuration({ ...maximum, label: 'collect (ms)' }),
    ]),
    graph('Swept bytes, and the age of rolls (ms)', [
      engine.metric('sluice.sweep.deleted.bytes', { label: 'swept bytes' }),
      upkeep.function.metric('IteratorAge', { ...maximum, label: 'age of rolls (ms)' }),
    ]),
    graph('Functions at once, and errors', [
      ...[functions.produce, functions.fetch, worker].map(concurrency),
      ...[route, worker, upkeep, collect].map(errors),
    ]),
  ];
}

function stores(watched: Watched): IWidget[] {
  const { engine, segments } = watched;
  const { table } = watched.table;
  return [
    graph('Units of the table', [
      table.metricConsumedReadCapacityUnits({ ...sum, label: 'read' }),
      table.metricConsumedWriteCapacityUnits({ ...sum, label: 'written' }),
    ]),
    graph('What the stores refuse, and why', [
      ...(Object.keys(throttleReasons) as (keyof typeof throttleReasons)[]).map((reason) =>
        throttlesOf(watched, reason),
      ),
      engine.metric('sluice.object.throttles', { label: '503 of the bucket' }),
    ]),
    graph('Bytes in the bucket, once a day', [
      new Metric({
        namespace: 'AWS/S3',
        metricName: 'BucketSizeBytes',
        dimensionsMap: { BucketName: segments.bucket.bucketName, StorageType: 'StandardStorage' },
        statistic: Stats.AVERAGE,
        period: Duration.days(1),
        label: 'bytes',
      }),
    ]),
  ];
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ ...third, title, left });
}
