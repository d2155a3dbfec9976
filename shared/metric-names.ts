// What is measured, by name: the functions and the embedded engine tell it, the stack draws and
// watches it. The words are OpenTelemetry's for messaging where it has one, and those of
// kafka-lag-exporter for lag.
//
// A name in CloudWatch is paid for by the hour in which it is told, once for each value of its
// dimensions: so there are few, and a topic, a group or a partition is none.
// Sources: OpenTelemetry's "Semantic conventions for messaging client metrics" and "... messaging
// spans"; kafka-lag-exporter's README; CloudWatch's "Embedded metric format".

export const metricNamespace = 'Sluice';

export const metricDimensions = {
  /** Which engine of the account. */
  engine: 'Engine',
  /** One of `operationNames`. */
  operation: 'messaging.operation.name',
  /** Of failures: one of `failureClasses`. */
  failure: 'error.type',
} as const;

/** What is done, by whatever way it was asked for. */
export const operationNames = [
  'send',
  'fetch',
  'poll',
  'commit',
  'deliver',
  'ingest',
  'administer',
  'authorize',
  'route',
  'sweep',
  'upkeep',
  'collect',
] as const;

export type OperationName = (typeof operationNames)[number];

/** Those whose time is a metric of CloudWatch's. How long the others take, their functions' own
 * Duration says, for which nobody pays, and each line of a log. */
export const timedOperations = [
  'send',
  'fetch',
  'poll',
  'commit',
  'deliver',
  'ingest',
] as const satisfies readonly OperationName[];

/** How what failed has failed: the outcomes of errors.ts, and what is our own doing. A definite
 * refusal is the caller's, and no failure. */
export const failureClasses = ['retriable', 'unknown', 'damaged', 'fault'] as const;

export type FailureClass = (typeof failureClasses)[number];

/** By metric: its dimensions beside the engine, and its unit. */
export const metrics = {
  /** How long a request, a worker's turn or a run took, but for what a caller wanted to wait. */
  'messaging.client.operation.duration': { unit: 'Seconds', by: 'operation' },
  /** Records appended. */
  'messaging.client.sent.messages': { unit: 'Count' },
  /** Records given to fetches, polls and targets. */
  'messaging.client.consumed.messages': { unit: 'Count' },
  /** How long a target took over what it was given. */
  'messaging.process.duration': { unit: 'Seconds' },
  /** Requests and runs that failed, and not by the caller's doing. */
  'sluice.failures': { unit: 'Count', by: 'failure' },
  /** What was found damaged: an index that names no object, a CRC that is wrong. */
  'sluice.damage': { unit: 'Count' },
  /** Calls that a store refused for coming too fast: DynamoDB's throttling, S3's 503. */
  'sluice.object.throttles': { unit: 'Count' },
  'sluice.table.throttles': { unit: 'Count' },
  /** How old, when it was given, what a group was given last: of the group that is furthest
   * behind. By the records' timestamps, which producers may choose: old records that are appended
   * now are old, and so is what a group reads that begins at the earliest. */
  group_max_lag_seconds: { unit: 'Seconds' },
  /** Changes of generation of all groups: each moves leases. */
  'sluice.group.rebalances': { unit: 'Count' },
  /** Partitions that a run of upkeep had no time for, or no time to finish. */
  'sluice.merge.backlog': { unit: 'Count' },
  /** Of objects that a sweep has deleted, and of those that it must leave. */
  'sluice.sweep.deleted.bytes': { unit: 'Bytes' },
  'sluice.sweep.left.objects': { unit: 'Count' },
} as const satisfies Record<
  string,
  { readonly unit: string; readonly by?: keyof typeof metricDimensions }
>;

export type MetricName = keyof typeof metrics;
