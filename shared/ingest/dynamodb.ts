// One record of a DynamoDB stream's event. A batch is of one shard, in order, but the event does
// not say of which: so a sequence number cannot be compared with those of other batches, and the
// mark is the event's id, which DynamoDB gives to one change alone. Within a batch the stream
// stands for the shard.
//
//     value = {"eventName": "INSERT", "MODIFY" or "REMOVE",
//              "userIdentity": who did it, if not a caller: time to live does so,
//              "dynamodb": Keys, NewImage, OldImage and so on, in DynamoDB's own JSON}
//     key   = {"Id":{"N":"101"}, ...}: Keys, by name
//
// A removal is a record with a value like others, no tombstone: OldImage is part of what it tells.
//
// Source: "Using AWS Lambda with Amazon DynamoDB" in the Lambda Developer Guide; Record and
// StreamRecord in the DynamoDB Streams API Reference.

import { isObject } from '../json.ts';
import { awsHeaders } from './event-headers.ts';
import { timeOfSeconds } from './event-time.ts';
import { jsonBytes, memberOf, nameAt } from './members.ts';
import type { BadRecord, SourceRecord } from './source-record.ts';

export function readDynamoDbRecord(record: unknown): SourceRecord | BadRecord {
  const dynamodb = memberOf(record, 'dynamodb');
  const arn = nameAt(record, 'eventSourceARN');
  const identifier = nameAt(dynamodb, 'SequenceNumber');
  const place = { identifier, lane: arn };
  if (identifier === undefined) return { bad: 'dynamodb.SequenceNumber: must be text', ...place };
  if (arn === undefined) return { bad: 'eventSourceARN: must be text', ...place };
  const id = nameAt(record, 'eventID');
  if (id === undefined) return { bad: 'eventID: must be text', ...place };
  const eventName = nameAt(record, 'eventName');
  if (eventName === undefined) return { bad: 'eventName: must be text', ...place };
  const keys = memberOf(dynamodb, 'Keys');
  if (!isObject(keys)) return { bad: 'dynamodb.Keys: must be an object', ...place };
  const userIdentity = memberOf(record, 'userIdentity') ?? undefined;
  const value = jsonBytes({ eventName, userIdentity, dynamodb });
  if (value === undefined) return { bad: 'dynamodb: nested too deeply', ...place };
  return {
    key: keyBytes(keys),
    value,
    headers: awsHeaders({ source: 'dynamodb', arn, id, 'event-name': eventName }),
    timestamp: timeOfSeconds(memberOf(dynamodb, 'ApproximateCreationDateTime')),
    mark: { kind: 'event', id: `${arn} ${id}` },
    ...place,
  };
}

/** Sorted, since an event need not name a key's attributes in the same order each time, and one
 * item's records must have one key. An object would put names of digits first.
 * @param keys no deeper than jsonBytes takes. */
function keyBytes(keys: Readonly<Record<string, unknown>>): Uint8Array {
  const names = Object.keys(keys).toSorted();
  const members = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(keys[name])}`);
  return Buffer.from(`{${members.join(',')}}`);
}
