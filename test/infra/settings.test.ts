// What may be set, and how it is refused: by name, with the value and the bound.

import { Duration, Lazy } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import type { MessageEngineProps } from '../../infra/settings.ts';
import { functionNames } from '../../shared/contract.ts';
import { engineResources, handlerOf, ofType } from './template.ts';

/** By the handler of each. */
function functionsOf(props?: MessageEngineProps) {
  const functions = ofType(engineResources(props), 'AWS::Lambda::Function');
  return new Map(functions.map(([, resource]) => [handlerOf(resource), resource.Properties]));
}

/** Those that API Gateway waits for. */
function serversOf(props?: MessageEngineProps) {
  const functions = functionsOf(props);
  return functionNames.map((name) => functions.get(name) ?? {});
}

test('every function is an arm64 Node 24 of a bounded time', () => {
  const large = ['upkeep', 'collect'];
  for (const [name = '', properties] of functionsOf()) {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: large.includes(name) ? 2048 : 1024,
      Timeout: expect.any(Number),
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
  }
  const timeouts = serversOf().map((properties) => properties['Timeout']);
  expect(timeouts).toEqual(functionNames.map(() => 28));
});

test('what is set is what is deployed', () => {
  const functions = serversOf({
    memorySize: 2048,
    timeout: Duration.seconds(12),
    produceConcurrency: 50,
    fetchConcurrency: 20,
    groupsConcurrency: 30,
    subscriptionsConcurrency: 4,
    topicsConcurrency: 2,
  });
  for (const properties of functions) {
    expect(properties).toMatchObject({ MemorySize: 2048, Timeout: 12 });
  }
  const concurrency = functions.map((properties) => properties['ReservedConcurrentExecutions']);
  expect(concurrency).toEqual([50, 20, 30, 4, 2]);
});

describe('out of its range, a prop is refused by name', () => {
  const cases: [MessageEngineProps, string][] = [
    [{ memorySize: 256 }, 'memorySize is 256: it must be a whole number from 512 to 10240 MB'],
    [{ memorySize: 1024.5 }, 'memorySize is 1024.5'],
    [{ memorySize: Number.NaN }, 'memorySize is NaN'],
    [{ timeout: Duration.seconds(30) }, 'timeout is 30: it must be a whole number from 5 to 29 s'],
    [{ timeout: Duration.millis(5_500) }, 'timeout is 5.5'],
    [{ produceConcurrency: 0 }, 'produceConcurrency is 0: it must be a whole number from 1 to'],
    [{ fetchConcurrency: -1 }, 'fetchConcurrency is -1'],
    [{ groupsConcurrency: 1.5 }, 'groupsConcurrency is 1.5'],
    [{ subscriptionsConcurrency: 0 }, 'subscriptionsConcurrency is 0'],
    [{ topicsConcurrency: 100_001 }, 'topicsConcurrency is 100001'],
    [{ authorizeConcurrency: 0 }, 'authorizeConcurrency is 0'],
    [{ authorizeConcurrency: 9 }, 'authorizeConcurrency is set, and auth is of the kind iam'],
    [{ deliveryConcurrency: 1 }, 'deliveryConcurrency is 1: it must be a whole number from 2 to'],
    [
      { housekeepingConcurrency: 11 },
      'housekeepingConcurrency is 11: it must be a whole number from 1',
    ],
    [{ requestRate: 0 }, 'requestRate is 0'],
    [{ requestBurst: 1e9 }, 'requestBurst is 1000000000'],
  ];

  test.each(cases)('%o', (props, message) => {
    expect(() => engineResources(props)).toThrow(message);
  });
});

test('a number that only the deployment knows is let through', () => {
  const memorySize = Lazy.number({ produce: () => 3008 });
  expect(serversOf({ memorySize })[0]?.['MemorySize']).toBe(3008);
});
