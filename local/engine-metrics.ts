// What an embedded engine tells, as Prometheus reads it: the metrics that the functions tell, by
// the same names with `_` for points and their unit at the end; its store operations; and the lag
// of groups (lag-metrics.ts).
//
// Source: Prometheus, "Exposition formats" and "Metric and label naming"; OpenTelemetry,
// "Prometheus and OpenMetrics compatibility".

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Call, Engine } from '../shared/engine/engine.ts';
import { measuresOf } from '../shared/measures.ts';
import { type MetricName, metricDimensions } from '../shared/metric-names.ts';
import type { Told } from '../shared/told.ts';
import { LagMetrics } from './lag-metrics.ts';

type Count = (value: number, told: Told) => void;

/** In seconds: OpenTelemetry's, and below them what a store on this machine takes. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const operationLabel = labelOf(metricDimensions.operation);
const failureLabel = labelOf(metricDimensions.failure);

export type EngineMetricsParts = {
  /** Lag is read from the stores no more often. */
  readonly lagMillisMin: number;
};

export class EngineMetrics {
  readonly #registry = new Registry();
  readonly #lags: LagMetrics;
  readonly #counts: Readonly<Partial<Record<MetricName, Count>>>;
  readonly #operations: Counter;

  constructor({ lagMillisMin }: EngineMetricsParts) {
    this.#lags = new LagMetrics(this.#registry, lagMillisMin);
    this.#operations = new Counter({
      name: 'sluice_store_operations_total',
      help: 'Calls to the stores, by kind; a transaction counts each of its writes',
      labelNames: ['operation'],
      registers: [this.#registry],
    });
    this.#counts = {
      'messaging.client.operation.duration': this.#durations(
        'messaging.client.operation.duration',
        'How long a request or a run took, but for what its caller wanted to wait',
        operationLabel,
      ),
      'messaging.process.duration': this.#durations(
        'messaging.process.duration',
        'How long a target took over what it was given',
      ),
      'messaging.client.sent.messages': this.#counter(
        'messaging.client.sent.messages',
        'Records appended',
      ),
      'messaging.client.consumed.messages': this.#counter(
        'messaging.client.consumed.messages',
        'Records given to fetches, polls and targets',
      ),
      'sluice.failures': this.#failures(),
      'sluice.damage': this.#counter('sluice.damage', 'What was found damaged'),
      'sluice.group.rebalances': this.#counter(
        'sluice.group.rebalances',
        'Changes of generation of all groups',
      ),
      'sluice.sweep.deleted.bytes': this.#counter(
        'sluice.sweep.deleted.bytes',
        'Of objects that sweeps have deleted',
      ),
      'sluice.merge.backlog': this.#gauge(
        'sluice.merge.backlog',
        'Partitions that the last run of upkeep had no time for',
      ),
      'sluice.sweep.left.objects': this.#gauge(
        'sluice.sweep.left.objects',
        'Objects that the last sweep could not judge',
      ),
    };
  }

  /** Throttles are among the store operations, and lag is read when it is asked for. */
  readonly tell = (told: Told): void => {
    for (const { name, values } of measuresOf(told)) {
      const count = this.#counts[name];
      if (count !== undefined) for (const value of values) count(value, told);
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

  #durations(name: MetricName, help: string, label?: string): Count {
    const labelNames = label === undefined ? [] : [label];
    const base = { name: `${labelOf(name)}_seconds`, help, buckets, registers: [this.#registry] };
    const histogram = new Histogram({ ...base, labelNames });
    if (label === undefined) return (value) => histogram.observe(value);
    // Looking one up by its labels is half of what an observation takes.
    const known = new Map<string, { observe: (value: number) => void }>();
    return (value, { operation }) => {
      const own = known.get(operation) ?? histogram.labels(operation);
      known.set(operation, own);
      own.observe(value);
    };
  }

  #counter(name: MetricName, help: string): Count {
    const counter = new Counter({
      name: `${labelOf(name)}_total`,
      help,
      registers: [this.#registry],
    });
    return (value) => counter.inc(value);
  }

  #failures(): Count {
    const counter = new Counter({
      name: 'sluice_failures_total',
      help: 'Requests and runs that failed, and not by the caller’s doing',
      labelNames: [failureLabel],
      registers: [this.#registry],
    });
    return (value, { outcome }) => counter.inc({ [failureLabel]: outcome }, value);
  }

  #gauge(name: MetricName, help: string): Count {
    const gauge = new Gauge({ name: labelOf(name), help, registers: [this.#registry] });
    return (value) => gauge.set(value);
  }
}

/** Names of Prometheus have no points. */
function labelOf(name: string): string {
  return name.replaceAll('.', '_');
}
