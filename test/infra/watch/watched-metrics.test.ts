// What the alarms and the dashboard look at is told by somebody: by the functions, under the names
// that they use too, or by AWS of a resource that the template has. A name of neither would be a
// line that is always empty, and an alarm that is never on.

import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import {
  failureClasses,
  type MetricDefinition,
  metricDimensions,
  metricNamespace,
  metrics,
  operationNames,
} from '../../../shared/metric-names.ts';
import { referred } from '../mappings.ts';
import {
  engineNamesIn,
  engineResources,
  flat,
  newStack,
  ofType,
  resourcesOf,
  theOnly,
} from '../template.ts';
import { alarmsIn, metricsOf, resourcesOfEveryAlarm } from './every-alarm.ts';

type Watched = {
  readonly namespace: string;
  readonly name: string;
  /** A reference is as `flat` has it. */
  readonly dimensions: Readonly<Record<string, string>>;
};

type Widget = { readonly properties: { readonly metrics?: readonly (string | object)[][] } };

const resources = resourcesOfEveryAlarm();
const [ours] = engineNamesIn(resources);

/** Sources: the pages on metrics and dimensions of the services' guides. */
const ofAws: Readonly<Record<string, { dimension: string; type: string; names: RegExp }>> = {
  'AWS/Lambda': {
    dimension: 'FunctionName',
    type: 'AWS::Lambda::Function',
    names: /^(Duration|Errors|Throttles|Invocations|IteratorAge|ConcurrentExecutions)$/,
  },
  'AWS/SQS': {
    dimension: 'QueueName',
    type: 'AWS::SQS::Queue',
    names: /^Approximate(NumberOfMessagesVisible|AgeOfOldestMessage)$/,
  },
  'AWS/DynamoDB': {
    dimension: 'TableName',
    type: 'AWS::DynamoDB::Table',
    names: /^(Read|Write)(KeyRangeThroughput|AccountLimit)ThrottleEvents$|^Consumed(Read|Write)C/,
  },
  'AWS/ApiGateway': {
    dimension: 'ApiId',
    type: 'AWS::ApiGatewayV2::Api',
    names: /^(5xx|Count)$/,
  },
  'AWS/S3': { dimension: 'BucketName', type: 'AWS::S3::Bucket', names: /^BucketSizeBytes$/ },
};

function ofAlarms(): Watched[] {
  return alarmsIn(resources).flatMap(([, alarm]) =>
    metricsOf(alarm).map(({ Namespace: namespace, MetricName: name, Dimensions = [] }) => {
      const named = Dimensions.map(({ Name, Value }) => [Name, flat(Value)]);
      return { namespace, name, dimensions: Object.fromEntries(named) };
    }),
  );
}

/** Each is [namespace, name, dimension, value, ..., how it is drawn]. */
function drawn(of: typeof resources): Watched[] {
  const { DashboardBody } = theOnly(of, 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets } = JSON.parse(flat(DashboardBody));
  return (widgets as Widget[]).flatMap(({ properties: { metrics: lines = [] } }) =>
    lines.map((line) => {
      const [namespace, name, ...rest] = line.filter((word) => typeof word === 'string');
      const pairs = rest.flatMap((word, at) => (at % 2 === 0 ? [[word, rest[at + 1]]] : []));
      return { namespace, name, dimensions: Object.fromEntries(pairs) } as Watched;
    }),
  );
}

/** What is wrong with it; undefined: it is told. */
function fault({ namespace, name, dimensions }: Watched): string | undefined {
  if (namespace === metricNamespace) return faultOfOurs(name, dimensions);
  const of = ofAws[namespace];
  if (of === undefined || !of.names.test(name)) return `nobody tells ${namespace} ${name}`;
  const { [of.dimension]: value, StorageType: _, ...others } = dimensions;
  if (value === undefined || Object.keys(others).length > 0) return `${name}: other dimensions`;
  const { Type } = referred(resources, value);
  return Type === of.type ? undefined : `${name} is of a ${of.type}, and not of a ${Type}`;
}

