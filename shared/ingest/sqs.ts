// One message of an SQS event.
//
// Only a FIFO queue's message group is an order. A standard queue's message may have a group too,
// which there names a tenant (fair queues) and says nothing of what comes first; so it is neither a
// lane nor a key. Only the queue's name tells the two kinds apart.
//
// Source: "Using Lambda with Amazon SQS" in the Lambda Developer Guide; "Amazon SQS fair queues".

import { decodeBase64 } from '../base64.ts';
import { attributeHeaders, awsHeaders, isBinary } from './event-headers.ts';
import { timeOfMillis } from './event-time.ts';
import { memberOf, nameAt, textAt } from './members.ts';
import type { BadRecord, SourceRecord } from './source-record.ts';

export function readSqsMessage(message: unknown): SourceRecord | BadRecord {
  const identifier = nameAt(message, 'messageId');
  const arn = nameAt(message, 'eventSourceARN');
  const system = memberOf(message, 'attributes');
  const isFifo = arn?.endsWith('.fifo') ?? false;
  const lane = isFifo ? nameAt(system, 'MessageGroupId') : undefined;
  const place = { identifier, lane };
  if (identifier === undefined) return { bad: 'messageId: must be text', ...place };
  if (arn === undefined) return { bad: 'eventSourceARN: must be text', ...place };
  if (isFifo && lane === undefined) {
    return { bad: 'attributes.MessageGroupId: must be text for a FIFO queue', ...place };
  }
  const body = textAt(message, 'body');
  if (body === undefined) return { bad: 'body: must be text in well-formed Unicode', ...place };
  const own = attributeHeaders(memberOf(message, 'messageAttributes'), attributeBytes);
  if (typeof own === 'string') return { bad: `messageAttributes: ${own}`, ...place };
  return {
    key: lane === undefined ? null : Buffer.from(lane),
    value: Buffer.from(body),
    headers: [...own, ...awsHeaders({ source: 'sqs', arn, id: identifier })],
    timestamp: timeOfMillis(memberOf(system, 'SentTimestamp')),
    mark: { kind: 'event', id: identifier },
    ...place,
  };
}

function attributeBytes(attribute: unknown): Uint8Array | undefined {
  const binary = isBinary(textAt(attribute, 'dataType') ?? '');
  const value = textAt(attribute, binary ? 'binaryValue' : 'stringValue');
  if (value === undefined) return undefined;
  return binary ? decodeBase64(value) : Buffer.from(value);
}
