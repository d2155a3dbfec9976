// From a source to a topic, as a template has it: what the source starts, what that is told and may
// do, and where what fails is kept.

import { Duration } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { IngestSource } from '../../../infra/triggers/ingest-source.ts';
import { environmentNames } from '../../../shared/contract.ts';
import { parseMapping } from '../../../shared/ingest/mapping.ts';
import { environmentOf, mappingOf, named, referred, withoutHash } from '../mappings.ts';
import { permissionsOf } from '../permissions.ts';
import { storePermissions } from '../store-permissions.ts';
import { flat, newStack, ofType, type Resources, resourcesOf, theOnly } from '../template.ts';

function stackOfAll(): Resources {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine');
  const into = (name: string) => ({ topic: `${name}-events`, name });
  const { queue, topic, bucket, eventPattern, kinesis, tableStream } = IngestSource;
  const table = new Table(stack, 'Carts', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
  });
  engine.ingestFrom(queue(new Queue(stack, 'Jobs'), { maxConcurrency: 5 }), {
    ...into('jobs'),
    key: '$.job.id',
    partitions: 8,
    concurrency: 3,
  });
  engine.ingestFrom(queue(new Queue(stack, 'Steps', { fifo: true })), into('steps'));
  engine.ingestFrom(topic(new Topic(stack, 'News')), into('news'));
  const photos = { events: [EventType.OBJECT_REMOVED], prefix: 'raw/', suffix: '.jpg' };
  engine.ingestFrom(bucket(new Bucket(stack, 'Photos'), photos), into('photos'));
  const pattern = { source: ['com.example.shop'] };
  engine.ingestFrom(eventPattern(pattern, new EventBus(stack, 'Shop')), into('shop'));
  engine.ingestFrom(kinesis(new Stream(stack, 'Clicks'), { retryAttempts: 3 }), into('clicks'));
  engine.ingestFrom(tableStream(table), into('carts'));
  return resourcesOf(stack);
}

const resources = stackOfAll();
const names = ['jobs', 'steps', 'news', 'photos', 'shop', 'clicks', 'carts'];
const ingest = (name: string) => `EngineIngests${name}Ingest`;
const deadLetters = (name: string) => `<EngineIngests${name}DeadLettersQueue>`;

/** What every source's function may do, and what it may besides. */
function allowed(name: string, others: readonly string[]): string[] {
  const own = ingest(name);
  return [
    ...storePermissions.ingest,
    `logs:CreateLogStream <${own}Log>`,
    `logs:PutLogEvents <${own}Log>`,
    ...others,
  ].sort();
}

describe('a source’s function', () => {
  test.each(names)('of %s knows its topic, which is there before it', (name) => {
    const told = environmentOf(resources, `${ingest(name)}Function`);
    expect(told[environmentNames.ingestTopic]).toBe(`${name}-events`);
    const mapping = JSON.parse(told[environmentNames.ingestMapping] ?? '');
    expect(parseMapping(mapping).kind).toBe('mapping');
    expect(mapping).toEqual({ key: name === 'jobs' ? '$.job.id' : 'default' });

    const { DependsOn } = named(resources, `${ingest(name)}Function`);
    expect(DependsOn?.map(withoutHash)).toContain(`EngineIngests${name}Topic`);
    const { Topics } = named(resources, `EngineIngests${name}Topic`).Properties;
    const partitions = name === 'jobs' ? { partitions: 8 } : {};
    expect(JSON.parse(Topics)).toEqual([{ name: `${name}-events`, ...partitions }]);
  });

  test('runs as often at once as it was said to', () => {
    const limit = (name: string) =>
      named(resources, `${ingest(name)}Function`).Properties['ReservedConcurrentExecutions'];
    expect(names.map(limit)).toEqual([3, ...names.slice(1).map(() => undefined)]);
  });
});

describe('a queue', () => {
  const polls = (queue: string) =>
    ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((does) => `sqs:${does} ${queue}`);

  test('is read by Lambda, which is told of each message that failed', () => {
    const mapping = mappingOf(resources, '<Jobs>');
    expect(flat(mapping['FunctionName'])).toBe(`<${ingest('jobs')}Function>`);
    expect(mapping).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(permissionsOf(resources, `${ingest('jobs')}Role`)).toEqual(
      allowed('jobs', polls('<Jobs>')),
    );
  });

  test('in order has smaller events, at once', () => {
    const mapping = mappingOf(resources, '<Steps>');
    expect(mapping).toMatchObject({ BatchSize: 10 });
    expect(mapping['MaximumBatchingWindowInSeconds']).toBeUndefined();
  });

  test('is hidden no shorter than its function runs, if it is left as it is', () => {
    // SQS's own default of the visibility timeout.
    expect(named(resources, `${ingest('jobs')}Function`).Properties['Timeout']).toBeLessThan(30);
  });
});

