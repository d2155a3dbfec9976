// What an embedded engine tells, as Prometheus reads it: the metrics that the functions tell, by
// the same names with `_` for points and their unit at the end; its store operations; and the lag
// of groups (lag-metrics.ts).
//
// Source: Prometheus, "Exposition formats" and "Metric and label naming"; OpenTelemetry,
// "Prometheus and OpenMetrics compatibility".

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Call, Engine } from '../shared/engine/engine.ts';
import { measuresOf } from '../shared/measures.ts';
import {
  type MetricDefinition,
  type MetricName,
  metricDimensions,
  metricNames,
  metrics,
} from '../shared/metric-names.ts';
import type { Told } from '../shared/told.ts';
import { LagMetrics } from './lag-metrics.ts';

/** In seconds: OpenTelemetry's, and below them what a store on this machine takes. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Throttles are among the store operations, and lag is read when it is asked for. */
const saidOtherwise: ReadonlySet<MetricName> = new Set([
  'sluice.object.throttles',
  'sluice.table.throttles',
  'group_max_lag_seconds',
]);

/** One value of one metric. */
type Take = (value: number, told: Told) => void;

export type EngineMetricsParts = {
  /** Lag is read from the stores no more often. */
  readonly lagMillisMin: number;
};

export class EngineMetrics {
  readonly #registry = new Registry();
  readonly #lags: LagMetrics;
  readonly #takes: ReadonlyMap<MetricName, Take>;
  readonly #operations: Counter;

  constructor({ lagMillisMin }: EngineMetricsParts) {
    this.#lags = new LagMetrics(this.#registry, lagMillisMin);
    this.#operations = new Counter({
      name: 'sluice_store_operations_total',
      help: 'Calls to the stores, by kind; a transaction counts each of its writes',
      labelNames: ['operation'],
      registers: [this.#registry],
    });
    const names = metricNames.filter((name) => !saidOtherwise.has(name));
    this.#takes = new Map(names.map((name) => [name, this.#take(name)]));
  }

  readonly tell = (told: Told): void => {
    for (const { name, values } of measuresOf(told)) {
      const take = this.#takes.get(name);
      if (take !== undefined) for (const value of values) take(value, told);
    }
  };

  /** The text format, version 0.0.4. */
  async text(engine: Engine, call: Call): Promise<string> {
    this.#operations.reset();
    for (const [operation, count] of Object.entries(engine.operations)) {
      this.#operations.inc({ operation }, count);
    }
    await this.#lags.refresh(engine, call);
    return this.#registry.metrics();
  }

  #take(name: MetricName): Take {
    const { kind, help, by } = metrics[name];
    const labelNames = by === undefined ? [] : [prometheusName(metricDimensions[by])];
    const parts = { help, labelNames, registers: [this.#registry] };
    const own = prometheusName(name);
    switch (kind) {
      case 'counter': {
        const counter = new Counter({ ...parts, name: `${own}_total` });
        return byLabel(by, (...labels) => counter.labels(...labels).inc);
      }
      case 'gauge': {
        const gauge = new Gauge({ ...parts, name: own });
        return byLabel(by, (...labels) => gauge.labels(...labels).set);
      }
      case 'histogram': {
        const histogram = new Histogram({ ...parts, name: `${own}_seconds`, buckets });
        return byLabel(by, (...labels) => histogram.labels(...labels).observe);
      }
    }
  }
}

/** Looking one up by its labels is half of what an observation takes. */
function byLabel(
  by: MetricDefinition['by'],
  find: (...labels: readonly string[]) => (value: number) => void,
): Take {
  if (by === undefined) return find();
  const known = new Map<string, (value: number) => void>();
  return (value, { operation, outcome }) => {
    const label = { operation, failure: outcome }[by];
    const take = known.get(label) ?? find(label);
    known.set(label, take);
    take(value);
  };
}

/** Names of Prometheus have no points. */
function prometheusName(name: string): string {
  return name.replaceAll('.', '_');
}
