// The two things that cannot be made again, and what protects them; losses.test.ts holds that they
// keep their logical ids.

import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { engineResources, flat, newStack, ofType, resourcesOf, theOnly } from '../template.ts';

const resources = engineResources();
const bucket = theOnly(resources, 'AWS::S3::Bucket');
const table = theOnly(resources, 'AWS::DynamoDB::Table');

describe('the bucket', () => {
  const { Statement } = theOnly(resources, 'AWS::S3::BucketPolicy').Properties['PolicyDocument'];
  const denials = (Statement as { Effect: string; Principal: unknown; Condition: object }[]).map(
    (statement) => {
      expect(statement).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
      return statement;
    },
  );

  test('is nobody’s but its owner’s', () => {
    expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket.Properties['OwnershipControls'].Rules).toEqual([
      { ObjectOwnership: 'BucketOwnerEnforced' },
    ]);
  });

  test('is reached by TLS 1.2 or later, and not otherwise', () => {
    const conditions = denials.map((statement) => statement.Condition);
    expect(conditions).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    expect(conditions).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
  });

  test('refuses to write a segment over another', () => {
    const refusal = Statement.find(({ Sid }: { Sid?: string }) => Sid === 'RefuseOverwriting');
    expect(refusal).toMatchObject({
      Action: 's3:PutObject',
      Condition: {
        Null: { 's3:if-none-match': 'true' },
        Bool: { 's3:ObjectCreationOperation': 'true' },
      },
    });
    expect(flat(refusal.Resource)).toBe('<EngineSegmentsBucket>/segments/*');
  });

  test('is encrypted, with a key of one’s own if one is given', () => {
    const encryption = (own: typeof bucket) =>
      own.Properties['BucketEncryption'].ServerSideEncryptionConfiguration[0];
    expect(encryption(bucket).ServerSideEncryptionByDefault.SSEAlgorithm).toBe('AES256');

    const stack = newStack();
    new MessageEngine(stack, 'Engine', { encryptionKey: new Key(stack, 'Key') });
    expect(encryption(theOnly(resourcesOf(stack), 'AWS::S3::Bucket'))).toMatchObject({
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
    });
  });

  test('expires nothing: only unfinished uploads are cleared away', () => {
    expect(bucket.Properties['LifecycleConfiguration'].Rules).toEqual([
      { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ]);
  });
});

test('the table: keys, on demand, recoverable, followed, expiring', () => {
  expect(table.Properties).toEqual({
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    DeletionProtectionEnabled: true,
  });
});

test('every log ends some day, and when it is told to', () => {
  const retention = (of: typeof resources) => {
    const logs = ofType(of, 'AWS::Logs::LogGroup').map(([, log]) => log);
    return new Set(logs.map((log) => log.Properties['RetentionInDays']));
  };
  expect(retention(resources)).toEqual(new Set([30]));
  const week = engineResources({ logRetention: RetentionDays.ONE_WEEK });
  expect(retention(week)).toEqual(new Set([7]));
});
