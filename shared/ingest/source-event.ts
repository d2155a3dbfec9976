// From the events of AWS, as Lambda receives them, to records. Which source an event is from is
// read from the event itself; it is never more than one.
//
//     source       value                   key                     timestamp
//     ------------ ----------------------- ----------------------- ---------------------------
//     SQS          body                    MessageGroupId of a     SentTimestamp
//                                          FIFO queue, else none
//     SNS          Message                 MessageGroupId, if      Timestamp
//                                          there, else none
//     S3           the event record, JSON  bucket/key, decoded     eventTime
//     EventBridge  the whole event, JSON   none                    time
//     Kinesis      data, decoded           partitionKey            approximateArrivalTimestamp
//     DynamoDB     eventName, dynamodb     Keys, JSON, sorted      ApproximateCreationDateTime
//                  (dynamodb.ts), JSON
//
//     source       headers                               mark                    lane
//     ------------ ------------------------------------- ----------------------- -------------
//     SQS          message attributes; aws.source, .arn, messageId               MessageGroupId
//                  .id                                                           of FIFO
//     SNS          message attributes; aws.source, .arn, MessageId               -
//                  .id, .subject
//     S3           aws.source, .arn, .event-name         request, event, object, -
//                                                        version, sequencer
//     EventBridge  aws.source, .id, .detail-type,        id                      -
//                  .event-source
//     Kinesis      aws.source, .arn, .id                 shard, sequence         the shard
//     DynamoDB     aws.source, .arn, .id, .event-name    stream, eventID         the stream
//
// Partial batch failures name SQS's messageId and the sequence numbers of Kinesis and DynamoDB;
// SNS, S3 and EventBridge retry an event as a whole. A mapping may choose another key (mapping.ts).
// Message attributes are headers under their own names: String and Number as text, Binary decoded.
// JSON is compact UTF-8. S3's notifications that come through SNS or SQS are messages of those:
// nothing is unwrapped. S3's test event has no records.
//
// Invariant: nothing that the event holds makes this throw, and no record is left out: one that
// cannot be read is a BadRecord at its place.

import { readDynamoDbRecord } from './dynamodb.ts';
import { isEventBridgeEvent, readEventBridgeEvent } from './eventbridge.ts';
import { keyFrom } from './key-from.ts';
import { readKinesisRecord } from './kinesis.ts';
import type { Mapping } from './mapping.ts';
import { memberOf } from './members.ts';
import { isS3TestEvent, readS3Record } from './s3.ts';
import { readSnsRecord } from './sns.ts';
import type { BadRecord, Source, SourceRecord } from './source-record.ts';
import { readSqsMessage } from './sqs.ts';

export type SourceEvent = {
  readonly source: Source;
  /** As many as the event has, in its order. */
  readonly records: readonly (SourceRecord | BadRecord)[];
};

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: SourceEvent }
  /** Nothing that is known here sends such an event. */
  | { readonly kind: 'unknown-source'; readonly reason: string };

type Reader = {
  readonly source: Source;
  readonly read: (record: unknown) => SourceRecord | BadRecord;
};

const eventBridge: Reader = { source: 'eventbridge', read: readEventBridgeEvent };

/** By what a record says of where it comes from. */
const readers: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['aws:sqs', { source: 'sqs', read: readSqsMessage }],
  ['aws:sns', { source: 'sns', read: readSnsRecord }],
  ['aws:s3', { source: 's3', read: readS3Record }],
  ['aws:kinesis', { source: 'kinesis', read: readKinesisRecord }],
  ['aws:dynamodb', { source: 'dynamodb', read: readDynamoDbRecord }],
]);

/** @param event as Lambda gives it to a handler: JSON, parsed. */
export function readSourceEvent(event: unknown, mapping: Mapping): ReadEvent {
  const records = memberOf(event, 'Records');
  if (Array.isArray(records)) {
    const reader = readerOf(records);
    if (reader !== undefined) return readWith(reader, records, mapping);
    return unknownSource(`none of its Records is of ${[...readers.keys()].join(', ')}`);
  }
  if (isEventBridgeEvent(event)) return readWith(eventBridge, [event], mapping);
  if (isS3TestEvent(event)) return { kind: 'event', event: { source: 's3', records: [] } };
  return unknownSource('it has no Records, nor the source and detail-type of EventBridge');
}

/** Of the first record that says where it comes from. One that does not is among its neighbours,
 * and is bad if their reader finds it so. */
function readerOf(records: readonly unknown[]): Reader | undefined {
  for (const record of records) {
    // SNS alone writes it with a capital.
    const said = memberOf(record, 'eventSource') ?? memberOf(record, 'EventSource');
    const reader = readers.get(said);
    if (reader !== undefined) return reader;
  }
  return undefined;
}

function readWith({ source, read }: Reader, all: readonly unknown[], mapping: Mapping): ReadEvent {
  const keyOf = keyFrom(mapping);
  const records = all.map((one) => {
    const record = read(one);
    return 'bad' in record ? record : { ...record, key: keyOf(record) };
  });
  return { kind: 'event', event: { source, records } };
}

function unknownSource(reason: string): ReadEvent {
  return { kind: 'unknown-source', reason };
}
