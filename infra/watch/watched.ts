// What there is of an engine to be watched: what its alarms and its dashboard name.

import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../../shared/contract.ts';
import { type FailureClass, metricDimensions } from '../../shared/metric-names.ts';
import type { ApiKeys } from '../access/api-keys.ts';
import type { HttpApi } from '../access/http-api.ts';
import type { Console } from '../console.ts';
import type { EngineFunction } from '../engine-function.ts';
import type { Housekeeping } from '../housekeeping.ts';
import type { EngineTable } from '../stores/engine-table.ts';
import type { SegmentBucket } from '../stores/segment-bucket.ts';
import type { Triggers } from '../triggers/triggers.ts';
import type { IMeasuredEngine } from './measured-engine.ts';

export interface Watched {
  readonly engine: IMeasuredEngine;
  readonly http: HttpApi;
  readonly functions: Readonly<Record<FunctionName, EngineFunction>>;
  /** Where callers are known by them. */
  readonly apiKeys: ApiKeys | undefined;
  /** Where there is one. */
  readonly console: Console | undefined;
  readonly triggers: Triggers;
  readonly housekeeping: Housekeeping;
  readonly table: EngineTable;
  readonly segments: SegmentBucket;
}

/** Requests and runs that failed in that way. */
export function failuresOf(
  engine: IMeasuredEngine,
  failure: FailureClass,
  options: MetricOptions = {},
): Metric {
  const dimensionsMap = { [metricDimensions.failure]: failure };
  return engine.metric('sluice.failures', { ...options, dimensionsMap });
}
