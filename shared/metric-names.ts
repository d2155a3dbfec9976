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

/** Of one metric, all that is said of it: Prometheus and CloudWatch are told of each alike. */
export type MetricDefinition = {
  /** An amount that adds up, a state when it is told, or what is measured of each of many. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** CloudWatch's word. */
  readonly unit: 'Bytes' | 'Count' | 'Seconds';
  readonly help: string;
  /** Its dimension beside the engine. */
  readonly by?: 'operation' | 'failure';
};

const definitions = {
  'messaging.client.operation.duration': {
    kind: 'histogram',
    unit: 'Seconds',
    help: 'How long a request, a turn or a run took, but for what a caller wanted to wait',
    by: 'operation',
  },
  'messaging.client.sent.messages': {
    kind: 'counter',
    unit: 'Count',
    help: 'Records appended',
  },
  'messaging.client.consumed.messages': {
    kind: 'counter',
    unit: 'Count',
    help: 'Records given to fetches, polls and targets',
  },
  'messaging.process.duration': {
    kind: 'histogram',
    unit: 'Seconds',
    help: 'How long a target took over what it was given',
  },
  'sluice.failures': {
    kind: 'counter',
    unit: 'Count',
    help: 'Requests and runs that failed, and not by the caller’s doing',
    by: 'failure',
  },
  'sluice.damage': {
    kind: 'counter',
    unit: 'Count',
    help: 'What was found damaged: an index that names no object, a CRC that is wrong',
  },
  'sluice.object.throttles': {
    kind: 'counter',
    unit: 'Count',
    help: 'Calls that S3 refused for coming too fast, by 503',
  },
  'sluice.table.throttles': {
    kind: 'counter',
    unit: 'Count',
    help: 'Calls that DynamoDB refused for coming too fast',
  },
  /** Of the group that is furthest behind. By the records' timestamps, which producers may choose:
   * old records that are appended now are old, and so is what a group reads that begins at the
   * earliest. */
  group_max_lag_seconds: {
    kind: 'gauge',
    unit: 'Seconds',
    help: 'How old, when it was given, what a group was given last',
  },
  /** Each moves leases. */
  'sluice.group.rebalances': {
    kind: 'counter',
    unit: 'Count',
    help: 'Changes of generation of all groups',
  },
  'sluice.merge.backlog': {
    kind: 'gauge',
    unit: 'Count',
    help: 'Partitions that the last run of upkeep had no time for, or no time to finish',
  },
  'sluice.sweep.deleted.bytes': {
    kind: 'counter',
    unit: 'Bytes',
    help: 'Of objects that sweeps have deleted',
  },
  'sluice.sweep.left.objects': {
    kind: 'gauge',
    unit: 'Count',
    help: 'Objects that the last sweep could not judge, and must leave',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof definitions;

export const metrics: Readonly<Record<MetricName, MetricDefinition>> = definitions;

export const metricNames = Object.keys(metrics) as readonly MetricName[];
