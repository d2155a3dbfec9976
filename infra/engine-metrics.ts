// What an engine's own functions tell, as CloudWatch has it: the names are those of
// metric-names.ts, each with its dimensions, so that nothing is watched that nobody tells.

import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type FailureClass,
  type MetricName,
  metricDimensions,
  metricNamespace,
  type metrics,
  type OperationName,
} from '../shared/metric-names.ts';

type NameBy<Dimension> = {
  [Name in MetricName]: (typeof metrics)[Name] extends { readonly by: Dimension } ? Name : never;
}[MetricName];

/** Those that are of the engine and of nothing narrower. */
export type PlainName = Exclude<MetricName, NameBy<'operation'> | NameBy<'failure'>>;

export class EngineMetrics {
  readonly engineName: string;

  /** @param engineName which engine of the account, as its functions tell it. */
  constructor(engineName: string) {
    this.engineName = engineName;
  }

  of(name: PlainName, options: MetricOptions): Metric {
    return this.#metric(name, {}, options);
  }

  /** In seconds. Its sample count is how many there were. */
  duration(operation: OperationName, options: MetricOptions): Metric {
    const by = { [metricDimensions.operation]: operation };
    return this.#metric('messaging.client.operation.duration', by, options);
  }

  failures(failure: FailureClass, options: MetricOptions): Metric {
    return this.#metric('sluice.failures', { [metricDimensions.failure]: failure }, options);
  }

  #metric(
    metricName: MetricName,
    by: Readonly<Record<string, string>>,
    options: MetricOptions,
  ): Metric {
    return new Metric({
      ...options,
      namespace: metricNamespace,
      metricName,
      dimensionsMap: { [metricDimensions.engine]: this.engineName, ...by },
    });
  }
}
