// Events as Lambda receives them from each source, in the shapes that AWS documents.

import type {
  DynamoDBRecord,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  KinesisStreamEvent,
  KinesisStreamRecord,
  S3Event,
  S3EventRecord,
  SNSEvent,
  SNSEventRecord,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';

export const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:orders';
export const fifoQueueArn = `${queueArn}.fifo`;
export const topicArn = 'arn:aws:sns:eu-central-1:123456789012:news';
export const kinesisArn = 'arn:aws:kinesis:eu-central-1:123456789012:stream/clicks';
export const streamArn =
  'arn:aws:dynamodb:eu-central-1:123456789012:table/carts/stream/2025-06-10T19:26:16.525';

export const sqsMessage = {
  messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
  receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
  body: '{"orderId":"o-17","total":9.5,"note":"très bien"}',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1545082649183',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1545082649185',
  },
  messageAttributes: {
    'trace-id': {
      dataType: 'String',
      stringValue: 'abc',
      stringListValues: [],
      binaryListValues: [],
    },
    attempts: { dataType: 'Number.int', stringValue: '3' },
    thumbnail: { dataType: 'Binary.png', binaryValue: 'iVBORw0KGgo=' },
  },
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  md5OfMessageAttributes: '582c92c5c5b6ac403040a4f3ab3115c9',
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: 'eu-central-1',
} satisfies SQSRecord;

/** Of a standard queue too: the group names a tenant (fair queues). */
export const tenantMessage = {
  messageId: '2e1424d4-f796-459a-8184-9c92662be6da',
  receiptHandle: 'AQEBzWwaftRI0KuVm4tP+/7q1rGgNqicHq',
  body: 'not JSON',
  attributes: {
    ApproximateReceiveCount: '4',
    SentTimestamp: '1545082650636',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1545082650649',
    MessageGroupId: 'tenant-5',
  },
  messageAttributes: {},
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: 'eu-central-1',
} satisfies SQSRecord;

export const sqsEvent = { Records: [sqsMessage, tenantMessage] } satisfies SQSEvent;

const fifoMessage = (group: string, at: number) =>
  ({
    messageId: `11d6ee51-4cc7-4302-9e22-7cd8afdaad0${at}`,
    receiptHandle: 'AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw',
    body: 'Test message.',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1573251510774',
      SequenceNumber: `1884949656910564761${at}`,
      MessageGroupId: group,
      SenderId: 'AIDAIO23YVJENQZJOL4VO',
      MessageDeduplicationId: `${at}`,
      ApproximateFirstReceiveTimestamp: '1573251510774',
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: fifoQueueArn,
    awsRegion: 'eu-central-1',
  }) satisfies SQSRecord;

export const firstOfGroup = fifoMessage('customer-1', 0);

export const fifoEvent = {
  Records: [firstOfGroup, fifoMessage('customer-2', 1)],
} satisfies SQSEvent;

/** Its `TestBinary` is what AWS's own example has, which is not base64. */
export const snsRecord = {
  EventVersion: '1.0',
  EventSubscriptionArn: `${topicArn}:21be56ed-a058-49f5-8c98-aedd2564c486`,
  EventSource: 'aws:sns',
  Sns: {
    SignatureVersion: '1',
    Timestamp: '2019-01-02T12:45:07.000Z',
    Signature: 'tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi',
    SigningCertUrl: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService.pem',
    MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
    Message: 'Hello from SNS!',
    MessageAttributes: {
      Test: { Type: 'String', Value: 'TestString' },
      Binary: { Type: 'Binary', Value: '/wA=' },
      TestBinary: { Type: 'Binary', Value: 'TestBinary' },
    },
    Type: 'Notification',
    UnsubscribeUrl: 'https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe',
    TopicArn: topicArn,
    Subject: 'TestInvoke',
  },
} satisfies SNSEventRecord;

