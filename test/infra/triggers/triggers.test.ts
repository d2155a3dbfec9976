// From an append to its target, as a template has it: each step names the next one, may do what it
// does there, and nothing else; and what fails on the way is kept.

import { describe, expect, test } from 'vitest';
import { environmentNames, followedHead } from '../../../shared/contract.ts';
import { workerMillisMax } from '../../../shared/trigger-limits.ts';
import { environmentOf, mappingOf, named, referred, scheduleOf, withoutHash } from '../mappings.ts';
import { permissionsOf } from '../permissions.ts';
import { storePermissions } from '../store-permissions.ts';
import { flat, ofType, theOnly } from '../template.ts';
import { stackOfThree, subscriptionsIn } from './three-deliveries.ts';

const resources = stackOfThree();
const route = 'EngineTriggersRoute';
const deliver = 'EngineTriggersDeliver';
const sweep = 'EngineTriggersSweep';
const wakeUps = '<EngineTriggersWakeUpsQueue>';
const delayed = '<EngineTriggersWakeUpsDelayed>';
const logs = (name: string) => [
  `logs:CreateLogStream <${name}Log>`,
  `logs:PutLogEvents <${name}Log>`,
];
const sends = [`sqs:SendMessage ${delayed}`, `sqs:SendMessage ${wakeUps}`];
const polls = (queue: string) =>
  ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((does) => `sqs:${does} ${queue}`);

describe('an append', () => {
  const mapping = mappingOf(resources, '<EngineTable>', `<${route}Function>`);

  test('to a head that is followed is told to the router, and no other change is', () => {
    const stream = theOnly(resources, 'AWS::DynamoDB::Table').Properties['StreamSpecification'];
    expect(stream).toEqual({ StreamViewType: 'NEW_IMAGE' });
    const patterns = mapping['FilterCriteria'].Filters.map((one: { Pattern: string }) =>
      JSON.parse(one.Pattern),
    );
    expect(patterns).toEqual([
      {
        eventName: ['INSERT', 'MODIFY'],
        dynamodb: {
          Keys: { sk: { S: [followedHead.sortKey] } },
          NewImage: { [followedHead.attribute]: { S: [followedHead.value] } },
        },
      },
    ]);
  });

  test('that cannot be routed holds up no shard for good, and is set aside', () => {
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1_000,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
    });
    expect(mapping['MaximumBatchingWindowInSeconds']).toBeUndefined();
    const aside = flat(mapping['DestinationConfig'].OnFailure.Destination);
    expect(aside).toBe('<EngineTableUnroutedAppendsQueue>');
    expect(referred(resources, aside).Properties['MessageRetentionPeriod']).toBe(14 * 86_400);
  });

  test('is routed by who knows the routes, and may do no more', () => {
    expect(permissionsOf(resources, `${route}Role`)).toEqual(
      [
        'dynamodb:DescribeStream <EngineTable>',
        'dynamodb:GetRecords <EngineTable>',
        'dynamodb:GetShardIterator <EngineTable>',
        'dynamodb:ListStreams <EngineTable>/stream/*',
        ...storePermissions.route,
        'sqs:SendMessage <EngineTableUnroutedAppendsQueue>',
        ...logs(route),
        ...polls(delayed),
        ...sends,
      ].sort(),
    );
  });
});

