// Several engines of an account: none is in the way of another, each is told from the others where
// people look, and what is measured of one is its own.

import { App, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, test } from 'vitest';
import type { IMessageEngine } from '../../infra/message-engine.ts';
import { MessageEngine } from '../../infra/message-engine.ts';
import { Topic } from '../../infra/topic.ts';
import { DeliveryTarget } from '../../infra/triggers/delivery-target.ts';
import { environmentNames } from '../../shared/contract.ts';
import { failureClasses, metricDimensions, metricNamespace } from '../../shared/metric-names.ts';
import { newStack, ofType, type Resources, resourcesOf } from './template.ts';

function used(scope: Stack, id: string): MessageEngine {
  const engine = new MessageEngine(scope, id);
  const topic = new Topic(scope, `${id}-orders`, { engine, topicName: 'orders' });
  engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in'), { topic });
  return engine;
}

/** Of the account: two that are the same cannot be there at once. */
const physicalNames =
  /^((Alarm|Bucket|Dashboard|Function|LogGroup|ManagedPolicy|Queue|Role|Table|Topic)?Name)$/;

function namesIn(resources: Resources): string[] {
  return Object.values(resources).flatMap(({ Type, Properties = {} }) =>
    Object.entries(Properties)
      .filter(([name, value]) => physicalNames.test(name) && typeof value === 'string')
      .map(([name, value]) => `${Type} ${name} ${value}`),
  );
}

const functionsOf = (resources: Resources) =>
  ofType(resources, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties)
    .filter(({ Environment }) => environmentNames.engineName in (Environment?.Variables ?? {}));

describe('two engines of one stack', () => {
  const stack = newStack();
  const engines = [used(stack, 'Orders'), used(stack, 'Logs')];
  const resources = resourcesOf(stack);

  test('have no name in common', () => {
    const names = namesIn(resources);
    expect(new Set(names).size).toBe(names.length);
    expect(engines[0]?.engineName).not.toBe(engines[1]?.engineName);
  });

  test('are told apart: APIs by their names, functions by what describes them', () => {
    const apis = ofType(resources, 'AWS::ApiGatewayV2::Api').map(
      ([, api]) => api.Properties['Name'],
    );
    expect(apis).toEqual(engines.map(({ engineName }) => `Sluice ${engineName}`));
    const functions = functionsOf(resources);
    expect(functions).toHaveLength(2 * 11);
    const descriptions = functions.map(({ Description }) => Description);
    expect(new Set(descriptions).size).toBe(descriptions.length);
  });

  test('tell what they measure each by its own name', () => {
    for (const { Description, Environment } of functionsOf(resources)) {
      const name = Environment.Variables[environmentNames.engineName];
      expect(Description.endsWith(` of ${name}`)).toBe(true);
    }
  });
});

test('engines of two stacks, and of two stages, have no name in common', () => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  const stacks = ['Test', 'Live'].map((name) => new Stack(new Stage(app, name), 'Sluice'));
  const engines = stacks.map((stack) => new MessageEngine(stack, 'Engine'));
  expect(new Set(engines.map(({ engineName }) => engineName)).size).toBe(2);
  const names = stacks.flatMap((stack) => namesIn(Template.fromStack(stack).toJSON()['Resources']));
  expect(new Set(names).size).toBe(names.length);
});

test('an engine may be called something, if that can be said where it is', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine', { engineName: 'orders.live_1' });
  expect(engine.engineName).toBe('orders.live_1');
  for (const [at, engineName] of ['', 'a b', 'a/b', 'a'.repeat(65), 'ä'].entries()) {
    expect(() => new MessageEngine(stack, `Other${at}`, { engineName })).toThrow(
      `engineName is '${engineName}': it must be 1 to 64 of`,
    );
  }
});

describe('what is measured of an engine', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine', { engineName: 'orders' });
  const own = { [metricDimensions.engine]: 'orders' };
  const said = (metric: IMetric) => {
    const { namespace, metricName, dimensions, statistic } = metric as Metric;
    return { namespace, metricName, dimensions, statistic };
  };

  test('is what it tells, by its name', () => {
    const metric = (metricName: string, statistic: string, by: object = {}) => ({
      namespace: metricNamespace,
      metricName,
      statistic,
      dimensions: { ...own, ...by },
    });
    expect(
      [
        engine.metricSentMessages(),
        engine.metricConsumedMessages(),
        engine.metricMaxLag(),
        engine.metricOperationDuration('poll'),
        engine.metric('sluice.merge.backlog', { statistic: 'Average' }),
        engine.metric('sluice.failures', {
          dimensionsMap: { [metricDimensions.failure]: 'fault' },
        }),
      ].map(said),
    ).toEqual([
      metric('messaging.client.sent.messages', 'Sum'),
      metric('messaging.client.consumed.messages', 'Sum'),
      metric('group_max_lag_seconds', 'Maximum'),
      metric('messaging.client.operation.duration', 'p99', {
        [metricDimensions.operation]: 'poll',
      }),
      metric('sluice.merge.backlog', 'Average'),
      metric('sluice.failures', 'Sum', { [metricDimensions.failure]: 'fault' }),
    ]);
  });

  test('and what API Gateway tells of it', () => {
    const api = (metricName: string, statistic: string) => ({
      namespace: 'AWS/ApiGateway',
      metricName,
      statistic,
      dimensions: { ApiId: engine.apiId },
    });
    expect(
      [
        engine.metricRequests(),
        engine.metricClientErrors(),
        engine.metricServerErrors(),
        engine.metricLatency(),
      ].map(said),
    ).toEqual([
      api('Count', 'SampleCount'),
      api('4xx', 'Sum'),
      api('5xx', 'Sum'),
      api('Latency', 'p99'),
    ]);
  });

  test('its failures are those of all classes', () => {
    const { expression, usingMetrics } = engine.metricFailures();
    expect(expression).toBe(
      'FILL(retriable, 0) + FILL(unknown, 0) + FILL(damaged, 0) + FILL(fault, 0)',
    );
    const classes = Object.entries(usingMetrics).map(([id, metric]) => [id, said(metric)]);
    expect(classes).toMatchObject(
      failureClasses.map((one) => [
        one,
        { metricName: 'sluice.failures', dimensions: { ...own, [metricDimensions.failure]: one } },
      ]),
    );
  });

  test('is refused without what it is told by', () => {
    expect(() => engine.metric('messaging.client.operation.duration')).toThrow(
      "dimensionsMap has no 'messaging.operation.name'",
    );
    const attributes = { apiId: 'abc123', endpoint: 'https://abc123.example.com' };
    const theirs = (id: string, engineName?: string): IMessageEngine =>
      MessageEngine.fromAttributes(stack, id, { ...attributes, engineName });
    expect(() => theirs('Odd', 'a b')).toThrow("engineName is 'a b': it must be");
    const nameless = theirs('Nameless');
    expect(() => nameless.metricMaxLag()).toThrow('engineName is missing');
    expect(() => nameless.metricFailures()).toThrow('engineName is missing');
    expect(said(nameless.metricRequests()).dimensions).toEqual({ ApiId: 'abc123' });
    expect(said(theirs('Named', 'orders').metricMaxLag()).dimensions).toEqual(own);
  });
});
