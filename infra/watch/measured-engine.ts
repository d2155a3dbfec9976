// What is measured of an engine, for alarms and dashboards of one's own: what API Gateway tells of
// its requests, and what the engine tells by its name (metric-names.ts).

import {
  MathExpression,
  type MathExpressionOptions,
  Metric,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import {
  failureClasses,
  type MetricDefinition,
  type MetricName,
  metricDimensions,
  metricNamespace,
  metrics,
  type OperationName,
} from '../../shared/metric-names.ts';

/** Of five minutes each, if nothing else is said. */
export interface IMeasuredEngine extends IConstruct {
  /** By which its metrics are told; absent: of an engine of another stack that was not named. */
  readonly engineName?: string;

  /** One of those that the engine tells: their sum, the greatest of what is a state, and of what
   * takes time the 99th percentile.
   * @param name as metric-names.ts has them. What is told by operation or by failure class must
   *   have that in `dimensionsMap`.
   * @throws TypeError that names the dimension that is missing; or engineName, where an engine of
   *   another stack has none. So do those below that are the engine's. */
  metric(name: MetricName, props?: MetricOptions): Metric;

  /** Requests to the HTTP API, all of them. */
  metricRequests(props?: MetricOptions): Metric;
  /** Requests that were refused: by the authorizer, by the throttle, or by the engine. */
  metricClientErrors(props?: MetricOptions): Metric;
  /** Requests that failed, and not by the caller's doing. */
  metricServerErrors(props?: MetricOptions): Metric;
  /** Milliseconds from a request to its answer, of 99 in a hundred. A fetch that waits for records
   * counts with its wait. */
  metricLatency(props?: MetricOptions): Metric;

  /** Records appended. */
  metricSentMessages(props?: MetricOptions): Metric;
  /** Records given to fetches, polls and targets. */
  metricConsumedMessages(props?: MetricOptions): Metric;
  /** How old, in seconds, what a group was given last was then: of the group that is furthest
   * behind. */
  metricMaxLag(props?: MetricOptions): Metric;
  /** Seconds that an operation took, of 99 in a hundred. */
  metricOperationDuration(operation: OperationName, props?: MetricOptions): Metric;
  /** Requests and runs that failed, and not by the caller's doing: of all failure classes. */
  metricFailures(props?: MathExpressionOptions): MathExpression;
}

const percentile = Stats.percentile(99);

const statistics: Readonly<Record<MetricDefinition['kind'], string>> = {
  counter: Stats.SUM,
  gauge: Stats.MAXIMUM,
  histogram: percentile,
};

export abstract class MeasuredEngine extends Construct implements IMeasuredEngine {
  abstract readonly apiId: string;
  abstract readonly engineName?: string;

  metric(name: MetricName, { dimensionsMap = {}, ...props }: MetricOptions = {}): Metric {
    const { by } = metrics[name];
    if (by !== undefined && !(metricDimensions[by] in dimensionsMap)) {
      throw new TypeError(`dimensionsMap has no '${metricDimensions[by]}': ${name} is told by it`);
    }
    if (this.engineName === undefined) {
      throw new TypeError('engineName is missing: what is measured is told by it');
    }
    return new Metric({
      namespace: metricNamespace,
      metricName: name,
      statistic: statistics[metrics[name].kind],
      ...props,
      dimensionsMap: { [metricDimensions.engine]: this.engineName, ...dimensionsMap },
    }).attachTo(this);
  }

  metricRequests(props?: MetricOptions): Metric {
    return this.#metricOfApi('Count', { statistic: Stats.SAMPLE_COUNT, ...props });
  }

  metricClientErrors(props?: MetricOptions): Metric {
    return this.#metricOfApi('4xx', { statistic: Stats.SUM, ...props });
  }

  metricServerErrors(props?: MetricOptions): Metric {
    return this.#metricOfApi('5xx', { statistic: Stats.SUM, ...props });
  }

  metricLatency(props?: MetricOptions): Metric {
    return this.#metricOfApi('Latency', { statistic: percentile, ...props });
  }

  metricSentMessages(props?: MetricOptions): Metric {
    return this.metric('messaging.client.sent.messages', props);
  }

  metricConsumedMessages(props?: MetricOptions): Metric {
    return this.metric('messaging.client.consumed.messages', props);
  }

  metricMaxLag(props?: MetricOptions): Metric {
    return this.metric('group_max_lag_seconds', props);
  }

  metricOperationDuration(operation: OperationName, props: MetricOptions = {}): Metric {
    const dimensionsMap = { ...props.dimensionsMap, [metricDimensions.operation]: operation };
    return this.metric('messaging.client.operation.duration', { ...props, dimensionsMap });
  }

  metricFailures(props: MathExpressionOptions = {}): MathExpression {
    const ofClass = (failure: string) =>
      this.metric('sluice.failures', { dimensionsMap: { [metricDimensions.failure]: failure } });
    return new MathExpression({
      label: 'failures',
      ...props,
      expression: failureClasses.map((failure) => `FILL(${failure}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(failureClasses.map((one) => [one, ofClass(one)])),
    });
  }

  /** Source: API Gateway's "Monitor CloudWatch metrics for HTTP APIs". */
  #metricOfApi(metricName: string, props: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      ...props,
      dimensionsMap: { ApiId: this.apiId, ...props.dimensionsMap },
    }).attachTo(this);
  }
}