describe('a wake-up', () => {
  test('is sent where the worker is woken from, by whoever wakes it', () => {
    const others = ['EngineSubscriptions', 'EngineTriggersProvisionerProvision'];
    for (const name of [route, deliver, sweep, ...others]) {
      const told = environmentOf(resources, `${name}Function`);
      expect(told[environmentNames.wakeUpQueueUrl]).toBe(wakeUps);
      expect(told[environmentNames.delayQueueUrl]).toBe(delayed);
    }
    const mapping = mappingOf(resources, wakeUps);
    expect(flat(mapping['FunctionName'])).toBe(`<${deliver}Function>`);
    expect(mapping).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 200 },
    });
  });

  test('waits in a FIFO queue, each group at its own speed', () => {
    expect(referred(resources, wakeUps).Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(referred(resources, wakeUps).Properties).not.toHaveProperty('ContentBasedDeduplication');
  });

  test('is not given again while its worker may still run', () => {
    const timeout = named(resources, `${deliver}Function`).Properties['Timeout'];
    expect(timeout).toBe(workerMillisMax / 1_000);
    const { VisibilityTimeout } = referred(resources, wakeUps).Properties;
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(timeout + 30);
    const routing = named(resources, `${route}Function`).Properties['Timeout'];
    expect(referred(resources, delayed).Properties['VisibilityTimeout']).toBeGreaterThan(routing);
  });

  test('with a time of its own is forwarded by the router', () => {
    const mapping = mappingOf(resources, delayed);
    expect(flat(mapping['FunctionName'])).toBe(`<${route}Function>`);
    expect(referred(resources, delayed).Properties).not.toHaveProperty('FifoQueue');
  });

  test('may lead to the next: Lambda is told not to end that', () => {
    for (const name of [route, deliver]) {
      expect(named(resources, `${name}Function`).Properties['RecursiveLoop']).toBe('Allow');
    }
  });

  test('that is lost is found by the clock', () => {
    const { Target, ...schedule } = scheduleOf(resources, `<${sweep}Function>`);
    expect(schedule).toMatchObject({ ScheduleExpression: 'rate(5 minutes)' });
    const role = flat(Target.RoleArn);
    expect(permissionsOf(resources, role.slice(1, -1))).toEqual([
      `lambda:InvokeFunction <${sweep}Function>`,
    ]);
    const [trust] = referred(resources, role).Properties['AssumeRolePolicyDocument'].Statement;
    expect(trust.Principal).toEqual({ Service: 'scheduler.amazonaws.com' });
    const { 'aws:SourceAccount': account, 'aws:SourceArn': group } = trust.Condition.StringEquals;
    expect(flat(account)).toBe('<AWS::AccountId>');
    expect(flat(group)).toBe(
      'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default',
    );
  });
});

describe('whoever delivers', () => {
  test('reads what there is, moves subscriptions on, and reaches their targets alone', () => {
    expect(permissionsOf(resources, `${deliver}Role`)).toEqual(
      [
        ...storePermissions.deliver,
        'kms:Decrypt <Key>',
        'kms:GenerateDataKey <Key>',
        'lambda:InvokeFunction <Bill>',
        'sqs:SendMessage <Ship>',
        ...logs(deliver),
        ...polls(wakeUps),
        ...sends,
      ].sort(),
    );
  });

  test('is asked for by the target’s very ARN, or URL', () => {
    const [billed, shipped, posted] = subscriptionsIn(resources);
    expect(billed?.target).toEqual({ type: 'lambda', function: '<Bill>' });
    expect(shipped?.target).toEqual({ type: 'sqs', queue_url: '<Ship>' });
    expect(posted?.target).toEqual({
      type: 'https',
      url: 'https://hooks.example.com/in',
      secret: '{{resolve:secretsmanager:hook:SecretString:::}}',
    });
  });

  test('can do so before anybody asks', () => {
    for (const [, { DependsOn }] of ofType(resources, 'Custom::SluiceSubscription')) {
      expect(DependsOn?.map(withoutHash)).toContain(`${deliver}RoleDefaultPolicy`);
    }
  });
});

test('the sweep looks at all, and changes what was left undone', () => {
  expect(permissionsOf(resources, `${sweep}Role`)).toEqual(
    [...storePermissions.sweep, ...logs(sweep), ...sends].sort(),
  );
});

describe('the engine’s queues', () => {
  const queues = ofType(resources, 'AWS::SQS::Queue').filter(([id]) => id.startsWith('Engine'));

  test('are encrypted, and reached by TLS alone', () => {
    const policies = ofType(resources, 'AWS::SQS::QueuePolicy').map(([, policy]) => policy);
    for (const [id, { Properties }] of queues) {
      expect(Properties['SqsManagedSseEnabled'], id).toBe(true);
      const own = policies.filter(({ Properties: of }) => of['Queues'][0].Ref === id);
      expect(own.flatMap((policy) => policy.Properties['PolicyDocument'].Statement)).toMatchObject([
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]);
    }
  });

  test('set aside what was given five times, for two weeks, in a queue of their kind', () => {
    for (const queue of [wakeUps, delayed]) {
      const { RedrivePolicy, FifoQueue } = referred(resources, queue).Properties;
      expect(RedrivePolicy.maxReceiveCount).toBe(5);
      const aside = referred(resources, flat(RedrivePolicy.deadLetterTargetArn)).Properties;
      expect(aside['MessageRetentionPeriod']).toBe(14 * 86_400);
      expect(aside['FifoQueue']).toBe(FifoQueue);
    }
  });
});
