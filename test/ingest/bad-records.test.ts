// Events that are not as AWS sends them: what cannot be read is a bad record at its place, and
// nothing throws.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributesMax } from '../../shared/ingest/event-headers.ts';
import type { Mapping } from '../../shared/ingest/mapping.ts';
import { eventDepthMax, memberOf } from '../../shared/ingest/members.ts';
import { readSourceEvent } from '../../shared/ingest/source-event.ts';
import type { BadRecord, SourceRecord } from '../../shared/ingest/source-record.ts';
import {
  dynamoDbEvent,
  eventBridgeEvent,
  fifoEvent,
  firstOfGroup,
  insertRecord,
  kinesisArn,
  kinesisEvent,
  kinesisRecord,
  kinesisSequences,
  s3Event,
  s3Record,
  s3TestEvent,
  snsEvent,
  snsRecord,
  sqsEvent,
  sqsMessage,
  streamArn,
  tenantMessage,
} from './events.ts';
import { firstBad, readKnown } from './read-records.ts';

type Json = Readonly<Record<string, unknown>>;

const events: readonly Json[] = [
  sqsEvent,
  fifoEvent,
  snsEvent,
  s3Event,
  s3TestEvent,
  eventBridgeEvent,
  kinesisEvent,
  dynamoDbEvent,
];

const mappings: readonly Mapping[] = [{}, { key: 'none' }, { key: '$.Records.a' }];

test('a bad message does not cost its neighbours', () => {
  const { records } = readKnown({ Records: [null, sqsMessage, { ...tenantMessage, body: 7 }, {}] });
  expect(records.map((record) => 'bad' in record)).toEqual([true, false, true, true]);
  expect(records[2]).toEqual({
    bad: 'body: must be text in well-formed Unicode',
    identifier: tenantMessage.messageId,
    lane: undefined,
  });
});

test('a bad record says where it belongs, as far as that can be read', () => {
  expect(firstBad({ Records: [{ ...firstOfGroup, body: null }] })).toMatchObject({
    identifier: firstOfGroup.messageId,
    lane: 'customer-1',
  });
  const damaged = { ...kinesisRecord, kinesis: { ...kinesisRecord.kinesis, data: 'SGVsbG8' } };
  expect(firstBad({ Records: [damaged] })).toEqual({
    bad: 'kinesis.data: must be base64',
    identifier: kinesisSequences[0],
    lane: `${kinesisArn} shardId-000000000006`,
  });
  expect(firstBad({ Records: [{ ...insertRecord, eventID: '' }] })).toEqual({
    bad: 'eventID: must be text',
    identifier: insertRecord.dynamodb.SequenceNumber,
    lane: streamArn,
  });
});

/** By the member that is named: records of which it is missing, or not what it must be. */
const lone = '\ud800';
const faults: readonly (readonly [string, Json])[] = [
  ['messageId:', { ...sqsMessage, messageId: '' }],
  ['eventSourceARN:', { ...sqsMessage, eventSourceARN: undefined }],
  ['body:', { ...sqsMessage, body: `a${lone}` }],
  ['attributes.MessageGroupId:', { ...firstOfGroup, attributes: {} }],
  ['messageAttributes:', { ...sqsMessage, messageAttributes: [] }],
  ['messageAttributes:', { ...sqsMessage, messageAttributes: { 'a\nb': { stringValue: 'x' } } }],
  ['messageAttributes:', { ...sqsMessage, messageAttributes: { [lone]: { stringValue: 'x' } } }],
  ['messageAttributes:', { ...sqsMessage, messageAttributes: { a: { dataType: 'String' } } }],
  [
    'messageAttributes:',
    { ...sqsMessage, messageAttributes: { a: { dataType: 'Binary', binaryValue: 'a' } } },
  ],
  ['Sns.MessageId:', { ...snsRecord, Sns: { Message: 'x' } }],
  ['Sns.Message:', { ...snsRecord, Sns: { MessageId: 'x' } }],
  [
    'Sns.MessageAttributes:',
    { ...snsRecord, Sns: { ...snsRecord.Sns, MessageAttributes: { a: 1 } } },
  ],
  ['s3.bucket.name:', { ...s3Record, s3: {} }],
  ['s3.object.key:', { ...s3Record, s3: { ...s3Record.s3, object: { key: '100%' } } }],
  ['s3.object.key:', { ...s3Record, s3: { ...s3Record.s3, object: { key: '%ff' } } }],
  ['eventName:', { ...s3Record, eventName: null }],
  [
    'neither a request id nor a sequencer',
    { ...s3Record, responseElements: {}, s3: { ...s3Record.s3, object: { key: 'a' } } },
  ],
  [
    'kinesis.sequenceNumber:',
    { ...kinesisRecord, kinesis: { ...kinesisRecord.kinesis, sequenceNumber: '0x1' } },
  ],
  [
    'kinesis.partitionKey:',
    { ...kinesisRecord, kinesis: { ...kinesisRecord.kinesis, partitionKey: '' } },
  ],
  ['eventSourceARN and eventID:', { ...kinesisRecord, eventID: kinesisSequences[0] }],
  ['eventSourceARN and eventID:', { ...kinesisRecord, eventSourceARN: '' }],
  ['dynamodb.SequenceNumber:', { ...insertRecord, dynamodb: { Keys: {} } }],
  ['dynamodb.Keys:', { ...insertRecord, dynamodb: { SequenceNumber: '1' } }],
  ['eventSourceARN:', { ...insertRecord, eventSourceARN: 1 }],
  ['eventName:', { ...insertRecord, eventName: undefined }],
];

