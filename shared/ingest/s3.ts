// One record of an S3 event notification. S3 may notify twice of one event, and in any order; it
// gives its notifications no id. What happened is told by the request that did it, and the object
// it was done to: one request may delete a thousand of them.
//
// Source: "Event message structure" in the Amazon S3 User Guide.

import { isObject } from '../json.ts';
import { awsHeaders } from './event-headers.ts';
import { timeOfDate } from './event-time.ts';
import { jsonBytes, memberOf, nameAt } from './members.ts';
import { type BadRecord, noPlace, type SourceRecord } from './source-record.ts';

export function readS3Record(record: unknown): SourceRecord | BadRecord {
  const s3 = memberOf(record, 's3');
  const bucket = memberOf(s3, 'bucket');
  const name = nameAt(bucket, 'name');
  if (!isObject(record) || name === undefined) {
    return { bad: 's3.bucket.name: must be text', ...noPlace };
  }
  const encodedKey = nameAt(memberOf(s3, 'object'), 'key');
  const key = encodedKey === undefined ? undefined : decodeKey(encodedKey);
  if (encodedKey === undefined || key === undefined) {
    return { bad: 's3.object.key: must be text in URL encoding', ...noPlace };
  }
  const eventName = nameAt(record, 'eventName');
  if (eventName === undefined) return { bad: 'eventName: must be text', ...noPlace };
  const id = markId(record, [eventName, name, encodedKey]);
  if (id === undefined) {
    return { bad: 'neither a request id nor a sequencer tells it from others', ...noPlace };
  }
  const value = jsonBytes(record);
  if (value === undefined) return { bad: 'nested too deeply', ...noPlace };
  const arn = nameAt(bucket, 'arn');
  return {
    key: Buffer.from(`${name}/${key}`),
    value,
    headers: awsHeaders({ source: 's3', arn, 'event-name': eventName }),
    timestamp: timeOfDate(memberOf(record, 'eventTime')),
    mark: { kind: 'event', id },
    ...noPlace,
  };
}

/** Spaces part it: none is in an id, a bucket's name, or a key in URL encoding. */
function markId(record: unknown, what: readonly string[]): string | undefined {
  const response = memberOf(record, 'responseElements');
  const object = memberOf(memberOf(record, 's3'), 'object');
  const request = nameAt(response, 'x-amz-request-id');
  const host = nameAt(response, 'x-amz-id-2');
  const version = nameAt(object, 'versionId');
  const sequencer = nameAt(object, 'sequencer');
  if (request === undefined && sequencer === undefined) return undefined;
  return [request, host, ...what, version, sequencer].map((part) => part ?? '').join(' ');
}

/** As forms are encoded: a space is a plus. @returns undefined: a % without its two digits, or
 *   bytes that are not UTF-8. */
function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** What S3 sends to see whether a new notification arrives. It tells of no object. */
export function isS3TestEvent(event: unknown): boolean {
  return memberOf(event, 'Event') === 's3:TestEvent';
}
