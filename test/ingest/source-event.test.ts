// What becomes of each source's event: the table of shared/ingest/source-event.ts, row by row.

import { expect, test } from 'vitest';
import { padSequence } from '../../shared/ingest/kinesis.ts';
import { readSourceEvent } from '../../shared/ingest/source-event.ts';
import {
  dynamoDbEvent,
  eventBridgeEvent,
  fifoEvent,
  fifoQueueArn,
  firstOfGroup,
  insertRecord,
  kinesisArn,
  kinesisEvent,
  kinesisSequences,
  queueArn,
  removeRecord,
  s3Event,
  s3Record,
  s3TestEvent,
  snsEvent,
  snsRecord,
  sqsEvent,
  sqsMessage,
  streamArn,
  topicArn,
} from './events.ts';
import { readKnown, recordsInText } from './read-records.ts';

const noPlace = { identifier: undefined, lane: undefined };

test('SQS: the body, its attributes as headers, and no order in a standard queue', () => {
  const [first, second] = recordsInText(sqsEvent);
  const { messageId } = sqsMessage;
  expect(first).toEqual({
    key: null,
    value: sqsMessage.body,
    headers: {
      'trace-id': 'abc',
      attempts: '3',
      thumbnail: Buffer.from('iVBORw0KGgo=', 'base64').toString(),
      'aws.source': 'sqs',
      'aws.arn': queueArn,
      'aws.id': messageId,
    },
    timestamp: 1545082649183,
    mark: { kind: 'event', id: messageId },
    identifier: messageId,
    lane: undefined,
  });
  expect(second).toMatchObject({ key: null, value: 'not JSON', lane: undefined });
});

test('SQS: a FIFO queue’s message group is key and lane', () => {
  const records = recordsInText(fifoEvent);
  expect(records.map(({ key }) => key)).toEqual(['customer-1', 'customer-2']);
  expect(records.map(({ lane }) => lane)).toEqual(['customer-1', 'customer-2']);
  expect(records.map(({ identifier }) => identifier)).toEqual(
    fifoEvent.Records.map(({ messageId }) => messageId),
  );
  expect(records[0]?.headers).toEqual({
    'aws.source': 'sqs',
    'aws.arn': fifoQueueArn,
    'aws.id': firstOfGroup.messageId,
  });
});

test('SNS: the message, its attributes and its subject as headers', () => {
  const { Sns } = snsRecord;
  expect(recordsInText(snsEvent)).toEqual([
    {
      key: null,
      value: 'Hello from SNS!',
      headers: {
        Test: 'TestString',
        Binary: Buffer.from([0xff, 0]).toString(),
        TestBinary: 'TestBinary',
        'aws.source': 'sns',
        'aws.arn': topicArn,
        'aws.id': Sns.MessageId,
        'aws.subject': 'TestInvoke',
      },
      timestamp: Date.UTC(2019, 0, 2, 12, 45, 7),
      mark: { kind: 'event', id: Sns.MessageId },
      ...noPlace,
    },
  ]);
  const grouped = { ...snsRecord, Sns: { ...Sns, MessageGroupId: 'g-1' } };
  expect(recordsInText({ Records: [grouped] })[0]?.key).toBe('g-1');
});

test('S3: the event record, keyed by its bucket and the object’s own key', () => {
  const [record] = recordsInText(s3Event);
  expect(record).toMatchObject({
    key: 'pictures/summer 2019/café + 100%.jpg',
    headers: {
      'aws.source': 's3',
      'aws.arn': 'arn:aws:s3:::pictures',
      'aws.event-name': 'ObjectCreated:Put',
    },
    timestamp: Date.UTC(2019, 8, 3, 19, 37, 27, 192),
    ...noPlace,
  });
  expect(JSON.parse(record?.value ?? '')).toEqual(s3Record);
});