describe('a stream', () => {
  const setAside = (name: string) => `sqs:SendMessage ${deadLetters(name)}`;

  test('of Kinesis is read in order, one batch of a shard at a time', () => {
    const mapping = mappingOf(resources, '<Clicks>');
    expect(flat(mapping['FunctionName'])).toBe(`<${ingest('clicks')}Function>`);
    expect(mapping).toMatchObject({
      BatchSize: 1_000,
      ParallelizationFactor: 1,
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(flat(mapping['DestinationConfig'].OnFailure.Destination)).toBe(deadLetters('clicks'));
    expect(permissionsOf(resources, `${ingest('clicks')}Role`)).toEqual(
      allowed('clicks', [
        'kinesis:DescribeStream <Clicks>',
        'kinesis:DescribeStreamSummary <Clicks>',
        'kinesis:GetRecords <Clicks>',
        'kinesis:GetShardIterator <Clicks>',
        'kinesis:ListShards <Clicks>',
        // The stream is encrypted by the key that Kinesis has of its own.
        setAside('clicks'),
      ]),
    );
  });

  test('of a table is read the same way', () => {
    const mapping = mappingOf(resources, '<Carts>');
    expect(flat(mapping['FunctionName'])).toBe(`<${ingest('carts')}Function>`);
    expect(mapping).toMatchObject({
      BatchSize: 100,
      MaximumRetryAttempts: 20,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(permissionsOf(resources, `${ingest('carts')}Role`)).toEqual(
      allowed('carts', [
        'dynamodb:DescribeStream <Carts>',
        'dynamodb:GetRecords <Carts>',
        'dynamodb:GetShardIterator <Carts>',
        'dynamodb:ListStreams <Carts>/stream/*',
        setAside('carts'),
      ]),
    );
  });
});

describe('a source that does not wait for an answer', () => {
  test.each(['news', 'photos', 'shop'])('has what failed of %s kept whole', (name) => {
    const own = `<${ingest(name)}Function>`;
    const configs = ofType(resources, 'AWS::Lambda::EventInvokeConfig')
      .map(([, { Properties }]) => Properties)
      .filter(({ FunctionName }) => flat(FunctionName) === own);
    expect(configs).toHaveLength(1);
    expect(flat(configs[0]?.['DestinationConfig'].OnFailure.Destination)).toBe(deadLetters(name));
    expect(referred(resources, deadLetters(name)).Properties).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
    expect(permissionsOf(resources, `${ingest(name)}Role`)).toEqual(
      allowed(name, [`sqs:SendMessage ${deadLetters(name)}`]),
    );
  });

  test.each([
    ['news', 'sns.amazonaws.com', '<News>'],
    ['photos', 's3.amazonaws.com', '<Photos>'],
    ['shop', 'events.amazonaws.com', '<EngineIngestsshopRule>'],
  ])('may start the function of %s, and nobody else may', (name, principal, source) => {
    const permissions = ofType(resources, 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => Properties)
      .filter(({ FunctionName }) => flat(FunctionName) === `<${ingest(name)}Function>`);
    expect(permissions).toMatchObject([{ Principal: principal }]);
    expect(flat(permissions[0]?.['SourceArn'])).toBe(source);
  });

  test('sends what was asked for', () => {
    const subscription = theOnly(resources, 'AWS::SNS::Subscription').Properties;
    expect(flat(subscription['TopicArn'])).toBe('<News>');
    expect(flat(subscription['Endpoint'])).toBe(`<${ingest('news')}Function>`);
    expect(flat(subscription['RedrivePolicy'].deadLetterTargetArn)).toBe(deadLetters('news'));

    const { NotificationConfiguration: notifications } = theOnly(
      resources,
      'Custom::S3BucketNotifications',
    ).Properties;
    const [told] = notifications.LambdaFunctionConfigurations;
    expect(told).toMatchObject({
      Events: ['s3:ObjectRemoved:*'],
      Filter: {
        Key: {
          FilterRules: [
            { Name: 'suffix', Value: '.jpg' },
            { Name: 'prefix', Value: 'raw/' },
          ],
        },
      },
    });

    const rule = named(resources, 'EngineIngestsshopRule').Properties;
    expect(rule['EventPattern']).toEqual({ source: ['com.example.shop'] });
    expect(flat(rule['EventBusName'])).toBe('<Shop>');
    expect(flat(rule['Targets'][0].DeadLetterConfig.Arn)).toBe(deadLetters('shop'));
  });
});

test('a key’s path is one for the stack if and only if it is one for the function', () => {
  const engine = new MessageEngine(newStack(), 'Engine');
  const events = IngestSource.eventPattern({ source: ['x'] });
  const keys = ['default', 'none', '$.a', '$.detail.order-id', '$.a b', '', '$', '$.', '$..a'];
  const more = ['a', '$.a[0]', '$.*', '$.a.', `$.${'a'.repeat(999)}`, `$.${'a'.repeat(998)}`];
  for (const [at, key] of [...keys, ...more].entries()) {
    const ask = () => engine.ingestFrom(events, { topic: 'x', name: `n${at}`, key });
    const isKey = parseMapping({ key }).kind === 'mapping';
    if (isKey) expect(ask).not.toThrow();
    else expect(ask).toThrow(`key is '${key}': it must be 'default', 'none', or a path`);
  }
});

describe('what cannot be is refused by name, with the value and the bound', () => {
  const stack = newStack();
  const queue = new Queue(stack, 'Queue');
  const fifo = new Queue(stack, 'Fifo', { fifo: true });
  const stream = new Stream(stack, 'Stream');
  const { eventPattern } = IngestSource;
  const engine = new MessageEngine(stack, 'Engine');
  const into = (props: object) => () =>
    engine.ingestFrom(eventPattern({ source: ['x'] }), { topic: 'x', ...props });
  const cases: [() => unknown, string][] = [
    [into({ topic: 'a*' }), "topic is 'a*': it must be 1 to 249 of"],
    [into({ name: 'a/b' }), "name is 'a/b': it must be"],
    [into({ partitions: 0 }), 'partitions is 0: it must be a whole number from 1 to 1000'],
    [into({ concurrency: 0 }), 'concurrency is 0: it must be a whole number from 1 to 100000'],
    [
      () => IngestSource.queue(queue, { batchSize: 1_001 }),
      'batchSize is 1001: it must be a whole',
    ],
    [
      () => IngestSource.queue(fifo, { batchSize: 11 }),
      'batchSize is 11: it must be a whole number from 1 to 10',
    ],
    [
      () => IngestSource.queue(queue, { maxBatchingWindow: Duration.seconds(0) }),
      'maxBatchingWindow is 0: it must be a whole number from 1 to 300 seconds',
    ],
    [
      () => IngestSource.queue(fifo, { maxBatchingWindow: Duration.seconds(1) }),
      'maxBatchingWindow is 1: it must be a whole number from 0 to 0 seconds',
    ],
    [() => IngestSource.queue(queue, { maxConcurrency: 1 }), 'maxConcurrency is 1: it must be'],
    [() => IngestSource.kinesis(stream, { batchSize: 10_001 }), 'batchSize is 10001: it must be'],
    [() => IngestSource.kinesis(stream, { retryAttempts: -1 }), 'retryAttempts is -1: it must be'],
    [
      () => IngestSource.kinesis(stream, { maxRecordAge: Duration.seconds(59) }),
      'maxRecordAge is 59: it must be a whole number from 60 to 604800 seconds',
    ],
    [
      () => IngestSource.bucket(new Bucket(stack, 'Bucket'), { events: [] }),
      'events is empty: it must hold at least one',
    ],
    [
      () => IngestSource.topic(new Topic(stack, 'Topic', { fifo: true })),
      'topic is FIFO: it must be subscribed to by a queue',
    ],
    [
      () => {
        const partitionKey = { name: 'id', type: AttributeType.STRING };
        return IngestSource.tableStream(new Table(stack, 'Table', { partitionKey }));
      },
      'table has no stream: it must have one',
    ],
  ];

  test.each(cases)('%#', (ask, message) => {
    expect(ask).toThrow(message);
  });
});