function faultOfOurs(name: string, dimensions: Watched['dimensions']): string | undefined {
  const { Properties } = theOnly(resources, 'AWS::Logs::MetricFilter');
  const [filtered] = Properties['MetricTransformations'];
  if (name === filtered.MetricName) {
    const [{ Key }] = filtered.Dimensions;
    return dimensions[Key] === '<EngineHttpApi>' ? undefined : `${name} of another API`;
  }
  const all: Readonly<Record<string, MetricDefinition>> = metrics;
  const found = all[name];
  if (found === undefined) return `${name} is none of metric-names.ts`;
  const { [metricDimensions.engine]: engine, ...others } = dimensions;
  if (engine !== ours) return `${name} is of the engine ${engine}`;
  const allowed = { operation: operationNames, failure: failureClasses };
  const expected = found.by === undefined ? [] : [metricDimensions[found.by]];
  if (Object.keys(others).join() !== expected.join()) return `${name} is not by ${expected}`;
  const values = found.by === undefined ? [] : (allowed[found.by] as readonly string[]);
  const wrong = Object.values(others).find((value) => !values.includes(value));
  return wrong === undefined ? undefined : `${name}: ${wrong} is no ${found.by}`;
}

describe('somebody tells', () => {
  test('what every alarm looks at', () => {
    expect(ofAlarms().map(fault)).toEqual(ofAlarms().map(() => undefined));
  });

  test('what the dashboard draws', () => {
    const lines = drawn(resources);
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.map(fault)).toEqual(lines.map(() => undefined));
  });

  test('and this would say if nobody did', () => {
    const own = { namespace: metricNamespace, dimensions: { Engine: ours ?? '' } };
    expect(fault({ ...own, name: 'sluice.damages' })).toContain('none of metric-names');
    expect(fault({ ...own, name: 'sluice.failures' })).toContain('not by error.type');
    const table = { namespace: 'AWS/DynamoDB', dimensions: { TableName: '<EngineTable>' } };
    expect(fault({ ...table, name: 'WriteThrottles' })).toContain('nobody tells');
  });

  test('what is refused before a function is asked: the access log does', () => {
    const { FilterPattern, LogGroupName } = theOnly(
      resources,
      'AWS::Logs::MetricFilter',
    ).Properties;
    expect(FilterPattern).toBe('{ ($.status = "429") && ($.invoked != "200") }');
    expect(flat(LogGroupName)).toBe('<EngineHttpAccessLog>');
    const { Format } = theOnly(resources, 'AWS::ApiGatewayV2::Stage').Properties[
      'AccessLogSettings'
    ];
    expect(JSON.parse(Format)).toMatchObject({
      api: '$context.apiId',
      status: '$context.status',
      invoked: '$context.integrationStatus',
    });
  });
});

describe('the dashboard', () => {
  test('is one of those that are free: fifty metrics', () => {
    expect(drawn(resources).length).toBeLessThanOrEqual(50);
  });

  test('shows every alarm, those of a source that came later too', () => {
    const { DashboardBody } = theOnly(resources, 'AWS::CloudWatch::Dashboard').Properties;
    const { widgets } = JSON.parse(flat(DashboardBody));
    const [{ properties }] = widgets.filter(({ type }: { type: string }) => type === 'alarm');
    const ids = alarmsIn(resources).map(([id]) => flat({ Ref: id }));
    expect([...properties.alarms].sort()).toEqual(ids.sort());
  });

  test('is left out by who wants none', () => {
    const without = engineResources({ dashboard: false });
    expect(ofType(without, 'AWS::CloudWatch::Dashboard')).toEqual([]);
    expect(alarmsIn(without)).not.toEqual([]);
  });

  test('two engines of a stack are told apart, and neither takes a name', () => {
    const stack = newStack();
    for (const id of ['Engine', 'Other']) new MessageEngine(stack, id);
    const both = resourcesOf(stack);
    const pages = ofType(both, 'AWS::CloudWatch::Dashboard').map(([, page]) => page.Properties);
    expect(pages).toHaveLength(2);
    const engines = pages.map((page) => {
      expect(page['DashboardName']).toBeUndefined();
      return /"Engine","([\w-]+)"/.exec(flat(page['DashboardBody']))?.[1];
    });
    for (const [, alarm] of alarmsIn(both)) expect(alarm.Properties['AlarmName']).toBeUndefined();
    expect(engines.toSorted()).toEqual(engineNamesIn(both).toSorted());
    expect(new Set(engines).size).toBe(2);
  });
});