test('S3: a redelivery bears the same mark, and no two events do', () => {
  const { s3, responseElements } = s3Record;
  const withObject = (part: object) => ({
    ...s3Record,
    s3: { ...s3, object: { ...s3.object, ...part } },
  });
  const others = [
    { ...s3Record, eventName: 'ObjectRemoved:Delete' },
    { ...s3Record, responseElements: { ...responseElements, 'x-amz-request-id': 'another' } },
    { ...s3Record, s3: { ...s3, bucket: { ...s3.bucket, name: 'paintings' } } },
    withObject({ key: 'another' }),
    withObject({ versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko' }),
    withObject({ sequencer: '0C0F6F405D6ED209E2' }),
  ];
  const marks = recordsInText({ Records: [s3Record, ...others, s3Record] }).map(({ mark }) => mark);
  expect(marks.at(-1)).toEqual(marks[0]);
  expect(new Set(marks.map((mark) => JSON.stringify(mark))).size).toBe(1 + others.length);
});

test('S3: a test event is one without records', () => {
  expect(readKnown(s3TestEvent)).toEqual({ source: 's3', records: [] });
});

test('EventBridge: the whole event', () => {
  const [record, ...more] = recordsInText(eventBridgeEvent);
  expect(more).toEqual([]);
  expect(record).toEqual({
    key: null,
    value: JSON.stringify(eventBridgeEvent),
    headers: {
      'aws.source': 'eventbridge',
      'aws.id': eventBridgeEvent.id,
      'aws.detail-type': 'Order Placed',
      'aws.event-source': 'com.example.shop',
    },
    timestamp: Date.UTC(2015, 11, 22, 18, 43, 48),
    mark: { kind: 'event', id: eventBridgeEvent.id },
    ...noPlace,
  });
});

test('Kinesis: the data, in the order of its shard', () => {
  const shard = `${kinesisArn} shardId-000000000006`;
  const [sequence] = kinesisSequences;
  const records = recordsInText(kinesisEvent);
  expect(records[0]).toEqual({
    key: 'user-0',
    value: 'Hello, this is a test.',
    headers: {
      'aws.source': 'kinesis',
      'aws.arn': kinesisArn,
      'aws.id': `shardId-000000000006:${sequence}`,
    },
    timestamp: 1545084650987,
    mark: { kind: 'shard', shard, sequence: padSequence(sequence) },
    identifier: sequence,
    lane: shard,
  });
  expect(records.map(({ identifier }) => identifier)).toEqual(kinesisSequences);
});

test('DynamoDB: the change, keyed by the item whatever the order of its keys', () => {
  const [put, removal] = recordsInText(dynamoDbEvent);
  expect(put).toEqual({
    key: '{"9":{"S":"x"},"Id":{"N":"101"}}',
    value: JSON.stringify({ eventName: 'INSERT', dynamodb: insertRecord.dynamodb }),
    headers: {
      'aws.source': 'dynamodb',
      'aws.arn': streamArn,
      'aws.id': insertRecord.eventID,
      'aws.event-name': 'INSERT',
    },
    timestamp: 1479499740000,
    mark: { kind: 'event', id: `${streamArn} ${insertRecord.eventID}` },
    identifier: insertRecord.dynamodb.SequenceNumber,
    lane: streamArn,
  });
  const { userIdentity, dynamodb } = removeRecord;
  expect(removal).toMatchObject({
    value: JSON.stringify({ eventName: 'REMOVE', userIdentity, dynamodb }),
    timestamp: undefined,
  });
  const keyOf = (Keys: object) =>
    recordsInText({ Records: [{ ...removeRecord, dynamodb: { ...dynamodb, Keys } }] })[0]?.key;
  expect(keyOf({ b: { S: '1' }, a: { S: '2' } })).toBe('{"a":{"S":"2"},"b":{"S":"1"}}');
  expect(keyOf({ '9': { S: '1' }, '10': { S: '2' } })).toBe('{"10":{"S":"2"},"9":{"S":"1"}}');
});

test('a time that is none leaves the record its append’s', () => {
  const said = (SentTimestamp: unknown) => ({ ...sqsMessage, attributes: { SentTimestamp } });
  const times = ['', '-5', '1.5', '1e3', '99999999999999999999', 12, null, '0'];
  const records = recordsInText({ Records: times.map(said) });
  expect(records.map(({ timestamp }) => timestamp)).toEqual([...Array(7).fill(undefined), 0]);
  const dates = ['2015-12-22', '2015-12-22T18:43:48', '2015-13-22T18:43:48Z', 'Tue', 7];
  for (const time of dates) {
    expect(recordsInText({ ...eventBridgeEvent, time })[0]?.timestamp).toBeUndefined();
  }
});

test('an event that nothing known here sends is told from one with bad records', () => {
  const strangers = [
    undefined,
    null,
    'text',
    [],
    [sqsMessage],
    {},
    { Records: 1 },
    { Records: [] },
    { Records: [{ eventSource: 'aws:codecommit' }, { eventSource: '__proto__' }] },
    { source: 'com.example' },
    { 'detail-type': 'x', source: '' },
    { version: '2.0', routeKey: '$default', rawPath: '/' },
  ];
  for (const event of strangers) {
    expect(readSourceEvent(event, {})).toMatchObject({ kind: 'unknown-source' });
  }
});