export const snsEvent = { Records: [snsRecord] } satisfies SNSEvent;

export const s3Record = {
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-central-1',
  eventTime: '2019-09-03T19:37:27.192Z',
  eventName: 'ObjectCreated:Put',
  userIdentity: { principalId: 'AWS:AIDAINPONIXQXHT3IKHL2' },
  requestParameters: { sourceIPAddress: '205.255.255.255' },
  responseElements: {
    'x-amz-request-id': 'D82B88E5F771F645',
    'x-amz-id-2': 'vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo=',
  },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: '828aa6fc-f7b5-4305-8584-487c791949c1',
    bucket: {
      name: 'pictures',
      ownerIdentity: { principalId: 'A3I5XTEXAMAI3E' },
      arn: 'arn:aws:s3:::pictures',
    },
    object: {
      key: 'summer+2019/caf%C3%A9+%2B+100%25.jpg',
      size: 1305107,
      eTag: 'b21b84d653bb07b05b1e6b33684dc11b',
      sequencer: '0C0F6F405D6ED209E1',
    },
  },
} satisfies S3EventRecord;

export const s3Event = { Records: [s3Record] } satisfies S3Event;

export const s3TestEvent = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2014-10-13T15:57:02.089Z',
  Bucket: 'pictures',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
};

export const eventBridgeEvent = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Order Placed',
  source: 'com.example.shop',
  account: '123456789012',
  time: '2015-12-22T18:43:48Z',
  region: 'eu-central-1',
  resources: ['arn:aws:ec2:eu-central-1:123456789012:instance/i-1234567890abcdef0'],
  detail: { 'order-id': 4711, express: true, items: [{ sku: 'a' }] },
} satisfies EventBridgeEvent<'Order Placed', object>;

export const kinesisSequences = [
  '49590338271490256608559692538361571095921575989136588898',
  '49590338271490256608559692540925702759324208523137515618',
] as const;

const kinesisRecordOf = (sequenceNumber: string, partitionKey: string, data: string) =>
  ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data,
      approximateArrivalTimestamp: 1545084650.987,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000006:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
    awsRegion: 'eu-central-1',
    eventSourceARN: kinesisArn,
  }) satisfies KinesisStreamRecord;

export const kinesisRecord = kinesisRecordOf(
  kinesisSequences[0],
  'user-0',
  'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==',
);

/** Its data is JSON. */
const jsonRecord = kinesisRecordOf(
  kinesisSequences[1],
  'user-1',
  'eyJ1c2VyIjp7ImlkIjoxMjM0NTY3ODkwMTIzNDU2Nzg5fX0=',
);

export const kinesisEvent = {
  Records: [kinesisRecord, jsonRecord],
} satisfies KinesisStreamEvent;

export const insertRecord = {
  eventID: 'c4ca4238a0b923820dcc509a6f75849b',
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-central-1',
  dynamodb: {
    ApproximateCreationDateTime: 1479499740,
    Keys: { Id: { N: '101' }, '9': { S: 'x' } },
    NewImage: { Message: { S: 'New item!' }, Id: { N: '101' }, '9': { S: 'x' } },
    SequenceNumber: '4421584500000000017450439091',
    SizeBytes: 26,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
  eventSourceARN: streamArn,
} satisfies DynamoDBRecord;

/** By the item's time to live. */
export const removeRecord = {
  eventID: 'c81e728d9d4c2f636f067f89cc14862c',
  eventName: 'REMOVE',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-central-1',
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  dynamodb: {
    Keys: { '9': { S: 'x' }, Id: { N: '101' } },
    SequenceNumber: '4421584500000000017450439092',
    SizeBytes: 38,
    StreamViewType: 'KEYS_ONLY',
  },
  eventSourceARN: streamArn,
} satisfies DynamoDBRecord;

export const dynamoDbEvent = {
  Records: [insertRecord, removeRecord],
} satisfies DynamoDBStreamEvent;
