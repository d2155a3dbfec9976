// One notification of an SNS event. SNS invokes a function with one at a time, again until it
// succeeds or the retries are over: there is no partial failure, and no order.
//
// Source: "Invoking Lambda functions with Amazon SNS notifications" in the Lambda Developer Guide.

import { decodeBase64 } from '../base64.ts';
import { attributeHeaders, awsHeaders, isBinary } from './event-headers.ts';
import { timeOfDate } from './event-time.ts';
import { memberOf, nameAt, textAt } from './members.ts';
import { type BadRecord, noPlace, type SourceRecord } from './source-record.ts';

export function readSnsRecord(record: unknown): SourceRecord | BadRecord {
  const sns = memberOf(record, 'Sns');
  const id = nameAt(sns, 'MessageId');
  if (id === undefined) return { bad: 'Sns.MessageId: must be text', ...noPlace };
  const message = textAt(sns, 'Message');
  if (message === undefined) {
    return { bad: 'Sns.Message: must be text in well-formed Unicode', ...noPlace };
  }
  const own = attributeHeaders(memberOf(sns, 'MessageAttributes'), attributeBytes);
  if (typeof own === 'string') return { bad: `Sns.MessageAttributes: ${own}`, ...noPlace };
  const group = nameAt(sns, 'MessageGroupId');
  const arn = nameAt(sns, 'TopicArn');
  const subject = textAt(sns, 'Subject');
  return {
    key: group === undefined ? null : Buffer.from(group),
    value: Buffer.from(message),
    headers: [...own, ...awsHeaders({ source: 'sns', arn, id, subject })],
    timestamp: timeOfDate(memberOf(sns, 'Timestamp')),
    mark: { kind: 'event', id },
    ...noPlace,
  };
}

/** SNS sends a Binary in base64. In the example event that AWS documents, and that Lambda's console
 * offers as a test, it is plain text; that one is taken as it stands. */
function attributeBytes(attribute: unknown): Uint8Array | undefined {
  const value = textAt(attribute, 'Value');
  if (value === undefined) return undefined;
  const decoded = isBinary(textAt(attribute, 'Type') ?? '') ? decodeBase64(value) : undefined;
  return decoded ?? Buffer.from(value);
}
