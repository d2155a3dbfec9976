// A line of a function's log: for people, and for CloudWatch, which takes its metrics out of it.

import { Metrics } from '@aws-lambda-powertools/metrics';
import { expect, test } from 'vitest';
import { toldLine } from '../../../functions/telemetry/told-line.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { noOperations } from '../../../shared/store/counted.ts';
import { newTally, processTimesMax, type Told } from '../../../shared/told.ts';

const where = {
  engine: 'Sluice-Engine-D61B2235',
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  apiRequestId: 'JKJaXmPLvHcESHA=',
};

const sent: Told = {
  operation: 'send',
  outcome: 'ok',
  startedAt: 1_700_000_000_000 as EpochMillis,
  millis: 42,
  operations: { ...noOperations(), objectPuts: 1, tableWrites: 1 },
  did: {
    ...newTally(),
    principal: 'User:shop',
    topic: 'orders',
    partition: 2,
    partitions: 1,
    baseOffset: 123_456,
    sentMessages: 10,
    bytes: 1_234,
  },
  request: { route: 'POST /topics/:topic', status: 200 },
};

const parsed = (told: Told) => JSON.parse(toldLine(told, where));

test('says who did what, what became of it, and what it cost', () => {
  const { _aws, ...line } = parsed(sent);
  expect(line).toEqual({
    Engine: where.engine,
    'messaging.operation.name': 'send',
    'messaging.client.operation.duration': 0.042,
    'messaging.client.sent.messages': 10,
    requestId: where.requestId,
    apiRequestId: where.apiRequestId,
    principal: 'User:shop',
    route: 'POST /topics/:topic',
    status: 200,
    outcome: 'ok',
    millis: 42,
    topic: 'orders',
    partition: 2,
    baseOffset: 123_456,
    bytes: 1_234,
    operations: { objectPuts: 1, tableWrites: 1 },
  });
});

test('is one line, of the bytes that the docs/costs.md counts on', () => {
  const line = toldLine(sent, where);
  expect(line).not.toContain('\n');
  expect(line.length).toBeGreaterThan(700);
  expect(line.length).toBeLessThan(900);
});

test('tells each metric by its own dimensions, and no other', () => {
  const failed: Told = {
    ...sent,
    outcome: 'damaged',
    errorCode: 'DAMAGED',
    did: { ...sent.did, processMillis: [5, 6] },
  };
  const { _aws, ...line } = parsed(failed);
  const byDimensions = _aws.CloudWatchMetrics.map(
    ({ Dimensions, Metrics: told }: { Dimensions: string[][]; Metrics: { Name: string }[] }) => [
      Dimensions,
      told.map(({ Name }) => Name),
    ],
  );
  expect(byDimensions).toEqual([
    [[['Engine', 'messaging.operation.name']], ['messaging.client.operation.duration']],
    [
      [['Engine']],
      ['messaging.client.sent.messages', 'messaging.process.duration', 'sluice.damage'],
    ],
    [[['Engine', 'error.type']], ['sluice.failures']],
  ]);
  expect(line).toMatchObject({
    'messaging.process.duration': [0.005, 0.006],
    'error.type': 'damaged',
    'sluice.failures': 1,
  });
});

test('of one kind of dimensions is what Powertools publishes', () => {
  const alone = parsed({ ...sent, did: newTally() });
  const metrics = new Metrics({ namespace: 'Sluice' });
  metrics.clearDefaultDimensions();
  metrics.addDimensions({ Engine: where.engine, 'messaging.operation.name': 'send' });
  metrics.addMetric('messaging.client.operation.duration', 'Seconds', 0.042);
  const { _aws, ...values } = metrics.serializeMetrics();
  expect(alone).toMatchObject(values);
  expect(alone._aws.CloudWatchMetrics).toEqual(_aws.CloudWatchMetrics);
});

test('of a long turn holds as many times as are kept', () => {
  const processMillis = Array.from({ length: processTimesMax }, (_, millis) => millis);
  const line = parsed({ ...sent, did: { ...sent.did, processMillis } });
  expect(line['messaging.process.duration']).toHaveLength(processTimesMax);
});

test('of what is not paid for is a line and no metric', () => {
  const did = { ...newTally(), backlog: 0, leftObjects: 0, deletedBytes: 0 };
  const line = parsed({ ...sent, operation: 'upkeep', did });
  expect(line).not.toHaveProperty('_aws');
  expect(line).toMatchObject({ 'messaging.operation.name': 'upkeep', millis: 42, outcome: 'ok' });
  const left = parsed({ ...sent, operation: 'upkeep', did: { ...did, backlog: 2 } });
  expect(left).toMatchObject({ Engine: where.engine, 'sluice.merge.backlog': 2 });
  expect(left._aws.CloudWatchMetrics).toHaveLength(1);
});

test('of a run has no request', () => {
  const { request: _, ...run } = sent;
  const line = JSON.parse(toldLine(run, { engine: 'e', requestId: 'r' }));
  expect(line).not.toHaveProperty('route');
  expect(line).not.toHaveProperty('apiRequestId');
});
