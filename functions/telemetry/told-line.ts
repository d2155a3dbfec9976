// What is told as one line of JSON: a log line for people, and its metrics in CloudWatch's embedded
// metric format. One line holds what Powertools' Metrics would publish as several: each metric is
// told with its own dimensions alone, since one more would be one more to pay for.
//
// Source: Amazon CloudWatch, "Embedded metric format specification".

import { Metrics } from '@aws-lambda-powertools/metrics';
import { type Measure, measuresOf } from '../../shared/measures.ts';
import {
  metricDimensions,
  metricNamespace,
  metrics,
  type OperationName,
  timedOperations,
} from '../../shared/metric-names.ts';
import { madeOf, type Told } from '../../shared/told.ts';

export type ToldWhere = {
  /** Which engine of the account, as the stack calls it. */
  readonly engine: string;
  /** Lambda's. */
  readonly requestId: string;
  /** API Gateway's, which the caller has got, too. */
  readonly apiRequestId?: string;
};

const serializer = new Metrics({ namespace: metricNamespace });
serializer.clearDefaultDimensions();

/** @returns JSON, without the line's end. */
export function toldLine(told: Told, where: ToldWhere): string {
  const paid = measuresOf(told).filter((measure) => isPaidFor(told, measure));
  const directives = [...Map.groupBy(paid, dimensionOf)].map(([by, measures]) =>
    directive(dimensionsOf(told, where, by), measures),
  );
  const [first] = directives;
  return JSON.stringify({
    ...(first && {
      _aws: {
        Timestamp: first._aws.Timestamp,
        CloudWatchMetrics: directives.flatMap(({ _aws }) => _aws.CloudWatchMetrics),
      },
    }),
    ...Object.assign({}, ...directives.map(({ _aws, ...values }) => values)),
    ...propertiesOf(told, where),
  });
}

/** An hour in which a metric is told is paid for: so what did not happen is not told, and an engine
 * that nobody asks has none. */
function isPaidFor({ operation }: Told, { name, values }: Measure): boolean {
  if (name === 'messaging.client.operation.duration') return timed.has(operation);
  return metrics[name].unit === 'Seconds' || values.some((value) => value > 0);
}

const timed: ReadonlySet<OperationName> = new Set(timedOperations);

type Dimension = keyof typeof metricDimensions;

function dimensionOf({ name }: Measure): Dimension {
  return metrics[name].by ?? 'engine';
}

function dimensionsOf({ operation, outcome }: Told, { engine }: ToldWhere, by: Dimension) {
  const own = { engine: {}, operation: { operation }, failure: { failure: outcome } }[by];
  const named = Object.entries({ engine, ...own }).map(([dimension, value]) => {
    return [metricDimensions[dimension as Dimension], value];
  });
  return Object.fromEntries(named);
}

function directive(dimensions: Record<string, string>, measures: readonly Measure[]) {
  serializer.addDimensions(dimensions);
  for (const { name, values } of measures) {
    for (const value of values) serializer.addMetric(name, metrics[name].unit, value);
  }
  const said = serializer.serializeMetrics();
  serializer.clearMetrics();
  serializer.clearDimensions();
  return said;
}

/** What is undefined JSON leaves out. Of what a metric says nothing is said twice. */
function propertiesOf(told: Told, where: ToldWhere) {
  const { operation, request, outcome, errorCode, millis, did } = told;
  const { engine: _, ...ids } = where;
  const { principal, topic, group, partition, partitions, baseOffset, bytes, lag } = did;
  return {
    [metricDimensions.operation]: operation,
    ...ids,
    principal,
    ...request,
    outcome,
    errorCode,
    millis,
    topic,
    group,
    partition,
    partitions: partitions > 1 ? partitions : undefined,
    baseOffset,
    bytes: bytes > 0 ? bytes : undefined,
    lag,
    operations: madeOf(told),
  };
}