test.each(faults)('%s', (fault, record) => {
  expect(firstBad({ Records: [record] }).bad.startsWith(fault)).toBe(true);
});

test('an EventBridge event without an id is bad, not unknown', () => {
  expect(firstBad({ ...eventBridgeEvent, id: undefined }).bad).toBe('id: must be text');
});

test('what is too deep for JSON.stringify is bad, and what DynamoDB nests is not', () => {
  const nest = (levels: number) => {
    let detail: unknown = 1;
    for (let level = 0; level < levels; level++) detail = [detail];
    return { ...eventBridgeEvent, detail };
  };
  expect(firstBad(nest(100_000)).bad).toBe('nested too deeply');
  expect(firstBad(nest(eventDepthMax)).bad).toBe('nested too deeply');
  expect(readKnown(nest(eventDepthMax - 1)).records[0]).not.toHaveProperty('bad');
  const item = { ...insertRecord.dynamodb, NewImage: nest(100_000) };
  const deep = { ...insertRecord, dynamodb: item };
  expect(firstBad({ Records: [deep] }).bad).toBe('dynamodb: nested too deeply');
});

test('more attributes than a record has headers are bad', () => {
  const withAttributes = (count: number) => {
    const all = Array.from({ length: count }, (_, at) => [`a${at}`, { stringValue: 'x' }]);
    return { Records: [{ ...sqsMessage, messageAttributes: Object.fromEntries(all) }] };
  };
  expect(firstBad(withAttributes(attributesMax + 1)).bad).toContain(`at most ${attributesMax}`);
  expect(readKnown(withAttributes(attributesMax)).records[0]).not.toHaveProperty('bad');
});

test('what every object inherits is no member of an event', () => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    expect(memberOf({}, name)).toBeUndefined();
  }
});

test('an attribute may be called __proto__', () => {
  const messageAttributes = JSON.parse('{"__proto__":{"dataType":"String","stringValue":"x"}}');
  const { records } = readKnown({ Records: [{ ...sqsMessage, messageAttributes }] });
  expect(records[0]).toMatchObject({ headers: [{ key: '__proto__' }, {}, {}, {}] });
});

test('no JSON makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...mappings), (event, mapping) => {
      expect(['event', 'unknown-source']).toContain(readSourceEvent(event, mapping).kind);
    }),
  );
});

test('nor does any in the place of what AWS sends, and no record gets lost', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, '', '\ud800', '%', -1));
  const places = fc.infiniteStream(fc.nat({ max: 60 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...events),
      places,
      anything,
      fc.constantFrom(...mappings),
      (event, where, value, mapping) => {
        const damaged = replaceAt(event, where, value);
        const read = readSourceEvent(damaged, mapping);
        if (read.kind !== 'event' || !Array.isArray(damaged['Records'])) return;
        expect(read.event.records).toHaveLength(damaged['Records'].length);
        for (const record of read.event.records) expectWhole(record);
      },
    ),
    { numRuns: 2_000 },
  );
});

/** A copy in which one member, found by going down, is another. */
function replaceAt(root: Json, where: Iterator<number>, value: unknown): Json {
  const copy = structuredClone(root);
  let parent: Record<string, unknown> = copy;
  for (;;) {
    const names = Object.keys(parent);
    const name = names[(where.next().value ?? 0) % names.length] ?? 'more';
    const child = parent[name];
    const isLeaf = typeof child !== 'object' || child === null || (where.next().value ?? 0) < 6;
    if (isLeaf) {
      parent[name] = value;
      return copy;
    }
    parent = child as Record<string, unknown>;
  }
}

function expectWhole(record: SourceRecord | BadRecord): void {
  if ('bad' in record) {
    const { bad, identifier = '', lane = '' } = record;
    for (const said of [bad, identifier, lane]) expect(said).toBeTypeOf('string');
  } else {
    expect(record.value).toBeInstanceOf(Uint8Array);
    expect(['event', 'shard']).toContain(record.mark.kind);
  }
}
