// A bucket, a table or a key of one's own: used as it is, held to what the engine rests on, and
// refused where the app knows that it cannot do.

import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import {
  AttributeType,
  StreamViewType,
  Table,
  type TableProps,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type LifecycleRule, StorageClass } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import type { MessageEngineProps } from '../../../infra/settings.ts';
import { permissionsOf } from '../permissions.ts';
import { flat, handlerOf, newStack, ofType, resourcesOf, theOnly } from '../template.ts';

const keys = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
};
const good: TableProps = { ...keys, stream: StreamViewType.NEW_IMAGE, timeToLiveAttribute: 'ttl' };

function stackWith(props: (stack: Stack) => MessageEngineProps): Stack {
  const stack = newStack();
  new MessageEngine(stack, 'Engine', props(stack));
  return stack;
}

describe('stores of the app', () => {
  const stack = stackWith((scope) => ({
    bucket: new Bucket(scope, 'Bucket', { encryptionKey: new Key(scope, 'BucketKey') }),
    table: new Table(scope, 'Items', { ...good, encryptionKey: new Key(scope, 'TableKey') }),
  }));
  const resources = resourcesOf(stack);

  test('are used, and no others are made', () => {
    const { Environment } = ofType(resources, 'AWS::Lambda::Function')
      .map(([, resource]) => resource)
      .find((resource) => handlerOf(resource) === 'produce')?.Properties ?? { Environment: {} };
    expect(flat(Environment.Variables.SLUICE_BUCKET)).toBe('<Bucket>');
    expect(flat(Environment.Variables.SLUICE_TABLE)).toBe('<Items>');
    theOnly(resources, 'AWS::S3::Bucket');
    theOnly(resources, 'AWS::DynamoDB::Table');
  });

  test('are reached with their own keys, and no further', () => {
    const actions = (role: string) =>
      permissionsOf(resources, role).filter((line) => !line.startsWith('logs:'));
    expect(actions('EngineFetchRole')).toEqual([
      'dynamodb:GetItem <Items> (topics, part#*)',
      'dynamodb:Query <Items> (topics, part#*)',
      'kms:Decrypt <BucketKey>',
      'kms:Decrypt <TableKey>',
      'kms:DescribeKey <TableKey>',
      's3:GetObject <Bucket>/segments/*',
      's3:ListBucket <Bucket>',
    ]);
    expect(actions('EngineProduceRole').filter((line) => line.includes('Key>'))).toEqual([
      'kms:Decrypt <TableKey>',
      'kms:DescribeKey <TableKey>',
      'kms:Encrypt <TableKey>',
      'kms:GenerateDataKey <BucketKey>',
      'kms:GenerateDataKey* <TableKey>',
      'kms:ReEncrypt* <TableKey>',
    ]);
  });

  test('are held to what made ones are, below the segments’ prefix alone', () => {
    const { Statement } = theOnly(resources, 'AWS::S3::BucketPolicy').Properties['PolicyDocument'];
    const conditions = Statement.map(
      (one: { Resource: never; Effect: string; Condition: object }) => {
        expect(one).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
        expect(flat(one.Resource)).toBe('<Bucket>/segments/*');
        return one.Condition;
      },
    );
    expect(conditions).toEqual([
      { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

test('of an imported bucket its owner is told what its policy must refuse', () => {
  const stack = stackWith((scope) => ({
    bucket: Bucket.fromBucketName(scope, 'Theirs', 'theirs'),
  }));
  const warnings = Annotations.fromStack(stack).findWarning(
    '/Sluice/Engine/Segments',
    Match.anyValue(),
  );
  const texts = warnings.map(({ entry }) => String(entry.data));
  expect(texts).toHaveLength(3);
  for (const word of ['s3:if-none-match', 'aws:SecureTransport', 's3:TlsVersion']) {
    expect(texts.filter((text) => text.includes(word))).toHaveLength(1);
  }
});

test('an imported table is read by the stream that it is given with', () => {
  const tableArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/theirs';
  const tableStreamArn = `${tableArn}/stream/1`;
  const stack = stackWith((scope) => ({
    table: Table.fromTableAttributes(scope, 'Theirs', { tableArn, tableStreamArn }),
  }));
  const sources = ofType(resourcesOf(stack), 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => Properties['EventSourceArn'],
  );
  expect(sources.filter((source) => source === tableStreamArn)).toHaveLength(2);
});

test('a key for the table that the engine makes is asked for by whoever reads it', () => {
  const stack = stackWith((scope) => ({ tableEncryptionKey: new Key(scope, 'Key') }));
  const resources = resourcesOf(stack);
  expect(theOnly(resources, 'AWS::DynamoDB::Table').Properties['SSESpecification']).toMatchObject({
    SSEEnabled: true,
    SSEType: 'KMS',
  });
  const ofKey = permissionsOf(resources, 'EngineTriggersRouteRole').filter((line) =>
    line.startsWith('kms:'),
  );
  expect(ofKey).toEqual(['kms:Decrypt <Key>', 'kms:DescribeKey <Key>']);
});

describe('what cannot do is refused, by what is wrong with it', () => {
  const table = (own: Partial<TableProps>) => (scope: Stack) => ({
    table: new Table(scope, 'Items', { ...good, ...own }),
  });
  const key = { name: 'id', type: AttributeType.STRING };
  const number = { name: 'sk', type: AttributeType.NUMBER };
  const cases: [(scope: Stack) => MessageEngineProps, string][] = [
    [table({ partitionKey: key }), "table: its partition key is 'id' (S): it must be 'pk' (S)"],
    [table({ sortKey: number }), "table: its sort key is 'sk' (N): it must be 'sk' (S)"],
    [table({ sortKey: undefined }), "table: its sort key is none: it must be 'sk' (S)"],
    [table({ stream: undefined }), 'table: its stream is none: it must be NEW_IMAGE'],
    [
      table({ stream: StreamViewType.KEYS_ONLY }),
      'table: its stream is KEYS_ONLY: it must be NEW_IMAGE',
    ],
    [table({ timeToLiveAttribute: undefined }), "timeToLiveAttribute is none: it must be 'ttl'"],
    [
      table({ timeToLiveAttribute: 'expires' }),
      "table: its timeToLiveAttribute is 'expires': it must be 'ttl'",
    ],
    [
      (scope) => ({ table: Table.fromTableName(scope, 'Theirs', 'theirs') }),
      'table has no tableStreamArn: it must be given',
    ],
    [
      (scope) => ({ ...table({})(scope), tableEncryptionKey: new Key(scope, 'Key') }),
      'tableEncryptionKey is set with table: it must be the key of the table itself',
    ],
    [
      (scope) => ({ bucket: new Bucket(scope, 'B'), encryptionKey: new Key(scope, 'Key') }),
      'encryptionKey is set with bucket: it must be the key of the bucket itself',
    ],
  ];

  test.each(cases)('%#: %o', (props, message) => {
    expect(() => stackWith(props)).toThrow(message);
  });

  test('a table of two regions', () => {
    const stack = new Stack(newStack().node.root as App, 'Regional', {
      env: { region: 'eu-central-1' },
    });
    const of = (replicas: { region: string }[]) => () =>
      new MessageEngine(stack, `Engine${replicas.length}`, {
        table: new TableV2(stack, `Items${replicas.length}`, {
          ...keys,
          dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
          timeToLiveAttribute: 'ttl',
          replicas,
        }),
      });
    expect(of([])).not.toThrow();
    expect(of([{ region: 'eu-west-1' }])).toThrow(
      'table: its number of regions is 2: it must be 1',
    );
  });

  test('a store that another engine of the app has', () => {
    const stack = newStack();
    const bucket = (id: string) => Bucket.fromBucketName(stack, id, 'theirs');
    const items = new Table(stack, 'Items', good);
    new MessageEngine(stack, 'Engine', { bucket: bucket('One'), table: items });
    const refused = "is that of the engine Sluice/Engine: it must be this engine's alone";
    expect(() => new MessageEngine(stack, 'Second', { bucket: bucket('Two') })).toThrow(
      `bucket ${refused}`,
    );
    expect(() => new MessageEngine(stack, 'Third', { table: items })).toThrow(`table ${refused}`);
  });

  test('a bucket with a rule that would expire or archive segments, also a late one', () => {
    const days = (count: number) => Duration.days(count);
    const faultsOf = (rule: LifecycleRule) => {
      const stack = newStack();
      const bucket = new Bucket(stack, 'Bucket');
      const { node } = new MessageEngine(stack, 'Engine', { bucket });
      bucket.addLifecycleRule(rule);
      return node.findAll().flatMap((one) => one.node.validate());
    };
    const to = (storageClass: StorageClass) => ({
      transitions: [{ storageClass, transitionAfter: days(30) }],
    });
    const refused = (prefix: string, does: string) => [
      `bucket: its lifecycle rule for '${prefix}*' ${does}: ` +
        'none must expire or archive what is below segments/',
    ];
    expect(faultsOf({ expiration: days(30) })).toEqual(refused('', 'expires'));
    const date = { expirationDate: new Date(0), prefix: 'seg' };
    expect(faultsOf(date)).toEqual(refused('seg', 'expires'));
    const cold = { ...to(StorageClass.GLACIER), prefix: 'segments/a' };
    expect(faultsOf(cold)).toEqual(refused('segments/a', 'archives'));
    for (const harmless of [
      { expiration: days(30), prefix: 'photos/' },
      { expiration: days(30), enabled: false },
      { expiration: days(30), tagFilters: { kind: 'photo' } },
      { noncurrentVersionExpiration: days(1), abortIncompleteMultipartUploadAfter: days(1) },
      to(StorageClass.INFREQUENT_ACCESS),
    ]) {
      expect(faultsOf(harmless)).toEqual([]);
    }
  });
});

test('tables of one name are two where their regions or accounts are', () => {
  const root = newStack().node.root as App;
  const engineIn = (id: string, env?: { account: string; region: string }) => () => {
    const stack = new Stack(root, id, env && { env });
    const tableStreamArn = stack.formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: 'sluice/stream/1',
    });
    const table = Table.fromTableAttributes(stack, 'Items', {
      tableName: 'sluice',
      tableStreamArn,
    });
    return new MessageEngine(stack, 'Engine', { table });
  };
  const [dev, live] = ['111111111111', '222222222222'] as const;
  expect(engineIn('Dev', { account: dev, region: 'eu-west-1' })).not.toThrow();
  expect(engineIn('Live', { account: live, region: 'eu-west-1' })).not.toThrow();
  expect(engineIn('Far', { account: live, region: 'us-east-1' })).not.toThrow();
  const refused = "it must be this engine's alone";
  expect(engineIn('Again', { account: live, region: 'us-east-1' })).toThrow(refused);
  expect(engineIn('Somewhere')).toThrow(refused);
});
